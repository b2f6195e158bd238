# Needs: python3 flock sqlite3 git
exec 9>lock
flock 9; echo "locked $?"
flock -n lock echo never; echo "busy $?"
flock -u 9; flock -n lock echo "free again"
( flock 9; echo child; flock -n lock true || echo "busy for others" )
flock -n lock echo never; exec 9>&-; flock -n lock echo "closed"
flock -w 0.1 lock flock -w 0.1 lock true; echo "in vain $?"
for i in 1 2 3 4 5 6 7 8; do
    ( for j in 1 2 3 4 5; do flock counter sh -c 'n=$(cat number 2>/dev/null || echo 0); echo $((n + 1)) >number'; done ) &
done
wait; cat number
python3 - <<'PY'
import fcntl, os, sqlite3, struct, multiprocessing
f = open("f", "w+b"); f.write(bytes(8)); f.flush()
def add(n):
    g = open("f", "r+b", buffering=0)
    for _ in range(50):
        fcntl.lockf(g, fcntl.LOCK_EX, 8)
        v, = struct.unpack("q", os.pread(g.fileno(), 8, 0)); os.pwrite(g.fileno(), struct.pack("q", v + n), 0)
        fcntl.lockf(g, fcntl.LOCK_UN, 8)
children = [multiprocessing.Process(target=add, args=(n,)) for n in range(1, 7)]
[c.start() for c in children]; [c.join() for c in children]
print(struct.unpack("q", os.pread(f.fileno(), 8, 0)))
fcntl.lockf(f, fcntl.LOCK_SH)
def other():
    g = open("f", "r+b")
    try: fcntl.lockf(g, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as e: print(e)
    fcntl.lockf(g, fcntl.LOCK_SH | fcntl.LOCK_NB); print("shared")
c = multiprocessing.Process(target=other); c.start(); c.join()
db = sqlite3.connect("a.db"); db.execute("create table t (n)"); db.commit()
def insert(n):
    own = sqlite3.connect("a.db", timeout=60, isolation_level=None)
    for i in range(20): own.execute("insert into t values (?)", (n * 100 + i,))
c = [multiprocessing.Process(target=insert, args=(n,)) for n in range(4)]; [p.start() for p in c]; [p.join() for p in c]
print(db.execute("select count(*), sum(n) from t").fetchone())
db.execute("begin exclusive")
try: sqlite3.connect("a.db", timeout=0).execute("select * from t")
except sqlite3.OperationalError as e: print(e)
db.rollback(); db.execute("pragma journal_mode=wal"); db.close()
c = [multiprocessing.Process(target=insert, args=(n,)) for n in range(4)]; [p.start() for p in c]; [p.join() for p in c]
print(sqlite3.connect("a.db").execute("select count(*) from t").fetchone())
PY
sqlite3 a.db 'select count(*) from t; pragma integrity_check'
git init -q r 2>/dev/null; cd r; echo text >file; git add file
git -c user.name=n -c user.email=e commit -qm one; git log --format=%s; touch .git/index.lock; git add file 2>&1 | head -1
