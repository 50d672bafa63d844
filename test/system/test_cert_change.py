# SPDX-License-Identifier: ISC
"""Certificates that change, and come and go, under a server that runs."""
import ssl
import time

import pytest

from support import proc
from support.certificates import authority, standard

CHANGED = rb"restanted: certificate changed"
READY = rb"restanted: ready"
SECONDS = 40  # a change is taken within two looks


def served(s, how="tls"):
    with s.connect(how) as pop:
        return pop.sock.getpeercert(binary_form=True)


@pytest.mark.slow
def test_a_changed_certificate_is_taken(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.start()
    new = authority().server("new", "pop.test")
    old_der = served(s)
    with s.login(alice, how="tls") as old:
        mark = s.log.mark()
        s.certificates[0].replace(new)
        s.log.wait(CHANGED, after=mark, seconds=SECONDS, alive=s.process)
        s.log.wait(READY, after=mark, alive=s.process)
        assert served(s) == served(s, "stls") == new.der() != old_der
        old.ok(b"STAT")
        old.quit()
    assert len(s.log.match(CHANGED)) == 1


@pytest.mark.slow
def test_a_link_that_is_set_anew_is_a_change(make_server):
    """As certbot does it."""
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    own = s.certificates[0]
    for path in (own.chain, own.key):
        path.rename(path.with_name(path.name + ".1"))
        path.symlink_to(path.name + ".1")
    s.start()
    new = authority().server("linked", "pop.test")
    for path, content in ((own.chain, new.chain), (own.key, new.key)):
        second = path.with_name(path.name + ".2")
        second.write_bytes(content.read_bytes())
        second.chmod(0o600)
        path.unlink()
        path.symlink_to(second.name)
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)


@pytest.mark.slow
def test_half_a_change_waits_for_the_other_half(make_server):
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.expect(rb"error: configuration .*another certificate",
             rb"error: the old certificate goes on")
    s.start()
    old, new = served(s), authority().server("halves", "pop.test")
    own = s.certificates[0]
    own.chain.write_bytes(new.chain.read_bytes())
    s.log.wait(rb"the old certificate goes on", seconds=SECONDS,
               alive=s.process)
    time.sleep(11)
    assert served(s) == old
    assert len(s.log.match(rb"the old certificate goes on")) == 1
    own.key.write_bytes(new.key.read_bytes())
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)


@pytest.mark.slow
def test_a_configuration_in_work_is_not_taken_with_it(make_server):
    """The file says what is to come at the next SIGHUP; a certificate does not
    wait for that, nor bring it."""
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.start()
    s.configure(greeting="not yet")
    with open(s.config, "a", encoding="utf-8") as f:
        f.write("half a li")
    new = authority().server("work", "pop.test")
    s.certificates[0].replace(new)
    s.log.wait(CHANGED, seconds=SECONDS, alive=s.process)
    proc.wait_until(lambda: served(s) == new.der(), 20)
    with s.connect("tls") as pop:
        assert b"not yet" not in pop.greeting


def test_a_key_role_that_dies_is_replaced(make_server):
    """With the certificates that are in force, even if their files are gone."""
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.expect(rb"role process died", rb"signal", rb"key is gone",
             rb"error: configuration ", rb"the old certificate goes on")
    s.start()
    before, der = s.roles(), served(s)
    s.certificates[0].chain.unlink()
    s.certificates[0].key.unlink()
    mark = s.log.mark()
    proc.kill(before["key"][0])
    s.log.wait(READY, after=mark, alive=s.process)
    after = s.roles()
    assert len(after["key"]) == 1
    assert not set(sum(before.values(), [])) & set(sum(after.values(), []))
    assert served(s) == der
    s.login(alice, how="tls").quit()


def test_tickets_outlast_a_reload(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.start()
    context = authority().context(version=ssl.TLSVersion.TLSv1_2)
    with s.login(alice, how="tls", context=context) as pop:
        session = pop.sock.session
        pop.quit()
    s.reload()
    with s.connect("tls", context=context, session=session) as pop:
        assert pop.sock.session_reused


def test_without_certificates_there_is_no_key_role(make_server):
    s = make_server()
    s.site.add_user(b"alice")
    s.start()
    assert not [p for p in s.children()
                if proc.name(p).startswith("restanted-key")]


def test_certificates_come_and_go_with_a_reload(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    tls = {k: s.settings.pop(k)
           for k in ("listen_tls", "tls_certificate", "tls_key")}
    s.launch()
    s.log.wait(READY, alive=s.process)
    s.addresses = s.listening()
    with s.login(alice) as pop:
        assert pop.cmd(b"STLS").startswith(b"-ERR")
        pop.quit()
    with s.connect() as pop:
        assert pop.cmd(b"STLS").startswith(b"-ERR")
    mark = s.log.mark()
    s.configure(**tls)
    s.reload()
    s.tls_addresses = s.listening(after=mark, tls=True)
    assert served(s, "tls") == served(s, "stls") == standard().der()
    for key in tls:
        s.settings.pop(key)
    s.configure()
    s.reload()
    proc.wait_until(lambda: not s.roles()["key"], 20)
    s.login(alice).quit()


def test_a_bad_certificate_at_a_reload_keeps_the_old_one(make_server):
    s = make_server(tls=True)
    alice = s.site.add_user(b"alice")
    s.expect(rb"error: configuration ", rb"error: the old")
    s.start()
    der = served(s)
    s.certificates[0].key.write_text("none", encoding="ascii")
    s.reload(expect=rb"the old configuration goes on")
    assert served(s) == der
    s.login(alice, how="tls").quit()


def test_many_reloads_leave_nothing_open(make_server):
    s = make_server(tls=[standard(), standard("rsa")])
    s.site.add_user(b"alice")
    s.configure(tls_client_ca=authority().roots)
    s.start()

    def settled():
        proc.wait_until(lambda: len(s.roles()["key"]) == 1, 20)
        return proc.steady(lambda: proc.fd_count(s.process.pid))
    s.reload()
    before = settled()
    for _ in range(5):
        s.reload()
        served(s)
    assert settled() == before


def test_every_role_has_an_account_of_its_own(make_server, needs_root):
    s = make_server(tls=True)
    s.site.add_user(b"alice")
    s.start()
    uids = {role: {proc.status(p)["Uid"] for p in pids}
            for role, pids in s.roles().items()}
    assert all(len(u) == 1 for u in uids.values())
    assert len(set().union(*uids.values())) == 4, uids
