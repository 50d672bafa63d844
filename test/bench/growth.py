# SPDX-License-Identifier: ISC
"""What grows with what: a poll's cost against messages, open sessions,
mailboxes and cores.  Each function yields one plot as a dictionary:
{"name", "title", "x", "y", "log", "series": {name: [(x, y)...]}}."""
import os
import subprocess
import time
from contextlib import contextmanager

import drops
import load
import meter
import subjects
from probes import YOUNG_SECONDS, cpu_ms_of
from subjects import Subject
from support import accounts

SIZES = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
OPEN_SESSIONS = (10, 100, 1_000, 10_000, 20_000)
# Others of a session process, and what it may get more than the other.
DESCRIPTORS_BESIDE = 1_000
POLLERS = 32
POLLS = 3_000
LINKS_MAX = 50_000  # of one file: ext4 allows 65,000
LISTED_MAX = 300_000  # messages listed for one point: more say no more
TMPFS_KIB_EACH = 6  # of a Maildir


def sizes_to(most):
    return [s for s in SIZES if s <= most]


@contextmanager
def running(fill, **kw):
    subject = Subject("restanted", **kw)
    try:
        fill(subject.site)
        yield subject.start()
    finally:
        subject.stop()


def cost_of(subject, users=POLLERS, user="u%d", sessions=POLLS, warm=POLLERS,
            at_once=POLLERS):
    """CPU ms of a poll: the best of three times."""
    def once():
        return load.play(subject, "poll", at_once=min(at_once, users),
                         users=users, user=user, sessions=sessions, warm=warm)
    return min((once() for _ in range(3)),
               key=lambda report: report["cpu_ms_per_session"])


# -- messages in a maildrop

def link_messages(site, name, count):
    """As many files as messages would be, of which thousands are the same."""
    path, owner = drops.maildir_of(site, name)
    for i in range(count):
        new = path + b"/new/" + drops.file_name(i)
        if i % LINKS_MAX == 0:
            drops.put(path, i, drops.message(i, 2048), owner)
            first = new
        else:
            os.link(first, new)


def messages(most):
    sizes = sizes_to(most)

    def fill(site):
        for size in sizes:
            drops.add(site, b"m%d-" % size, 1)
            link_messages(site, b"m%d-0" % size, size)

    series = {"poll, unchanged": [], "LIST and UIDL, unchanged": []}
    with running(fill) as subject:
        for size in sizes:
            cpu_ms_of(subject, user=f"m{size}-%d")
        time.sleep(YOUNG_SECONDS)
        for size in sizes:
            user = f"m{size}-%d"
            poll = cost_of(subject, 1, user, 300, 5)
            listing = load.play(subject, "listing", at_once=1, users=1,
                                user=user, warm=1,
                                sessions=max(1, min(300, LISTED_MAX // size)))
            for line, report in zip(series.values(), (poll, listing)):
                line.append((size, report["cpu_ms_per_session"]))
    return {"name": "messages", "title": "A session against the maildrop's size",
            "x": "messages in the maildrop", "y": "CPU ms a session",
            "log": True, "series": series}


# -- users with open sessions

def sessions(most):
    room = subjects.descriptors() - DESCRIPTORS_BESIDE
    counts = sorted({min(c, room) for c in OPEN_SESSIONS if c <= most})

    def fill(site):
        drops.add(site, b"u", POLLERS)
        drops.add(site, b"i", max(counts))

    polls, memory = [], []
    with running(fill) as subject:
        cost_of(subject)
        for count in counts:
            with load.held(subject, count, user="i%d"):
                time.sleep(1)
                if accounts.is_root():
                    memory.append(
                        (count, meter.pss_kib(subject.meter.pids()) / 1024))
                polls.append((count, cost_of(subject)["cpu_ms_per_session"]))
    yield {"name": "sessions", "title": "A poll beside open sessions",
           "x": "users who are logged in, and idle", "y": "CPU ms a poll",
           "log": False, "series": {"poll": polls}}
    yield {"name": "memory", "title": "Memory of open sessions",
           "x": "users who are logged in, and idle",
           "y": "MiB of user memory (PSS)", "log": True,
           "series": {"all server processes": memory}}


# -- mailboxes on disk

@contextmanager
def roomy(folder, count):
    """A file system in memory there, if there is memory enough: a million
    Maildirs take a disk minutes to make, and longer to remove."""
    with open("/proc/meminfo", encoding="ascii") as f:
        free = next(int(line.split()[1]) for line in f
                    if line.startswith("MemAvailable"))
    mounted = free > 2 * count * TMPFS_KIB_EACH and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=90%,nr_inodes=0,mode=755",
         "restante-bench", folder], check=False,
        capture_output=True).returncode == 0
    try:
        yield
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)


def scattered(i, count):
    """Who is asked for one after the other was not made so."""
    return i * 7919 % count if count % 7919 else i


def make_many(site, owner, count):
    """Empty Maildirs b0..., made by as many processes as there are cores."""
    workers = len(os.sched_getaffinity(0))
    os.chown(site.mail, *owner)
    pids = []
    for worker in range(workers):
        pid = os.fork()
        if pid == 0:
            _make_share(os.fsencode(site.mail), owner,
                        range(worker, count, workers), count)
        pids.append(pid)
    for pid in pids:
        if os.waitpid(pid, 0)[1] != 0:
            raise load.Failure("cannot make the mailboxes")


def _make_share(mail, owner, numbers, count):
    try:
        os.setgid(owner[1])
        os.setuid(owner[0])
        for i in numbers:
            path = mail + b"/b%d" % scattered(i, count)
            for folder in (b"", b"/tmp", b"/new", b"/cur"):
                os.mkdir(path + folder, 0o700)
        os._exit(0)
    finally:
        os._exit(1)


def write_many_users(site, owner, count):
    """A users file of so many lines, which Site would be slow to make."""
    path = site.dir / "users"
    with open(path, "wb") as f:
        for i in range(count):
            f.write(b"b%d:{PLAIN}p%d:%d:%d::%s/b%d::\n"
                    % (i, i, *owner, os.fsencode(site.mail), i))
    site.give_users(path)


def mailboxes(most):
    points, sizes = [], [s for s in sizes_to(most) if s >= 100]
    for size in sizes:
        points.append((size, one_of_many(size)))
    return {"name": "mailboxes", "title": "A poll against mailboxes on disk",
            "x": "mailboxes, all empty, and as many lines in the users file",
            "y": "CPU ms a poll", "log": False, "series": {"poll": points}}


def one_of_many(count):
    subject = Subject("restanted")
    site = subject.site
    owner = site.make_user(b"b0", b"p0", maildir=False).owner
    site.write_users = lambda: write_many_users(site, owner, count)
    try:
        with roomy(site.mail, count):
            try:
                make_many(site, owner, count)
                subject.start()
                time.sleep(YOUNG_SECONDS)
                # those whom the warm-up has asked for already
                return cost_of(subject, count, "b%d", POLLS,
                               POLLS)["cpu_ms_per_session"]
            finally:
                if subject.service.process:
                    subject.halt()
    finally:
        subject.stop()


# -- cores

def cores(most):
    """The server on one core, then on two; what asks it has all of them."""
    del most
    rates, costs = [], []
    for count in range(1, min(4, len(os.sched_getaffinity(0))) + 1):
        own = ",".join(map(str, sorted(os.sched_getaffinity(0))[:count]))
        with running(lambda site: drops.add(site, b"u", POLLERS),
                     settings={"session_processes": count},
                     prefix=("taskset", "-c", own)) as subject:
            report = cost_of(subject, sessions=3 * POLLS)
        rates.append((count, report["sessions_per_s"]))
        costs.append((count, report["cpu_ms_per_session"]))
    return {"name": "cores", "title": "Cores that the server may use",
            "x": "cores", "y": "", "series": {
                "polls a second": rates, "CPU ms a poll": costs},
            "is_drawn": False}


def measure(most, tell):
    """All plots, as far as they can be had, and what failed."""
    plots, failures = [], []
    for name, work in (("messages", messages), ("sessions", sessions),
                       ("mailboxes", mailboxes), ("cores", cores)):
        tell(f"growth: {name}")
        try:
            made = work(most)
            plots += [made] if isinstance(made, dict) else list(made)
        except (load.Failure, AssertionError, OSError) as e:
            failures.append(f"growth {name}: {e}")
    return plots, failures
