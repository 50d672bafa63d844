# SPDX-License-Identifier: ISC
"""As whom the roles run, and what they may still do, by root and by an
ordinary user; instances side by side."""
import os
import stat

import pytest

from support import accounts, proc
from support.paths import program

ROLES = ("session", "auth", "maildrop")
CAP_SETGID, CAP_SETUID = 1 << 6, 1 << 7
TEXT = b"Subject: x\n\nbody\n"


def confinement(pid):
    s = proc.status(pid)
    return {"NoNewPrivs": s["NoNewPrivs"], "Seccomp": s["Seccomp"]}


def test_every_role_is_confined(server):
    roles = server.roles()
    assert [len(roles[r]) for r in ROLES] == [2, 1, 1]
    for role in ROLES:
        for pid in roles[role]:
            assert confinement(pid) == {"NoNewPrivs": "1", "Seccomp": "2"}, role
    with server.login(b"alice") as pop:
        pop.quit()


def tasks(pid):
    return [int(t) for t in os.listdir(f"/proc/{pid}/task")]


def test_every_thread_is_confined(server):
    """Threads are started behind the sandbox; none may have been before."""
    for pid in sum(server.roles().values(), []):
        for tid in tasks(pid):
            assert confinement(f"{pid}/task/{tid}") == {
                "NoNewPrivs": "1", "Seccomp": "2"}


def test_started_by_root_each_role_has_its_account(server, needs_root):
    for role, name in (("session", "session"), ("auth", "auth"),
                       ("maildrop", "mail")):
        uid, gid = accounts.ids(f"restante-test-{name}")
        for pid in server.roles()[role]:
            s = proc.status(pid)
            assert s["Uid"].split() [:3] == [str(uid)] * 3, role
            assert s["Gid"].split()[:3] == [str(gid)] * 3, role
            assert s["Groups"].split() == [], role


@pytest.mark.parametrize("role,allowed", [
    ("session", 0), ("auth", 0), ("maildrop", CAP_SETUID | CAP_SETGID)])
def test_capabilities(server, role, allowed):
    if not accounts.is_root():
        allowed = 0
    server.login(b"alice").quit()
    for pid in server.roles()[role]:
        for tid in tasks(pid):
            s = proc.status(f"{pid}/task/{tid}")
            for key in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
                assert int(s[key], 16) & ~allowed == 0, (role, key, s[key])


def test_roles_are_not_dumpable(server):
    """Nobody but root may look into them through /proc: their files there
    belong to root, or cannot be opened."""
    for pid in sum(server.roles().values(), []):
        assert os.stat(f"/proc/{pid}/mem").st_uid == 0
        if not accounts.is_root():
            with pytest.raises(PermissionError):
                open(f"/proc/{pid}/mem", "rb").close()


def test_mail_is_read_as_its_owner(make_server, needs_root):
    """A maildrop that its user may not read is not read for him; and of two
    users, each is served under his own uid."""
    s = make_server()
    alice, bob = s.site.add_user(b"alice"), s.site.add_user(b"bob")
    for user in (alice, bob):
        user.maildir.deliver(TEXT + user.name + b"\n")
        assert stat.S_IMODE(os.stat(user.maildir.path).st_mode) == 0o700
    alice.owner = bob.owner
    s.site.write_users()
    s.expect(rb"alice")
    s.start()
    with s.connect() as pop:
        pop.ok(b"USER alice")
        pop.err(b"PASS secret-of-alice", b"SYS/PERM")
    with s.login(bob) as pop:
        assert pop.retr(1).endswith(b"bob\r\n")
        pop.dele(1)
        pop.quit()
    assert not bob.maildir.bases()


@pytest.mark.parametrize("uid", [0, 50])
def test_low_uids_get_no_mail(make_server, needs_root, uid):
    s = make_server({"uid_min": 100})
    alice = s.site.add_user(b"alice")
    alice.maildir.deliver(TEXT)
    alice.owner = (uid, 0)
    s.site.write_users()
    s.expect(rb"alice|users|uid")
    s.start()
    with s.connect() as pop:
        pop.ok(b"USER alice")
        assert pop.cmd(b"PASS secret-of-alice").startswith(b"-ERR")


def ordinary_can_run():
    """Whether another account may run the build at all."""
    path = program("restanted")
    while path != path.parent:
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return False
        path = path.parent
    return True


def test_started_by_an_ordinary_user(make_server, needs_root):
    if not ordinary_can_run():
        pytest.skip("the build folder is closed to other accounts")
    s = make_server(owner="restante-test-op")
    alice = s.site.add_user(b"alice")
    alice.maildir.deliver(TEXT)
    s.start()
    uid, _ = accounts.ids("restante-test-op")
    for pid in s.pids():
        assert proc.status(pid)["Uid"].split() == [str(uid)] * 4
        assert int(proc.status(pid)["CapEff"], 16) == 0
    for pid in s.children():
        assert confinement(pid) == {"NoNewPrivs": "1", "Seccomp": "2"}
    with s.login(alice) as pop:
        assert pop.retr(1) == TEXT.replace(b"\n", b"\r\n")
        pop.dele(1)
        pop.quit()
    assert not alice.maildir.bases()
    before = s.roles()
    s.expect(rb"session")
    proc.kill(before["session"][0])
    s.wait_restored(before)
    s.reload()
    s.login(alice).quit()


def test_sandbox_required_starts_where_all_is_there(make_server):
    s = make_server({"sandbox": "required"})
    s.site.add_user(b"alice")
    s.start()
    assert not s.log.match(rb"warning.*(seccomp|Landlock|landlock)")
    s.login(b"alice").quit()


def test_instances_side_by_side(make_server):
    servers = []
    for i in range(3):
        s = make_server()
        s.site.add_user(b"alice", b"of-%d" % i).maildir.deliver(TEXT * (i + 1))
        servers.append(s.start())
    pops = [s.login(b"alice") for s in servers]
    assert len({s.port for s in servers}) == 3
    for i, pop in enumerate(pops):
        assert pop.retr(1) == (TEXT * (i + 1)).replace(b"\n", b"\r\n")
    servers[0].reload()
    servers[1].stop()
    for i in (0, 2):
        pops[i].ok(b"NOOP")
        pops[i].quit()
        servers[i].login(b"alice").quit()
