// What the bombs share; bomb.c has the main program.
#ifndef BOMB_H
#define BOMB_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A kind of excess, in a process of its own.
struct kind {
    const char *name;
    // Goes on to its end and prints how that was; or
    void (*run)(void);
    // makes object number `i`, 0 or -1 with errno, until it is refused or there are `most` of them; then
    int (*make)(long i);
    long most;
    // lets go of what would outlive the process, of which there are `made`.
    void (*drop)(long made);
};
// Each ends with a kind that has no name.
extern const struct kind machine_kinds[], object_kinds[], disk_kinds[];

// Where files are made, emptied by the main program.
#define FOLDER "/tmp/limits-bomb"

double now(void);
// Prints that errno has ended it after so many.
void report(long count);
// The soft limit becomes the hard one.
void raise_files(void);
// Sends one byte with `file`, without waiting: 0, or -1 with errno.
int send_file(int socket, int file);
#endif
