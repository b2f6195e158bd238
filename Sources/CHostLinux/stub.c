#define _GNU_SOURCE
#include "chost.h"
#include "chost_permit.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const char chost_stub_start[], chost_stub_end[];

enum { CODE_OFFSET = 512 };

// An ELF file of one page: header, two program headers, code. It sits high, because the heap follows it.
int chost_stub_create(void) {
    unsigned char image[4096];
    size_t code_size = (size_t)(chost_stub_end - chost_stub_start);
    if (CODE_OFFSET + code_size > sizeof image) return -ENOEXEC;
    memset(image, 0, sizeof image);
    Elf64_Ehdr header = {0};
    memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_version = EV_CURRENT;
    header.e_entry = CHOST_STUB_BASE + CODE_OFFSET;
    header.e_phoff = sizeof header;
    header.e_ehsize = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = 2;
    Elf64_Phdr segments[2] = {{0}};
    segments[0].p_type = PT_LOAD;
    segments[0].p_flags = PF_R | PF_X;
    segments[0].p_vaddr = segments[0].p_paddr = CHOST_STUB_BASE;
    segments[0].p_filesz = segments[0].p_memsz = sizeof image;
    segments[0].p_align = 4096;
    segments[1].p_type = PT_GNU_STACK;
    segments[1].p_flags = PF_R | PF_W;
    memcpy(image, &header, sizeof header);
    memcpy(image + sizeof header, segments, sizeof segments);
    memcpy(image + CODE_OFFSET, chost_stub_start, code_size);
    int fd = memfd_create("nsentry", MFD_CLOEXEC | MFD_ALLOW_SEALING | 0x0010u /* MFD_EXEC */);
    if (fd < 0) fd = memfd_create("nsentry", MFD_CLOEXEC | MFD_ALLOW_SEALING); // before 6.3
    if (fd < 0) return -errno;
    // A short write comes from a limit on the size of files.
    ssize_t written = write(fd, image, sizeof image);
    if (written != (ssize_t)sizeof image || fchmod(fd, 0555) < 0) {
        int error = written >= 0 && written != (ssize_t)sizeof image ? EFBIG : errno;
        close(fd);
        return -error;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
    return fd;
}
