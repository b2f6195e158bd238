"""What the attacks are aimed at: listens on sockets, and says on standard output whatever reaches it."""
import os
import selectors
import signal
import socket
import sys

directory, name = sys.argv[1:]
selector = selectors.DefaultSelector()


def listen(what, family, kind, address):
    own = socket.socket(family, kind)
    own.bind(address)
    if kind == socket.SOCK_STREAM:
        own.listen()
    selector.register(own, selectors.EVENT_READ, what)
    return own


listen("abstract", socket.AF_UNIX, socket.SOCK_STREAM, "\0" + name)
listen("abstract-datagrams", socket.AF_UNIX, socket.SOCK_DGRAM, "\0" + name + "-datagrams")
listen("path", socket.AF_UNIX, socket.SOCK_STREAM, f"{directory}/socket")
port = listen("tcp", socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)).getsockname()[1]
listen("udp", socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", port))
os.chmod(f"{directory}/socket", 0o666)
for number in (signal.SIGHUP, signal.SIGURG, signal.SIGUSR1, signal.SIGUSR2):
    signal.signal(number, lambda number, _: print(f"signal {number}", flush=True))
print(f"ready {os.getpid()} {port}", flush=True)
while True:
    for key, _ in selector.select():
        if key.fileobj.type == socket.SOCK_STREAM:
            # Closed before it has sent what it wants to, the attacker would die of SIGPIPE.
            with key.fileobj.accept()[0] as peer:
                peer.settimeout(5)
                try:
                    peer.recv(100)
                except OSError:
                    pass
        else:
            key.fileobj.recv(100)
        print(f"reached {key.data}", flush=True)
