"""Fills the disk of a sandbox in several ways: each ends with ENOSPC, or SIGBUS for a mapping, and then there is room again."""
import os
import threading
import time

from sandbox import Case

LIMIT = 128 << 20
# How much more there may be on the host for a moment.
SLACK = 64 << 20
REACHED = r"^nsentry: disk limit of 128.0 MiB reached; --disk raises it$"
# Calls that had begun before the limit was reached are ended with their process.
PASSED = REACHED + r"|disk limit of 128.0 MiB passed, killed process \d+ \(bomb\), which did not stop; --disk raises it$"
AFTER = ["free: little", "write anew: ok", "memory file: ok", "set its size: ok", "free then: all", "write again: ok"]
NO_FILE = [line for line in AFTER if line != "write anew: ok"]
# There is a hole where it writes.
HOLE = [line.replace("anew: ok", "anew: ENOSPC") for line in AFTER]


def held(directory):
    """Bytes that the files below `directory` take."""
    total = 0
    for base, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(base, name)).st_blocks * 512
            except OSError:
                pass
    return total


def watch(folder):
    """Measures until the function that it returns is called, which says whether it was too much."""
    over, most = threading.Event(), 0

    def look():
        nonlocal most
        while not over.is_set():
            most = max(most, held(folder))
            time.sleep(0.01)

    watcher = threading.Thread(target=look)
    watcher.start()

    def end():
        over.set()
        watcher.join()
        return f"there are {most >> 20} MiB for a moment" if most > LIMIT + SLACK else None

    return end


def fill(kind, lines, options=(), errors=REACHED, **more):
    return Case(f"disk-{kind}", ["--disk", "128M", *options], "^" + "\n".join(lines) + "\nlongest", errors, watch=watch, **more)


CASES = [
    fill("write", ["write: ENOSPC"] + AFTER),
    fill("write", ["write: ENOSPC"] + AFTER, ["--uid", "1000"], name="disk-write-user"),
    fill("small-writes", ["small writes: ENOSPC"] + AFTER),
    fill("fallocate", ["all at once: ENOSPC", "in pieces: ENOSPC"] + AFTER),
    fill("mapping", ["mapping: BUS"] + HOLE),
    fill("copies", ["copies: ENOSPC"] + AFTER),
    # 16,000 of them.
    fill("small-files", ["small files: ENOSPC"] + NO_FILE, growth=20),
    fill("notes", ["small files: ENOSPC", "then: few"] + NO_FILE, growth=20),
    fill("threads", ["threads: done"] + AFTER),
    fill("long-calls", ["long calls: ended"] + NO_FILE, errors=PASSED),
    fill("unnamed", ["unnamed: ENOSPC", "unnamed holes: BUS", "write: ENOSPC"] + AFTER),
]
