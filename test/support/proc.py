# SPDX-License-Identifier: ISC
"""What /proc tells about processes, and waiting without timing luck."""
import ctypes
import os
import signal
import time

PR_SET_CHILD_SUBREAPER = 36
HZ = os.sysconf("SC_CLK_TCK")


def wait_until(condition, seconds=20.0, what=None):
    """Polls until condition() is true and returns its value, or fails."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: "
                                 f"{what or condition.__name__}")
        time.sleep(0.01)


def steady(measure, seconds=20.0):
    """What measure() gives once it has given the same for 0.2 s."""
    seen = []

    def is_steady():
        seen.append(measure())
        return len(seen) > 20 and all(s == seen[-1] for s in seen[-20:])
    wait_until(is_steady, seconds, "a steady value")
    return seen[-1]


def become_subreaper():
    """Orphans become our children, so that none escapes unseen."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "PR_SET_CHILD_SUBREAPER")


def stat(pid):
    """The fields of /proc/PID/stat from the state on, or None."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as f:
            return f.read().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def status(pid):
    """/proc/PID/status as {key: value}."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f
                    if ":\t" in line)


def name(pid):
    """What was executed, as far as argv[0] tells; "" if gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return os.path.basename(os.fsdecode(f.read().split(b"\0")[0]))
    except (FileNotFoundError, ProcessLookupError):
        return ""


def all_pids():
    return [int(d) for d in os.listdir("/proc") if d.isdigit()]


def is_running(pid):
    s = stat(pid)
    return s is not None and s[0] not in (b"Z", b"X")


def children(pid, zombies=False):
    found = []
    for p in all_pids():
        s = stat(p)
        if s and int(s[1]) == pid and (zombies or s[0] not in (b"Z", b"X")):
            found.append(p)
    return found


def cpu_seconds(pid):
    """Time on a CPU of a process's present threads, in seconds: by the
    scheduler's own count, which is finer than the ticks in stat."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat", "rb") as f:
                total += int(f.read().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1e9


def tree_cpu_seconds(pid):
    """That of a process, of all that it comes to own below, and of those of
    them that have ended; in the coarse ticks of stat."""
    s = stat(pid)
    if s is None:
        return 0.0
    return sum(map(int, s[11:15])) / HZ + sum(map(tree_cpu_seconds, children(pid)))


def fd_count(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def memory_kib(pid, key):
    """A number of /proc/PID/smaps_rollup or status, in KiB."""
    source = "status" if key.startswith("Vm") else "smaps_rollup"
    with open(f"/proc/{pid}/{source}", encoding="utf-8") as f:
        for line in f:
            if line.startswith(key + ":"):
                return int(line.split()[1])
    raise KeyError(key)


def kill(pid, sig=signal.SIGKILL):
    try:
        os.kill(pid, sig)
    except ProcessLookupError:
        pass


def kill_group(process):
    """A Popen with start_new_session, and all that it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def reap_orphan(pid):
    """Waits for a process that has become our child, if it has."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        pass


def reap_orphans():
    """All dead role processes that we, the subreaper, were given."""
    for pid in children(os.getpid(), zombies=True):
        s = stat(pid)
        if s and s[0] == b"Z" and comm(pid).startswith("restanted-"):
            reap_orphan(pid)


def comm(pid):
    """The first 15 octets of the program's name, of zombies too."""
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as f:
            return f.read().rstrip("\n")
    except (FileNotFoundError, ProcessLookupError):
        return ""
