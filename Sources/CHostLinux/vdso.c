#define _GNU_SOURCE
#include "chost_vdso.h"
#include <elf.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/auxv.h>

extern const uint8_t chost_vdso_clock_start[], chost_vdso_clock_moved[], chost_vdso_clock_offsets[],
    chost_vdso_clock_end[];

// The symbols of an image. `bias` is the address at which its first byte is linked.
typedef struct {
    const uint8_t *image;
    size_t size;
    uint64_t bias;
    uint64_t symbols, strings, count; // positions in the image
} vdso_symbols;

typedef struct {
    const char *name;
    uint64_t position, size;
} vdso_function;

static bool fits(size_t size, uint64_t position, uint64_t length) {
    return position <= size && length <= size - position;
}

static bool find_symbols(const uint8_t *image, size_t size, vdso_symbols *out) {
    Elf64_Ehdr header;
    if (!fits(size, 0, sizeof header) || size > 1 << 20) return false;
    memcpy(&header, image, sizeof header);
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_machine != EM_X86_64 || header.e_phentsize != sizeof(Elf64_Phdr) ||
        !fits(size, header.e_phoff, (uint64_t)header.e_phnum * sizeof(Elf64_Phdr)))
        return false;
    Elf64_Phdr dynamic = {0}, load = {0};
    for (int i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        memcpy(&segment, image + header.e_phoff + (size_t)i * sizeof segment, sizeof segment);
        if (segment.p_type == PT_LOAD) load = segment;
        if (segment.p_type == PT_DYNAMIC) dynamic = segment;
    }
    // A vDSO has one loaded segment, which begins with the file (arch/x86/entry/vdso/vdso-layout.lds.S).
    if (load.p_type != PT_LOAD || load.p_offset != 0 || !fits(size, dynamic.p_offset, dynamic.p_filesz)) return false;
    uint64_t symbols = 0, strings = 0;
    for (uint64_t i = 0; i + sizeof(Elf64_Dyn) <= dynamic.p_filesz; i += sizeof(Elf64_Dyn)) {
        Elf64_Dyn entry;
        memcpy(&entry, image + dynamic.p_offset + i, sizeof entry);
        if (entry.d_tag == DT_NULL) break;
        if (entry.d_tag == DT_SYMTAB) symbols = entry.d_un.d_ptr - load.p_vaddr;
        if (entry.d_tag == DT_STRTAB) strings = entry.d_un.d_ptr - load.p_vaddr;
    }
    // The names follow the symbols, in the same script. Not every kernel has DT_HASH, which would tell their number.
    if (symbols == 0 || strings <= symbols || !fits(size, strings, 1)) return false;
    *out = (vdso_symbols){image, size, load.p_vaddr, symbols, strings, (strings - symbols) / sizeof(Elf64_Sym)};
    return true;
}

// The function that a symbol names; false for anything else.
static bool function_at(const vdso_symbols *all, uint64_t index, vdso_function *out) {
    Elf64_Sym symbol;
    memcpy(&symbol, all->image + all->symbols + index * sizeof symbol, sizeof symbol);
    if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) return false;
    uint64_t name = all->strings + symbol.st_name;
    if (!fits(all->size, name, 1) || !memchr(all->image + name, 0, all->size - name)) return false;
    *out = (vdso_function){(const char *)all->image + name, symbol.st_value - all->bias, symbol.st_size};
    return true;
}

const uint8_t *chost_vdso_self(size_t *size) {
    const uint8_t *image = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
    *size = 0;
    if (!image) return NULL;
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)image;
    uint64_t end = header->e_shoff + (uint64_t)header->e_shnum * header->e_shentsize;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(image + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_offset + segments[i].p_filesz > end) end = segments[i].p_offset + segments[i].p_filesz;
    }
    *size = (end + 4095) & ~(size_t)4095;
    return image;
}

uint64_t chost_vdso_function(const uint8_t *image, size_t size, const char *name) {
    vdso_symbols all;
    vdso_function function;
    if (!image || !find_symbols(image, size, &all)) return 0;
    for (uint64_t i = 0; i < all.count; i++) {
        if (function_at(&all, i, &function) && strcmp(function.name, name) == 0 &&
            fits(size, function.position, function.size))
            return function.position;
    }
    return 0;
}

size_t chost_vdso_offsets_position(void) { return (size_t)(chost_vdso_clock_offsets - chost_vdso_clock_start); }

// jmp *2(%rip); int3; int3; then the address. It changes no register.
enum { SLOT_SIZE = 16, SLOT_TARGET = 8, JUMP_SIZE = 5 };
static const uint8_t slot_code[SLOT_TARGET] = {0xff, 0x25, 0x02, 0, 0, 0, 0xcc, 0xcc};
static const uint8_t endbr64[4] = {0xf3, 0x0f, 0x1e, 0xfa};

int chost_vdso_replace(const uint8_t *image, size_t size, uint64_t moved, uint64_t gap,
                       const chost_clock_offsets *offsets, uint8_t *page, uint8_t *copy) {
    vdso_symbols all;
    uint64_t clock = chost_vdso_function(image, size, "__vdso_clock_gettime");
    if (clock == 0 || gap > 1 << 20 || !find_symbols(image, size, &all)) return -ENOEXEC;
    memset(page, 0xcc, CHOST_VDSO_CODE_SIZE);
    memcpy(copy, image, size);
    size_t used = (size_t)(chost_vdso_clock_end - chost_vdso_clock_start);
    memcpy(page, chost_vdso_clock_start, used);
    memcpy(page + chost_vdso_offsets_position(), offsets, sizeof *offsets);
    uint64_t target = moved + clock;
    memcpy(page + (chost_vdso_clock_moved - chost_vdso_clock_start), &target, sizeof target);
    for (uint64_t i = 0; i < all.count; i++) {
        vdso_function function;
        if (!function_at(&all, i, &function)) continue;
        // Where indirect branches are tracked, the function has to go on beginning with this.
        uint64_t jump = function.position;
        if (fits(size, jump, sizeof endbr64) && memcmp(image + jump, endbr64, sizeof endbr64) == 0)
            jump += sizeof endbr64;
        // The kernel may have functions of 5 bytes, a jump to what several have in common.
        if (!fits(size, jump, JUMP_SIZE) || jump + JUMP_SIZE - function.position > function.size) return -ENOEXEC;
        uint64_t destination = 0;
        if (function.position != clock) {
            if (used + SLOT_SIZE > CHOST_VDSO_CODE_SIZE) return -ENOEXEC;
            target = moved + function.position;
            memcpy(page + used, slot_code, sizeof slot_code);
            memcpy(page + used + SLOT_TARGET, &target, sizeof target);
            destination = used;
            used += SLOT_SIZE;
        }
        int32_t distance = (int32_t)((int64_t)destination - (int64_t)(gap + jump + JUMP_SIZE));
        copy[jump] = 0xe9; // jmp rel32
        memcpy(copy + jump + 1, &distance, sizeof distance);
    }
    return 0;
}
