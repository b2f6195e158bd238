# Needs: python3
python3 - <<'END'
import mmap, multiprocessing, os, queue, select, signal, socket, subprocess, sys, tempfile, threading, time
total, lock, q = [0], threading.Lock(), queue.Queue()
def work(n):
    for _ in range(1000):
        with lock: total[0] += n
    q.put(n)
threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
[t.start() for t in threads]; [t.join() for t in threads]
print(total[0], sorted(q.get() for _ in threads))
print(subprocess.run(["sh", "-c", "cat; echo error >&2; exit 5"], input=b"given\n", capture_output=True))
print(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode)
try: subprocess.run(["/nonexistent"])
except OSError as error: print(error)
END
python3 - <<'END'
import os, select, signal, socket, tempfile, mmap, time
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.close(r); os.write(w, b"z" * 200000); os._exit(9)
os.close(w); n = 0
while chunk := os.read(r, 65536): n += len(chunk)
print(n, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
a, b = socket.socketpair(); a.send(b"ping"); print(select.select([b], [], [], 1)[0] == [b], b.recv(10))
signal.signal(signal.SIGALRM, lambda *_: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.05); signal.pause()
with tempfile.TemporaryFile() as f:
    f.write(b"hello" * 1000); f.flush(); m = mmap.mmap(f.fileno(), 0); m[0:5] = b"HELLO"; f.seek(0); print(f.read(10)); m.close()
e = select.epoll(); e.register(a, select.EPOLLIN); b.send(b"x"); print(e.poll(1)[0][1] == select.EPOLLIN)
s = socket.socket(socket.AF_UNIX); s.bind("sock"); s.listen(); c = socket.socket(socket.AF_UNIX); c.connect("sock")
d, _ = s.accept(); socket.send_fds(c, [b"f"], [r]); msg, fds, _, _ = socket.recv_fds(d, 10, 4); print(msg, len(fds))
print(os.getuid() == os.stat("sock").st_uid, os.access("/etc/shadow", os.R_OK) and os.getuid() != 0)
END
python3 -c 'import multiprocessing as m
with m.get_context("fork").Pool(3) as p: print(sum(p.map(abs, range(-100, 0))))'
python3 -c 'import sys; sys.exit("failed")'; echo "status $?"
