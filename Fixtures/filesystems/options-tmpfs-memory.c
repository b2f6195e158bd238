// Rules: mount-option-unknown mount-option-value tmpfs-noswap-not-permitted
// As: root user
// tmpfs: options of the machine's memory and of how this kernel was built.
#include "../mountapi/api.h"
#define EACH(...) for (const char *list[] = {__VA_ARGS__, NULL}, **one = list; *one; one++) try_options("tmpfs", 0, *one)
static void texts(void) {
    must(mkdir("d", 0755));
    EACH("mpol=default", "mpol=local", "mpol=prefer:0", "mpol=bind:0", "mpol=interleave", "mpol=interleave:0", "mpol=prefer=static:0", "mpol=bind", "mpol=bind:99",
        "mpol=nonesuch", "mpol=", "mpol");
    EACH("huge=never", "huge=always", "huge=within_size", "huge=advise", "huge=deny", "huge=force", "huge=x", "huge=", "huge");
    EACH("inode64", "inode64,inode32", "inode32,inode64", "noswap", "quota", "usrquota", "grpquota", "casefold", "strict_encoding");
    EACH("mpol=bind:0,huge=advise,inode64,mode=711,nr_inodes=100,size=64k");
    must(mount("x", "d", "tmpfs", 0, "size=100%"));
    yes("percents are shown as a size", strstr(mount_line("d"), "size=") != NULL);
    must(umount("d"));
    EACH("size=-1%", "size=x%", "size=50%%");
}
int main(void) { as_each(0, texts); return 0; }
