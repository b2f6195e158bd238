"""More of the machine than a sandbox may have: tasks, open files, memory, time."""
import re
import subprocess

from sandbox import KILLED, Case

MEMORY = r"memory limit of 200.0 MiB reached, killed process \d+ \(bomb\); --memory raises it"
COUNTED = ["--memory", "200M"]


def seconds(text):
    return sum(float(time) for time in re.findall(r"([\d.]+) s", text))


def is_quick(runner, text):
    """Within a second; where the machine is busy with other things, about as quick as on the host."""
    def natively():
        return seconds(subprocess.run([runner.bomb, "many"], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout)
    native = max(natively() for _ in range(3))
    if seconds(text) > max(1, 6 * native):
        return f"4,000 threads take {seconds(text):.1f} s, and {native:.1f} s on the host"
    return None


def tasks(kind, limit, output):
    return Case(kind, ["--pids", str(limit)], output, f"limit of {limit} tasks reached; --pids raises it")


def files(kind, limit, output):
    return Case(kind, ["--files", str(limit)], output, f"limit of {limit} open files reached; --files raises it")


CASES = [
    tasks("forks", 400, r"39\d then EAGAIN"),
    tasks("storm", 400, r"many then EAGAIN"),
    tasks("threads", 600, r"59\d then EAGAIN"),
    Case("many", [], r"made in .*", growth=24, check=is_quick, alone=True),
    Case("series", [], r"10000 ended"),
    files("open", 3000, r"299\d then ENFILE"),
    files("dup", 3000, r"299\d then ENFILE"),
    files("pipe", 3000, r"149\d then ENFILE"),
    files("socket", 2000, r"199\d then ENFILE"),
    files("memfd", 2000, r"199\d then ENFILE"),
    files("epoll", 2000, r"199\d then ENFILE"),
    # More than the sentry can have of the host.
    Case("eventfd", [], r"\d+ then ENFILE", growth=48, long=True),
    files("proc", 1000, r"99\d then ENFILE"),
    files("flight", 2000, r"19\d\d then ENFILE"),
    Case("private", COUNTED, KILLED, MEMORY),
    Case("shared", COUNTED, KILLED, MEMORY),
    # The host's vm.max_map_count comes first.
    Case("maps", ["--memory", "500M"], r"1 then ENOMEM"),
    Case("tables", COUNTED, KILLED, MEMORY),
    Case("leaderless", COUNTED, KILLED, MEMORY),
    # The sentry looks into many tables, for which it keeps numbers.
    Case("numbers", COUNTED, KILLED, MEMORY, growth=24),
    Case("memory-file", COUNTED, KILLED, MEMORY),
    Case("segment-memory", COUNTED, KILLED, MEMORY),
    Case("crowd", COUNTED, KILLED, MEMORY),
    Case("private", COUNTED, KILLED, MEMORY, name="private-root", root=True),
    Case("memory-file", COUNTED, KILLED, MEMORY, name="memory-file-root", root=True),
    Case("crowd", COUNTED, KILLED, MEMORY, name="crowd-root", root=True),
    Case("endless", ["--time", "1"], r"", r"time limit of 1 s reached, killed everything; --time raises it", status=124),
]
