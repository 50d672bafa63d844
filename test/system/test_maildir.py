# SPDX-License-Identifier: ISC
"""Other programs work on the Maildir while a session lasts."""
import os
import socket

import pytest

from support import accounts, corpus, wire
from support.pop3 import Closed

TEXT = b"Subject: x\n\nbody\n"


@pytest.fixture
def box(shared):
    return shared.alice.maildir


def wire_of(text):
    return wire.wire(text)


@pytest.mark.portable
def test_mail_that_arrives_meanwhile_waits_for_the_next_login(shared, box):
    box.deliver(TEXT)
    with shared.login(b"alice") as pop:
        if shared.is_dovecot:
            pop.stat()  # it reads the maildrop after its +OK to PASS
        late = box.deliver(TEXT + b"late\n")
        assert pop.stat()[0] == 1
        assert len(pop.uidl()) == 1
        pop.err(b"RETR 2")
        pop.dele(1)
        pop.quit()
    assert box.bases() == {late}
    with shared.login(b"alice") as pop:
        assert pop.retr(1) == wire_of(TEXT + b"late\n")


RENAMES = [("cur", b":2,S"), ("cur", b":2,"), ("cur", b""), ("new", b":2,FS"),
           ("cur", b":2,DFPRST")]


@pytest.mark.portable
@pytest.mark.parametrize("folder,info", RENAMES)
@pytest.mark.parametrize("begin", [("new", b""), ("cur", b":2,"), ("cur", b":2,S")])
def test_a_renamed_message_is_found(shared, box, begin, folder, info):
    if shared.is_dovecot and folder == "new" and info:
        pytest.skip("flags in new/ are not for Dovecot")
    bases = [box.deliver(TEXT + b"%d\n" % i, None, *begin) for i in range(3)]
    with shared.login(b"alice") as pop:
        before = pop.uidl()
        for base in bases:
            box.rename(base, folder, info)
        assert [pop.retr(i) for i in (1, 2, 3)] == [
            wire_of(TEXT + b"%d\n" % i) for i in range(3)]
        pop.dele(2)
        pop.quit()
    assert box.bases() == {bases[0], bases[2]}
    with shared.login(b"alice") as pop:
        assert list(pop.uidl().values()) == [before[1], before[3]]


def test_renamed_again_and_again(shared, box):
    base = box.deliver(TEXT)
    with shared.login(b"alice") as pop:
        for i in range(50):
            box.rename(base, *RENAMES[i % len(RENAMES)])
            assert pop.retr(1) == wire_of(TEXT)
        pop.dele(1)
        box.rename(base, "cur", b":2,T")
        pop.quit()
    assert not box.bases()


def test_a_vanished_message_is_an_error_for_it_alone(shared, box):
    bases = [box.deliver(TEXT) for _ in range(3)]
    with shared.login(b"alice") as pop:
        os.unlink(box.files()[bases[1]])
        pop.err(b"RETR 2")
        pop.err(b"TOP 2 0")
        assert pop.retr(1) == pop.retr(3) == wire_of(TEXT)
        pop.dele(2, 3)
        pop.quit()
    assert box.bases() == {bases[0]}


@pytest.mark.parametrize("size", [-1, 1, 100_000])
def test_a_file_of_another_size_is_not_sent(shared, box, size):
    text = TEXT * 100
    base = box.deliver(text)
    box.deliver(TEXT)
    with shared.login(b"alice") as pop:
        path = box.files()[base]
        with open(path + b".x", "wb") as f:
            f.write((text + b"x" * 100_000)[:len(text) + size])
        os.chown(path + b".x", os.stat(path).st_uid, os.stat(path).st_gid)
        os.rename(path + b".x", path)
        pop.err(b"RETR 1")
        assert pop.retr(2) == wire_of(TEXT)
    with shared.login(b"alice") as pop:
        assert len(pop.retr(1)) == pop.list()[1] == len(
            wire_of((text + b"x" * 100_000)[:len(text) + size]))


@pytest.mark.parametrize("eol", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("dot", [b"", b"."], ids=["plain", "dots"])
def test_a_file_cut_while_it_is_sent_breaks_the_connection(shared, box, eol, dot):
    """All four ways of sending: half a message must not look whole."""
    text = eol.join([b"Subject: x", b"", *[dot + b"line"] * 4_000_000, b""])
    path = box.folder("new") + b"/" + box.deliver(text)
    with shared.login(b"alice", receive_buffer=16384) as pop:
        pop.ok(b"RETR 1")
        os.truncate(path, 1000)
        try:
            pop.body()
            whole = True
        except Closed as e:
            whole = False
            assert not e.args[0].endswith(b"\r\n.\r\n")
            assert len(e.args[0]) < len(text)
        assert not whole
    with shared.login(b"alice") as pop:
        assert pop.list() == {1: len(pop.retr(1))}


def test_a_file_that_grows_while_it_is_sent(shared, box):
    text = b"Subject: x\n\n" + b"line\n" * 3_000_000
    path = box.folder("new") + b"/" + box.deliver(text)
    with shared.login(b"alice", receive_buffer=16384) as pop:
        size = pop.list()[1]
        pop.ok(b"RETR 1")
        with open(path, "ab") as f:
            f.write(b"more\n" * 1000)
        try:
            assert len(wire.unstuff(pop.body())) == size
            pop.ok(b"NOOP")
        except Closed as e:
            assert not e.args[0].endswith(b"\r\n.\r\n")


def make_symlink(box, base):
    target = box.path + b"/../../users"
    os.symlink(target, box.folder("new") + b"/" + base)


def make_symlink_to_message(box, base):
    os.symlink(next(iter(box.files().values())), box.folder("cur") + b"/" + base)


def make_dangling(box, base):
    os.symlink(b"nowhere", box.folder("new") + b"/" + base)


def make_fifo(box, base):
    os.mkfifo(box.folder("new") + b"/" + base, 0o666)


def make_directory(box, base):
    os.mkdir(box.folder("cur") + b"/" + base)


def make_socket(box, base):
    here = os.getcwd()
    os.chdir(box.folder("new"))
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(base)
    finally:
        os.chdir(here)


def make_device(box, base):
    os.mknod(box.folder("new") + b"/" + base, 0o600 | 0o020000, os.makedev(1, 5))


@pytest.mark.parametrize("make", [
    make_symlink, make_symlink_to_message, make_dangling, make_fifo,
    make_directory, make_socket, make_device], ids=lambda f: f.__name__[5:])
def test_what_is_no_file_is_not_served_and_does_not_block(shared, box, make):
    if make is make_device and not accounts.is_root():
        pytest.skip("making a device needs root")
    box.deliver(TEXT)
    make(box, b"1600000000.odd")
    with shared.login(b"alice") as pop:
        assert len(pop.uidl()) == pop.stat()[0]
        served = [pop.cmd(b"RETR %d" % n) for n in pop.uidl()]
        assert sum(r.startswith(b"+OK") for r in served) == 1
    assert b"1600000000.odd" in box.bases()


@pytest.mark.parametrize("make", [make_symlink, make_fifo, make_directory],
                         ids=lambda f: f.__name__[5:])
def test_a_message_replaced_by_what_is_no_file(shared, box, make):
    base = box.deliver(TEXT)
    box.deliver(TEXT)
    with shared.login(b"alice") as pop:
        pop.list()
        os.unlink(box.files()[base])
        make(box, base)
        pop.err(b"RETR 1")
        assert pop.retr(2) == wire_of(TEXT)


def test_the_maildir_as_a_symbolic_link_out_of_the_root(make_server, tmp_path):
    s = make_server()
    s.site.add_user(b"alice")
    mallory = s.site.add_user(b"mallory", maildir=False)
    os.symlink("/etc", s.site.mail / "mallory")
    s.expect(rb"mallory")
    s.start()
    with s.connect() as pop:
        pop.ok(b"USER mallory")
        pop.err(b"PASS " + mallory.password, b"SYS/PERM")


@pytest.mark.parametrize("broken", ["absent-new", "unreadable-new", "unreadable",
                                    "file"])
def test_an_unreadable_maildrop_is_an_error_never_empty(make_server, broken):
    s = make_server()
    alice = s.site.add_user(b"alice")
    alice.maildir.deliver(TEXT)
    path = os.fsdecode(alice.maildir.path)
    s.expect(rb"alice")
    s.start()
    if broken == "absent-new":
        os.rename(path + "/new", path + "/old")
    elif broken == "file":
        os.rename(path, path + "-old")
        open(path, "wb").close()
    else:
        where = path if broken == "unreadable" else path + "/new"
        os.chmod(where, 0)
        if accounts.is_root():
            os.chown(where, 0, 0)
    with s.connect() as pop:
        pop.ok(b"USER alice")
        reply = pop.err(b"PASS secret-of-alice")
        assert b"[SYS/" in reply, reply


def test_no_maildir_yet(make_server):
    """A user to whom nothing was ever delivered."""
    s = make_server()
    s.site.add_user(b"alice", maildir=False)
    s.expect(rb"alice")
    s.start()
    with s.connect() as pop:
        pop.ok(b"USER alice")
        reply = pop.cmd(b"PASS secret-of-alice")
        assert reply.startswith((b"+OK", b"-ERR [SYS/")), reply


def test_what_is_above_is_missing(make_server):
    """A disk that is not mounted, say: it may be there later, and no text says
    that it was the log-in or the maildrop."""
    s = make_server({"maildrop": "%u/Maildir"})
    s.site.add_user(b"alice", maildir=False)
    s.expect(rb"alice")
    s.start()
    with s.connect() as pop:
        pop.ok(b"USER alice")
        assert pop.cmd(b"PASS secret-of-alice") == (
            b"-ERR [SYS/TEMP] The server cannot log you in now; try later")


UID_OCTETS = frozenset(range(0x21, 0x7f))


@pytest.fixture
def odd(shared):
    messages = corpus.make(count=120, big_octets=0)
    shared.alice.maildir.fill(messages)
    return messages


def test_unique_ids_are_sound_and_stay(shared, box, odd):
    with shared.login(b"alice") as pop:
        uids = pop.uidl()
        texts = {uids[n]: pop.retr(n) for n in uids}
    assert len(set(uids.values())) == len(odd)
    for uid in uids.values():
        assert 1 <= len(uid) <= 70 and UID_OCTETS.issuperset(uid), uid
    plain = {m.base for m in odd if not m.kinds & corpus.UNSAFE_NAMES}
    assert plain <= set(uids.values())
    for base in sorted(box.bases())[::2]:
        box.rename(base, "cur", b":2,RS")
    with shared.login(b"alice") as pop:
        again = pop.uidl()
        assert set(again.values()) == set(uids.values())
        assert {again[n]: pop.retr(n) for n in again} == texts


def test_the_order_is_that_of_delivery(shared, box, odd):
    """By the time in the base name, then by the name."""
    with shared.login(b"alice") as pop:
        uids = list(pop.uidl().values())
    timed = [m.base for m in odd if not m.kinds & (corpus.UNSAFE_NAMES
                                                   | {"name-no-time"})]
    assert [u for u in uids if u in set(timed)] == timed


def test_files_that_begin_with_a_dot_are_not_mail(shared, box):
    box.deliver(TEXT, b".hidden", "cur")
    with shared.login(b"alice") as pop:
        assert pop.stat() == (0, 0)


def test_nothing_is_written_to_the_maildir(shared, box, odd):
    def state():
        found = {}
        for folder, _, names in os.walk(box.path):
            for name in [b"", *names]:
                st = os.lstat(os.path.join(folder, name))
                found[folder, name] = (st.st_ino, st.st_size, st.st_mode,
                                       st.st_mtime_ns, st.st_ctime_ns)
        return found
    before = state()
    with shared.login(b"alice") as pop:
        pop.list()
        for n in pop.uidl():
            pop.retr(n)
        pop.dele(1, 2)
        pop.ok(b"RSET")
        pop.quit()
    assert state() == before
