"""What is no bomb: options that are refused, what a program is shown, what an idle sandbox costs, what is left behind.

Each check returns what it found, and a list of faults.
"""
import fcntl
import os
import re
import subprocess
import time
from pathlib import Path

COUNTED = ["--memory", "200M"]
# Options that are refused, and what the message says.
REFUSED = [
    (["--memory", "5"], "16M or more"), (["--memory", "1X"], "such as 512M"), (["--memory", "99999999T"], "smaller"),
    (["--pids", "1"], "from 2 to"), (["--pids", "x"], "from 2 to"), (["--files", "3"], "from 16 to"),
    (["--cpus", "0"], "from 1 on"), (["--cpus", "1.5"], "whole number"), (["--cpus", "5000"], "or less"),
    (["--time", "0"], "1 second to"), (["--time", "5x"], "such as 5m"), (["--time", "-1"], "such as 5m"),
    (["--disk", "10%"], "such as 512M"), (["--disk", "512KiB"], "1M or more"), (["--disk", "99999999T"], "smaller"),
    (["--disk", "1.5G"], "whole number"), (["--memory", "64"], "64 bytes are too little"),
]
# Share of a CPU that the sentry of an idle sandbox may take.
IDLE = 0.005


def output(runner, options, script):
    return runner.start(options, ["sh", "-c", script]).communicate()[0].split()


def refused(runner, long):
    faults = []
    for options, words in REFUSED:
        process = runner.start(options, ["true"])
        errors = process.communicate()[1]
        if process.returncode != 125 or words not in errors or options[1] not in errors:
            faults.append(f"{' '.join(options)}: {process.returncode}, {errors!r}")
    return f"{len(REFUSED)} bad options", faults


def cpu_nanoseconds(pid):
    """Of all threads, not rounded to ticks."""
    return sum(int((task / "schedstat").read_text().split()[0]) for task in Path(f"/proc/{pid}/task").iterdir())


def children(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in found.split()]


def cpus(runner, long):
    faults = []
    script = ("nproc; grep -c ^processor /proc/cpuinfo; grep -c '^cpu[0-9]' /proc/stat; getconf _NPROCESSORS_ONLN; "
              "getconf _NPROCESSORS_CONF")
    for count in {1, len(os.sched_getaffinity(0))}:
        shown = output(runner, ["--cpus", str(count)], script)
        if shown != [str(count)] * 5:
            faults.append(f"--cpus {count}: the program sees {shown}")
    busy = "for i in 1 2 3; do (while :; do :; done) & done; wait"
    process = runner.start(["--cpus", "1", "--time", "2"], ["sh", "-c", busy])
    time.sleep(1.5)
    used = sum(cpu_nanoseconds(pid) for pid in children(process.pid)) / 1e9
    process.communicate()
    if used > 1.8:
        faults.append(f"three busy processes had {used:.1f} s of one CPU in 1.5 s")
    return "a program sees as many as it may use", faults


def shown(runner, long):
    """/proc/sys and df."""
    faults = []
    files = output(runner, ["--files", "500", "--pids", "60"], (
        "cat /proc/sys/fs/file-max /proc/sys/kernel/threads-max; cut -f3 /proc/sys/fs/file-nr; "
        "exec 8</dev/null 9</dev/null; cut -f1 /proc/sys/fs/file-nr; exec 8<&-; cut -f1 /proc/sys/fs/file-nr; "
        "echo 400 > /proc/sys/fs/file-max; cat /proc/sys/fs/file-max; echo 4000 > /proc/sys/fs/file-max; "
        "cat /proc/sys/fs/file-max"))
    if files[:3] != ["500", "60", "500"] or int(files[3]) != int(files[4]) + 1 or files[5:] != ["400", "500"]:
        faults.append(f"/proc/sys: {files}")
    disk = output(runner, ["--disk", "64M"], "df -k --output=size / /tmp | tail -n +2")
    if disk != ["65536", "65536"]:
        faults.append(f"df: {disk}")
    return "/proc/sys and df tell the limits", faults


def unread(runner, long):
    """Nobody reads what nsentry says, and the pipe for it is full: no task waits for that."""
    out, into = os.pipe()
    os.set_blocking(into, False)
    try:
        while True:
            os.write(into, bytes(4096))
    except BlockingIOError:
        os.set_blocking(into, True)
    program = "head -c 4000000 /dev/zero > /tmp/big 2> /dev/null; echo $?"
    process = runner.start(["--disk", "2M"], ["sh", "-c", program], stderr=into)
    try:
        text = process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        text = process.communicate()[0] + "it waits"
    os.close(out)
    os.close(into)
    return "what nsentry says keeps nobody waiting", [] if text == "1\n" else [repr(text)]


def idle_share(runner, options, seconds):
    process = runner.start(options, ["sleep", "60"])
    time.sleep(1)
    before = cpu_nanoseconds(process.pid)
    time.sleep(seconds)
    share = (cpu_nanoseconds(process.pid) - before) / seconds / 1e9
    # Not killed: it is to remove its directories.
    process.terminate()
    process.communicate()
    return share


def idle(runner, long):
    words, faults = [], []
    # Where others use the CPUs, each time that a thread wakes up costs several times more.
    most = IDLE if os.getloadavg()[0] < 2 * os.cpu_count() else 3 * IDLE
    for options in [], COUNTED:
        share = idle_share(runner, options, 20 if long else 3)
        words.append(f"{share * 100:.2f} % of a CPU {' '.join(options)}".strip())
        if share > most:
            faults.append(f"an idle sandbox takes {words[-1]}")
    return ", ".join(words), faults


def leftovers(runner, long):
    if os.getuid() != 0:
        return "no cgroup without root", []
    found = re.search(r"cgroup below (\S+),",
                      subprocess.run([runner.nsentry, "check-host"], capture_output=True, text=True).stdout)
    if not found:
        return "no cgroup on this host", []
    process = runner.start(COUNTED, ["sh", "-c", "sleep 4243 & exec sleep 4243"], True)
    time.sleep(0.3)
    process.kill()
    process.communicate()
    time.sleep(0.3)
    # The next one removes what the killed one left.
    runner.start(COUNTED, ["true"], True).communicate()
    left = [path.name for path in Path(found[1]).glob("nsentry-0-*") if not is_locked(path)]
    return "no cgroup is left", [f"cgroups {left}"] if left else []


def is_locked(path):
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(descriptor)


CHECKS = [refused, cpus, shown, unread, idle, leftovers]
