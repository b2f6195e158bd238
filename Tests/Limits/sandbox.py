"""Runs one bomb in a sandbox and judges what it did: to itself, to another task, to the sentry's memory."""
import os
import re
import resource
import shutil
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
# Who runs nsentry where `root` is not set: nsentry then counts memory itself.
USER = 20077
# A case that takes longer is killed.
SECONDS = 25
# How long the sentry has to give memory back.
PATIENCE = 4
KILLED = r"killed by SIGKILL"


@dataclass
class Case:
    """A bomb, the options of its sandbox, and what it and nsentry must say (regular expressions)."""
    kind: str
    options: list
    output: str
    errors: str = None
    name: str = None
    status: int = 0
    root: bool = False
    # Milliseconds that a getppid of another task may take.
    longest: int = 500
    # MiB by which the sentry may grow.
    growth: float = 10
    # MiB that may remain besides a tenth of what it was before.
    rest: float = 1
    # Of ten more of the kind, how many the bomb can make afterwards.
    again: int = None
    # Says what is wrong with the output, or None.
    check: object = None
    # Nothing else runs at the same time, as it measures time.
    alone: bool = False
    # Only with --long.
    long: bool = False
    # Looks at the directory where nsentry keeps its files, again and again; returns what is wrong at the end.
    watch: object = None

    def __post_init__(self):
        self.name = self.name or self.kind


@dataclass
class Result:
    text: str = ""
    faults: list = field(default_factory=list)


def status(pid, key):
    """VmRSS or VmHWM of a process in MiB."""
    return int(re.search(rf"{key}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


class Runner:
    def __init__(self, nsentry, work, memory):
        """`work` is for programs; in `memory` sandboxes keep their files, as that takes a tenth of the time."""
        self.work, self.memory = Path(work), Path(memory)
        for folder in work, memory:
            os.chmod(folder, 0o755)
        self.bomb = self.work / "bomb"
        sources = [str(path) for path in sorted(HERE.glob("*.c"))]
        subprocess.run(["gcc", "-std=gnu17", "-O2", "-Wall", "-pthread", "-o", self.bomb, *sources, "-lrt"], check=True)
        self.nsentry = self.work / "nsentry"
        shutil.copy(nsentry, self.nsentry)

    def folder(self, name):
        """Where nsentry keeps a sandbox's files."""
        folder = self.memory / name
        folder.mkdir()
        folder.chmod(0o1777)
        return folder

    def start(self, options, command, root=False, folder=None, stderr=subprocess.PIPE):
        def prepare():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if os.getuid() == 0 and not root:
                os.setgroups([])
                os.setgid(USER)
                os.setuid(USER)
        environment = {"PATH": os.environ["PATH"], "TMPDIR": str(folder or "/tmp")}
        return subprocess.Popen([self.nsentry, "run", *options, "--", *command], cwd=self.work, env=environment,
                                preexec_fn=prepare, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
                                text=True, start_new_session=True)

    def play(self, case):
        result, began, folder = Result(), time.monotonic(), self.folder(case.name)
        process = self.start(case.options, ["./bomb", case.kind], case.root, folder)
        killer = threading.Timer(SECONDS, process.kill)
        killer.start()
        watched = case.watch and case.watch(folder)
        try:
            self.judge(case, process, result)
            errors = process.stderr.read()
            process.wait()
        finally:
            killer.cancel()
            process.kill()
            process.wait()
        if process.returncode != case.status:
            result.faults.append(f"exit code {process.returncode}")
        own = [line for line in errors.splitlines() if line.startswith("nsentry:")]
        if bool(own) != bool(case.errors) or not all(re.search(case.errors, line) for line in own):
            result.faults.append(f"nsentry says {errors!r}")
        if watched and (fault := watched()):
            result.faults.append(fault)
        if left := os.listdir(folder):
            result.faults.append(f"left behind: {left}")
        result.text += f", {time.monotonic() - began:.1f} s"
        return result

    def judge(self, case, process, result):
        if read_until(process, "ready") is None:
            result.faults.append("the bomb does not start")
        before = status(process.pid, "VmRSS")
        write_line(process)
        said = read_until(process, "over")
        if said is None:
            said = []
            if not case.status:
                result.faults.append("the bomb does not end")
        text = "\n".join(said)
        result.text = " | ".join(line for line in said)
        if found := re.search(case.output, text, re.M):
            if case.check and (fault := case.check(self, found[0])):
                result.faults.append(fault)
        else:
            result.faults.append(f"expected {case.output!r}")
        if case.status:
            return
        longest = re.search(r"longest (\d+) ms", text)
        if not longest or int(longest[1]) > case.longest:
            result.faults.append("another task waits too long")
        most = status(process.pid, "VmHWM")
        for _ in range(PATIENCE * 10):
            after = status(process.pid, "VmRSS")
            if after <= before * 1.1 + case.rest:
                break
            time.sleep(0.1)
        result.text += f" | sentry {before:.1f}, {most:.1f}, {after:.1f} MiB"
        if most > before + case.growth:
            result.faults.append(f"the sentry grows by {most - before:.1f} MiB")
        if after > before * 1.1 + case.rest:
            result.faults.append(f"the sentry keeps {after - before:.1f} MiB")
        write_line(process)
        again = process.stdout.read().strip()
        if case.again and again != f"again {case.again}":
            result.faults.append(f"afterwards: {again!r}")


def read_until(process, word):
    """The lines before the one that is `word`; None where there is none."""
    lines = []
    for line in process.stdout:
        if line.strip() == word:
            return lines
        lines.append(line.strip())
    return None


def write_line(process):
    try:
        process.stdin.write("\n")
        process.stdin.flush()
    except OSError:
        pass
