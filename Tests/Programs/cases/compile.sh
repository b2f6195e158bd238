# Needs: gcc
cat >hello.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *run(void *n) { return (void *)((long)n * 2); }
int main(int argc, char **argv) {
    long sum = 0;
    for (long i = 0; i < 10; i++) { pthread_t t; void *r; pthread_create(&t, 0, run, (void *)i); pthread_join(t, &r); sum += (long)r; }
    printf("hello from %d arguments, sum %ld, %s\n", argc, sum, isatty(1) ? "tty" : "no tty");
    return argc;
}
END
gcc -O2 -Wall -pthread hello.c -o dynamic && ./dynamic a b; echo "status $?"
gcc -O1 -static -pthread hello.c -o static && ./static; echo "status $?"
gcc -static-pie -pthread hello.c -o static-pie && ./static-pie; echo "status $?"
gcc -no-pie -pthread hello.c -o fixed && ./fixed; echo "status $?"
echo 'int main(' >bad.c; gcc bad.c -o bad 2>/dev/null; echo "status $?"
ar rc lib.a hello.c && ar t lib.a; strip static && ./static >/dev/null; echo "stripped $?"; ldd dynamic | grep -c libc
printf 'all: x y\nx y:\n\t@echo $@ >$@\n' >Makefile; make -s -j2 && cat x y
