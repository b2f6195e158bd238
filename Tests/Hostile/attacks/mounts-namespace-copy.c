// What has no copy in a new mount namespace: a bound file of a mount namespace with something on top of it. Root and working
// directory go to the copy of their own mount all the same, so that what was read-only there stays so.
#include "mounts.h"

static void inner(int shape) {
    if (!own_place()) _exit(0);
    mkdir("ro", 0777), mkdir("rw", 0777), make_file("ns"), make_file("f"), mkdir("low", 0777);
    int told[2];
    pipe(told);
    pid_t younger = fork();
    char byte, path[64];
    if (younger == 0) prctl(PR_SET_PDEATHSIG, SIGKILL), unshare(CLONE_NEWNS), write(told[1], "x", 1), pause(), _exit(0);
    read(told[0], &byte, 1), snprintf(path, sizeof path, "/proc/%d/ns/mnt", younger);
    if (shape & 1) mount("x", "ro", "tmpfs", 0, ""), mount("x", "rw", "tmpfs", 0, "");
    mount(path, "ns", 0, MS_BIND, 0);
    for (int i = 0; i < 1 + (shape >> 1 & 3); i++) mount("f", "ns", 0, MS_BIND, 0);
    if (!(shape & 1)) mount("x", "ro", "tmpfs", 0, ""), mount("x", "rw", "tmpfs", 0, "");
    mount(0, "ro", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0);
    chdir(shape & 8 ? "rw" : "ro");
    if (shape & 16) chroot(".");
    int before = open(".", O_PATH);
    struct stat old, new;
    fstat(before, &old);
    if (shape & 32 ? !own_namespaces(0) : unshare(CLONE_NEWNS) != 0) _exit(0);
    stat(".", &new);
    if (old.st_dev != new.st_dev || old.st_ino != new.st_ino) succeeded("its working directory became another");
    if (!(shape & 8) && open("made", O_CREAT | O_WRONLY, 0666) >= 0) succeeded("wrote into what is read-only");
    getcwd(path, sizeof path), chdir(".."), umount2("/", MNT_DETACH), mkdir("q", 0777);
    kill(younger, SIGKILL);
    round_done(), _exit(0);
}
static void attack(void) {
    for (int shape = 0; shape < 64; shape += 1 + random_word() % 3) {
        pid_t pid = fork();
        if (pid == 0) inner(shape);
        waitpid(pid, NULL, 0);
    }
}
