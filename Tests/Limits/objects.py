"""More kernel objects than the sandbox may keep: each ends with the errno that Linux documents for want of memory or room."""
from sandbox import Case


def reached(budget, what):
    return rf"the sandbox's kernel objects reached their limit of {budget} MiB \(({what})\)"


def bomb(kind, budget, errno, what=None, **more):
    """The sentry may take the budget, and a little for itself. `what` names the objects in nsentry's message; without it something else than the budget ends the bomb."""
    return Case(kind, ["--budget", str(budget)], rf"^\d+ then {errno}$", what and reached(budget, what),
                growth=budget + 1, **{"again": 10, **more})


FILES, OPEN = "files and directories", "open files"
CASES = [
    bomb("files", 2, "ENOSPC", FILES),
    bomb("inodes", 16, "ENOSPC", FILES),
    bomb("directories", 16, "ENOSPC", FILES),
    bomb("symlinks", 16, "ENOSPC", FILES),
    bomb("hard-links", 4, "ENOSPC", FILES),
    bomb("deep", 2, "ENOSPC", FILES),
    bomb("xattrs", 16, "ENOSPC", "extended attributes"),
    bomb("small-xattrs", 4, "ENOSPC", "extended attributes"),
    bomb("semaphores", 16, "ENOMEM", "System V semaphores"),
    bomb("undo", 8, "ENOMEM", "System V semaphores"),
    bomb("messages", 16, "ENOMEM", "System V messages"),
    # SHMMNI
    bomb("segments", 16, "ENOSPC"),
    # RLIMIT_MSGQUEUE
    bomb("posix-queues", 16, "EMFILE", again=9),
    bomb("keys", 16, "EDQUOT", "keys"),
    bomb("user-namespaces", 2, "ENOMEM", "namespaces"),
    bomb("mount-namespaces", 16, "ENOMEM", "namespaces"),
    bomb("socket-names", 2, "ENOMEM", OPEN),
    bomb("in-flight", 2, "ETOOMANYREFS", "files sent by sockets"),
    bomb("timers", 2, "ENOMEM", "timers and watches"),
    bomb("watches", 2, "ENOMEM", "timers and watches"),
    # RLIMIT_SIGPENDING and RLIMIT_NOFILE
    bomb("pending-signals", 2, "EAGAIN"),
    bomb("open-files", 16, "EMFILE"),
    bomb("locks", 4, "ENOLCK", "file locks"),
    bomb("listings", 16, "ENOMEM", OPEN),
    bomb("high-files", 8, "ENOMEM", "open files|processes"),
    bomb("groups", 8, "ENOMEM", "supplementary groups"),
    bomb("processes", 2, "ENOMEM", "processes"),
    # These can be had again: an eighth of the budget is theirs, and what is more is let go.
    bomb("known-names", 16, "no end", rest=3),
]
