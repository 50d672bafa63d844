# SPDX-License-Identifier: ISC
"""The size cache is only a cache: whatever happens to it costs time alone."""
import os
import random
import re
import shutil
import signal
import time

import pytest

from support import proc
from support.pop3 import Closed
from support.wire import wire


def deliver_some(box, count, rng):
    return {box.deliver(t): wire(t) for t in
            (b"Subject: %d\n\n" % i + b".line\n" * rng.randrange(50)
             for i in range(count))}


def check(server, want):
    with server.login(b"alice") as pop:
        uids, sizes = pop.uidl(), pop.list()
        assert set(uids.values()) == set(want)
        for msn, uid in uids.items():
            assert sizes[msn] == len(want[uid])
            assert pop.retr(msn) == want[uid]
        pop.quit()


def test_what_changes_faster_than_a_clock_ticks(server):
    """A delivery right behind a log-in may leave the directory's time stamp as
    it was: it must be seen all the same."""
    rng = random.Random(1)
    want = {}
    for i in range(150):
        want.update(deliver_some(server.alice.maildir, 1, rng))
        with server.login(b"alice") as pop:
            assert pop.stat() == (len(want), sum(map(len, want.values())))
            if i % 3 == 0:
                gone = pop.uidl()[1]
                pop.dele(1)
                del want[gone]
            pop.quit()
    check(server, want)


def test_changes_between_sessions(server):
    rng = random.Random(2)
    box = server.alice.maildir
    want = deliver_some(box, 20, rng)
    for _ in range(20):
        check(server, want)
        for base in rng.sample(sorted(want), 3):
            os.unlink(box.files()[base])
            del want[base]
        for base in rng.sample(sorted(want), 3):
            box.rename(base, "cur", b":2," + rng.choice([b"S", b"", b"FS"]))
        want.update(deliver_some(box, 3, rng))


def test_a_maildir_that_is_another_one_now(server):
    """Restored from a backup, or given to somebody new under the old name."""
    rng = random.Random(3)
    box = server.alice.maildir
    check(server, deliver_some(box, 5, rng))
    os.rename(box.path, box.path + b".old")
    new = type(box)(box.path, box.owner)
    check(server, deliver_some(new, 7, rng))


def cache_files(server):
    return [os.path.join(d, n)
            for d, _, names in os.walk(server.site.dir / "cache") for n in names]


def delete_all(server):
    for entry in (server.site.dir / "cache").iterdir():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def truncate_all(server):
    for path in cache_files(server):
        os.truncate(path, 0)


def cut_all(server):
    for path in cache_files(server):
        os.truncate(path, os.path.getsize(path) // 2 // 4096 * 4096)


def garble_all(server):
    rng = random.Random(4)
    for path in cache_files(server):
        with open(path, "r+b") as f:
            f.write(rng.randbytes(os.path.getsize(path)))


def flip_bits(server):
    rng = random.Random(5)
    for path in cache_files(server):
        octets = bytearray(open(path, "rb").read())
        for _ in range(len(octets) // 2000):
            octets[rng.randrange(len(octets))] ^= 1 << rng.randrange(8)
        with open(path, "r+b") as f:
            f.write(octets)


DAMAGES = [delete_all, truncate_all, cut_all, garble_all, flip_bits]


@pytest.mark.parametrize("kill", [False, True], ids=["stopped", "killed"])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda f: f.__name__)
def test_a_damaged_cache(make_server, damage, kill):
    s = make_server()
    s.site.add_user(b"alice")
    want = deliver_some(s.site.users[b"alice"].maildir, 200, random.Random(6))
    s.start()
    check(s, want)
    if kill:
        roles = s.children()
        s.process.kill()
        proc.wait_until(lambda: reaped(roles))
    else:
        s.process.send_signal(signal.SIGTERM)
    s.process.wait(20)
    assert cache_files(s)
    damage(s)
    s.expect(rb"cache")
    s.start()
    for _ in range(3):
        check(s, want)


def reaped(pids):
    for pid in pids:
        proc.reap_orphan(pid)
    return not any(proc.is_running(p) for p in pids)


def test_a_cache_deleted_under_the_running_server(server):
    server.expect(rb"cache|maildrop")
    want = deliver_some(server.alice.maildir, 50, random.Random(7))
    check(server, want)
    delete_all(server)
    for _ in range(3):
        want.update(deliver_some(server.alice.maildir, 2, random.Random(8)))
        check(server, want)


def test_a_cache_whose_damage_ends_the_role(server):
    """LMDB gives up when both of its roots are wrong: the role dies of it, and
    the next one begins with an empty cache.  A log-in or two is the price."""
    server.expect(rb"cache|role process died|session process ends")
    want = deliver_some(server.alice.maildir, 5, random.Random(9))
    time.sleep(2.1)  # the list is kept for good
    check(server, want)
    check(server, want)
    with open(server.site.dir / "cache" / "sizes" / "data.mdb", "r+b") as f:
        for page in (0, 4096):
            f.seek(page + 128)
            f.write((1).to_bytes(8, "little"))
    proc.wait_until(lambda: served(server, want), 20)
    check(server, want)


def served(server, want):
    try:
        check(server, want)
    except (Closed, ConnectionError):
        return False
    return True


def damage_names(server, want):
    """Each list has its sum, so none with such a name is believed."""
    with open(server.site.dir / "cache" / "sizes" / "data.mdb", "r+b") as f:
        octets = f.read()
        at = [m.start() for base in want
              for m in re.finditer(re.escape(base), octets)]
        assert at
        for offset in at:
            f.seek(offset)
            f.write(b"9" if octets[offset:offset + 1] != b"9" else b"8")


def test_a_list_damaged_behind_the_log_in(server):
    """STAT needs no list.  What comes for UIDL is that of the log-in."""
    server.expect(rb"cache")
    box, rng = server.alice.maildir, random.Random(10)
    want = deliver_some(box, 200, rng)
    time.sleep(2.1)
    check(server, want)
    with server.login(b"alice") as pop:
        assert pop.stat() == (len(want), sum(map(len, want.values())))
        late = deliver_some(box, 1, rng)
        box.rename(sorted(want)[5], "cur", b":2,S")
        damage_names(server, want)
        uids = pop.uidl()
        assert set(uids.values()) == set(want)
        assert pop.retr(7) == want[uids[7]]
        pop.dele(8)
        pop.quit()
    del want[uids[8]]
    check(server, {**want, **late})


def test_a_list_lost_behind_the_log_in(server):
    """It is not to be had any more: nothing is listed, and nothing lost."""
    server.expect(rb"cache|list what was there")
    box = server.alice.maildir
    want = deliver_some(box, 200, random.Random(11))
    time.sleep(2.1)
    check(server, want)
    with server.login(b"alice") as pop:
        stat = pop.stat()
        gone = sorted(want)[5]
        os.unlink(box.files()[gone])
        damage_names(server, want)
        for line in (b"UIDL", b"LIST 1", b"RETR 1", b"DELE 1", b"TOP 1 0"):
            pop.err(line, b"SYS/TEMP")
        assert pop.stat() == stat
        pop.quit()
    del want[gone]
    check(server, want)


def test_a_full_cache(make_server):
    s = make_server({"cache_size": "1M"})
    rng = random.Random(9)
    wants = {}
    for i in range(16):
        user = s.site.make_user(b"user%d" % i)
        wants[user.name] = deliver_some(user.maildir, 700, rng)
    s.site.write_users()
    s.expect(rb"cache")
    s.start()
    for _ in range(2):
        for name, want in wants.items():
            with s.login(name) as pop:
                assert pop.stat() == (len(want), sum(map(len, want.values())))
                assert set(pop.uidl().values()) == set(want)
                pop.quit()


def rewrite(path, text, keep_time):
    """In place, as long as before."""
    st = os.stat(path)
    assert len(text) == st.st_size
    time.sleep(0.02)  # the kernel's clock for files ticks
    with open(path, "r+b") as f:
        f.write(text)
    if keep_time:
        os.utime(path, ns=(st.st_atime_ns, st.st_mtime_ns))


@pytest.mark.parametrize("keep_time", [False, True], ids=["openly", "hidden"])
def test_a_message_rewritten_in_place(server, keep_time):
    """It is not sent as what was listed; the next log-in has it right."""
    before = b"Subject: x\n\n" + b"a b c d e f\n" * 1000
    after = before.replace(b" b c", b"\nb\nc")
    box = server.alice.maildir
    base = box.deliver(before)
    time.sleep(2.1)  # what is found is kept
    with server.login(b"alice") as pop:
        assert pop.retr(1) == wire(before)
        pop.quit()
    rewrite(box.files()[base], after, keep_time)
    with server.login(b"alice") as pop:
        if keep_time:
            with pytest.raises(Closed) as broken:
                pop.retr(1)
            assert not broken.value.args[0].endswith(b"\r\n.\r\n")
        else:
            pop.err(b"RETR 1", b"SYS/TEMP")
            pop.quit()
    with server.login(b"alice") as pop:
        assert pop.list() == {1: len(wire(after))}
        assert pop.retr(1) == wire(after)
        pop.quit()
