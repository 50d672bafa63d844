# SPDX-License-Identifier: ISC
"""Certificates that change, and that are wrong: nobody loses a connection, and
what is wrong is named."""
import os
import resource
import time

import pytest

from support import proc
from support.certificates import authority, standard
from support.server import config_text

OPEN = 500
TEXT = b"Subject: x\n\nbody\n"


def presented(server, how="tls"):
    with server.connect(how) as pop:
        der = pop.sock.getpeercert(binary_form=True)
        pop.quit()
        return der


def newer(name="newer"):
    return authority().server(name, "pop.test", "localhost", "127.0.0.1")


def start(make_server, users=1, **settings):
    s = make_server({"connections_max": 5000, "connections_per_address": 5000,
                     **settings}, tls=True)
    for i in range(users):
        s.site.make_user(b"u%d" % i).maildir.deliver(TEXT)
    s.site.write_users()
    return s.start()


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# The master looks at files each ten seconds.
WAYS = ["signal", pytest.param("files", marks=pytest.mark.slow)]


@pytest.mark.parametrize("way", WAYS)
def test_under_500_open_connections(make_server, many_descriptors, way):
    s = start(make_server, users=OPEN)
    pops = [s.login(b"u%d" % i, how="stls" if i % 5 == 0 else "tls")
            for i in range(OPEN)]
    old, new = s.certificates[0].der(), newer()
    assert presented(s) == old
    mark = s.log.mark()
    s.certificates[0].replace(new)
    if way == "signal":
        s.reload()
    else:
        s.log.wait(rb"restanted: ready", after=mark, seconds=60)
    for how in ("tls", "stls"):
        assert presented(s, how) == new.der()
    for i, pop in enumerate(pops):
        assert pop.sock.getpeercert(binary_form=True) == old
        assert pop.retr(1) == b"Subject: x\r\n\r\nbody\r\n"
        if i % 2:
            pop.dele(1)
    for pop in pops:
        pop.quit()
    assert [len(u.maildir.bases()) for u in s.site.users.values()] == [
        1 - i % 2 for i in range(OPEN)]


def test_log_ins_while_the_certificate_changes(make_server):
    """Each gets one of the two, and none fails."""
    s = start(make_server, users=4)
    ders = {s.certificates[0].der()}
    for n in range(4):
        new = newer("newer%d" % n)
        ders.add(new.der())
        s.certificates[0].replace(new)
        s.process.send_signal(1)
        for i in range(12):
            with s.login(b"u%d" % (i % 4), how="tls") as pop:
                assert pop.sock.getpeercert(binary_form=True) in ders
                pop.quit()
    proc.wait_until(lambda: presented(s) == new.der())


@pytest.mark.slow
def test_certbots_way(make_server):
    """The files are links to links; what changes is the link."""
    s = make_server(tls=True)
    live = s.site.make_dir("live")
    for n, made in enumerate((s.certificates[0], newer("archived"))):
        for kind, path in (("chain", made.chain), ("key", made.key)):
            copy = live / f"{kind}{n}.pem"
            copy.write_bytes(path.read_bytes())
            copy.chmod(0o600)
    for kind in ("chain", "key"):
        (live / f"{kind}.pem").symlink_to(f"{kind}0.pem")
    s.configure(tls_certificate=live / "chain.pem", tls_key=live / "key.pem")
    s.start()
    assert presented(s) == s.certificates[0].der()
    for kind in ("chain", "key"):
        (live / "new").symlink_to(f"{kind}1.pem")
        (live / "new").rename(live / f"{kind}.pem")
    proc.wait_until(lambda: presented(s) != s.certificates[0].der(), 60)


# -- what is wrong with them

def wrong_files(folder, server):
    """{what: (certificate file, key file, the file that has to be named, what
    has to be said of it)}"""
    good = server.certificates[0]
    other = newer("other-key")
    old = authority().server("old", "pop.test", days=-1)
    weak = authority().server("small", "pop.test", kind="rsa1024")
    empty, garbage, half = (folder / n for n in ("empty", "garbage", "half"))
    empty.write_bytes(b"")
    garbage.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n"
                        b"-----END CERTIFICATE-----\n")
    half.write_bytes(good.chain.read_bytes()[:300])
    return {
        "no certificate": (folder / "none.pem", good.key, "none.pem", "no such"),
        "no key": (good.chain, folder / "none.key", "none.key", "no such"),
        "mismatch": (good.chain, other.key, other.key.name, ""),
        "expired": (old.chain, old.key, old.chain.name, "expired"),
        "weak": (weak.chain, weak.key, weak.chain.name, "2048"),
        "empty": (empty, good.key, "empty", ""),
        "garbage": (garbage, good.key, "garbage", ""),
        "half": (half, good.key, "half", ""),
        "exchanged": (good.key, good.chain, good.key.name, ""),
        "a directory": (folder, good.key, folder.name, ""),
    }


WRONG = ["no certificate", "no key", "mismatch", "expired", "weak", "empty",
         "garbage", "half", "exchanged", "a directory"]
# It would be worse to serve nobody than to serve with these.
ONLY_WARNED = {"expired"}


@pytest.mark.parametrize("what", WRONG)
def test_a_start_with_wrong_files(make_server, what):
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    chain, key, named, words = wrong_files(s.site.make_dir("wrong"), s)[what]
    s.settings.update(tls_certificate=chain, tls_key=key)
    if what in ONLY_WARNED:
        s.expect(rb"expired")
        s.start()
        said = s.log.text()
    else:
        said = s.refuses(config_text(s.settings))
    line = next((x for x in said.splitlines() if named in x), None)
    assert line and words in line.lower(), said


@pytest.mark.parametrize("what", WRONG)
def test_a_reload_with_wrong_files_keeps_the_old_ones(make_server, what):
    s = start(make_server)
    good = s.certificates[0].der()
    before = s.roles()
    chain, key, named, words = wrong_files(s.site.make_dir("wrong"), s)[what]
    if what in ONLY_WARNED:
        pytest.skip("served all the same")
    s.expect(rb"restanted")
    mark = s.log.mark()
    s.configure(tls_certificate=chain, tls_key=key)
    s.process.send_signal(1)
    found = s.log.wait(rb"[^\n]*%s[^\n]*" % named.encode(), after=mark)
    assert words in found.group().decode().lower()
    assert s.roles() == before and presented(s) == good
    s.login(b"u0", how="tls").quit()


@pytest.mark.parametrize("way", WAYS)
def test_a_key_that_does_not_fit_any_more(make_server, way):
    """Replaced half: the old ones go on until the other half is there."""
    s = start(make_server)
    mine, new = s.certificates[0], newer("half-way")
    old, before = mine.der(), s.roles()
    s.expect(rb"restanted")
    mark = s.log.mark()
    mine.key.write_bytes(new.key.read_bytes())
    if way == "signal":
        s.process.send_signal(1)
        s.log.wait(mine.key.name.encode(), after=mark)
    else:
        time.sleep(1)
    assert s.roles() == before and presented(s) == old
    mine.chain.write_bytes(new.chain.read_bytes())
    if way == "signal":
        s.reload()
    proc.wait_until(lambda: presented(s) == new.der(), 60)


def test_a_key_that_the_master_cannot_read(make_server, needs_root):
    """Started by an ordinary user, from files of root's."""
    s = make_server(owner="restante-test-op", tls=True)
    os.chown(s.certificates[0].key, 0, 0)
    said = s.refuses(config_text(s.settings))
    line = next(x for x in said.splitlines() if s.certificates[0].key.name in x)
    assert "ermission" in line, said


def test_a_key_that_all_may_read(make_server):
    """It is served with, and told."""
    s = make_server(tls=True)
    os.chmod(s.certificates[0].key, 0o644)
    s.start()
    assert s.log.match(rb"warning.*" + s.certificates[0].key.name.encode())


def test_client_certificates_are_not_asked_for(make_server):
    """As long as there is no tls_client_ca."""
    s = start(make_server)
    client = authority().client("curious", "u0", "u0@pop.test")
    context = authority().context(certificate=client)
    with s.login(b"u0", how="tls", context=context) as pop:
        pop.quit()


def test_reloads_leave_nothing_behind(make_server):
    s = start(make_server)
    for i in range(6):
        s.certificates[0].replace(standard() if i % 2 else newer("again"))
        s.reload()
        s.login(b"u0", how="tls").quit()

    def counts():
        return {r: len(p) for r, p in s.roles().items()}
    proc.wait_until(lambda: counts() == {"session": 2, "auth": 1, "maildrop": 1,
                                         "key": 1})
