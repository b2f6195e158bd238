// AF_UNIX sockets: control messages and readiness, which are macros and packed structures.
#ifndef CHOST_SOCKETS_H
#define CHOST_SOCKETS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// As many descriptors as one message can carry (SCM_MAX_FD).
#define CHOST_MESSAGE_FILES 253

// A socket that listens and has no name any more; it is bound to `path` for a moment.
int chost_pollable(const char *path);
int chost_unix_bind(int socket, const char *path);
// Never waits, whatever the socket's flags. A null path dissolves a datagram socket's connection.
int chost_unix_connect(int socket, const char *path);
// -EAGAIN when nothing is pending. A connection that `owner` did not make is dropped.
int chost_unix_accept(int socket, pid_t owner, int nonblocking);

// Sends at once or fails with -EAGAIN; `path` may be null.
ssize_t chost_unix_send(
    int socket, const void *data, size_t size, const char *path, const int *files, int file_count, int flags);

typedef struct {
    ssize_t size;
    int flags;
    int file_count;
    int files[CHOST_MESSAGE_FILES];
    pid_t sender;               // from SCM_CREDENTIALS, or 0
    char name[112];             // the sender's path, empty when it has none
    uint8_t timestamp[64];      // a timestamp's control message, as it came
    int timestamp_type;
    int timestamp_size;
} chost_unix_message;

ssize_t chost_unix_receive(int socket, void *buffer, size_t size, int flags, chost_unix_message *out);

int chost_socket_option(int socket, int option);
int chost_socket_set_option(int socket, int option, int value);
// SO_RCVTIMEO or, with `sending`, SO_SNDTIMEO, in nanoseconds; 0 is none.
uint64_t chost_socket_timeout(int socket, int sending);
int chost_is_nonblocking(int file);

// A memory file that marks a message; `inode` receives its number.
int chost_token(uint64_t *inode);
// The inode number of a token, or 0 when `file` is none.
uint64_t chost_token_number(int file);

int chost_readiness_create(void);
// Reports `events` of `socket` once, under `key`. The watch neither keeps the description open nor outlives it:
// `socket` is moved to `slot` while it is registered, so that one description has one registration.
int chost_readiness_watch(int readiness, int slot, int socket, uint32_t events, uint64_t key);
// Waits for keys; negated errno on failure.
int chost_readiness_wait(int readiness, uint64_t *keys, int capacity);

#endif
