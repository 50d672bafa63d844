# SPDX-License-Identifier: ISC
"""Every message of the corpus, octet for octet; and LIST tells the truth."""
import pytest

from support import corpus, wire

pytestmark = pytest.mark.portable

SMALL = corpus.make(count=200, big_octets=300_000, odd_names=False)


def messages_for(server):
    """Dovecot 2.3 announces an empty message with 0 octets and sends a CRLF,
    and does not stuff a dot that is a message's first octet."""
    return [m for m in SMALL if not server.is_dovecot
            or (m.stored and not m.stored.startswith(b"."))]


def by_uid(pop, messages):
    """[(message number, message)], as their unique-ids say."""
    bases = {m.base: m for m in messages}
    uids = pop.uidl()
    assert len(uids) == len(messages) == len(set(uids.values()))
    return [(msn, bases[uid]) for msn, uid in uids.items()]


@pytest.fixture
def filled(shared):
    shared.alice.maildir.fill(messages_for(shared))
    return shared


def test_each_message_is_sent_octet_for_octet(filled):
    with filled.login(b"alice") as pop:
        for msn, m in by_uid(pop, messages_for(filled)):
            pop.ok(b"RETR %d" % msn)
            assert pop.body() == wire.stuff(m.wire), (m.base, m.kinds)


def test_list_announces_what_retr_sends(filled):
    if filled.is_dovecot:
        pytest.skip("it does not count the CRLF that it adds to a last line")
    with filled.login(b"alice") as pop:
        sizes = pop.list()
        for msn, size in sizes.items():
            assert len(pop.retr(msn)) == size, msn
        assert pop.stat() == (len(sizes), sum(sizes.values()))


def test_list_of_one_agrees_with_list_of_all(filled):
    with filled.login(b"alice") as pop:
        for msn, size in pop.list().items():
            assert pop.ok(b"LIST %d" % msn).split()[1:3] == [
                b"%d" % msn, b"%d" % size]


def test_uidl_of_one_agrees_with_uidl_of_all(filled):
    with filled.login(b"alice") as pop:
        for msn, uid in pop.uidl().items():
            assert pop.ok(b"UIDL %d" % msn).split()[1:3] == [b"%d" % msn, uid]


@pytest.mark.parametrize("lines", [0, 1, 2, 3, 10, 1000])
def test_top(filled, lines):
    with filled.login(b"alice") as pop:
        for msn, m in by_uid(pop, messages_for(filled)):
            if m.kinds & {"no-header", "only-newlines", "empty", "ends-in-cr",
                          "header-only", "bare-cr", "lone-dot", "big"}:
                continue
            assert pop.top(msn, lines) == wire.top(m.stored, lines), m.kinds


def test_everything_in_one_pipeline(filled):
    with filled.login(b"alice") as pop:
        order = by_uid(pop, messages_for(filled))
        pop.send(b"".join(b"RETR %d\r\nLIST %d\r\n" % (n, n) for n, _ in order))
        for msn, m in order:
            assert pop.line().startswith(b"+OK")
            assert pop.body() == wire.stuff(m.wire)
            assert pop.line().split()[:2] == [b"+OK", b"%d" % msn]


def test_mail_that_several_users_fetch_at_once(make_service):
    service = make_service()
    shares = {}
    for i in range(4):
        user = service.site.add_user(b"user%d" % i)
        shares[user.name] = messages_for(service)[i * 20:i * 20 + 40]
        user.maildir.fill(shares[user.name])
    service.start()
    pops = {name: service.login(name) for name in shares}
    orders = {name: by_uid(pops[name], shares[name]) for name in shares}
    for step in range(40):
        for name, pop in pops.items():
            pop.send(b"RETR %d\r\n" % orders[name][step][0])
        for name, pop in pops.items():
            assert pop.line().startswith(b"+OK")
            assert pop.body() == wire.stuff(orders[name][step][1].wire)
    for pop in pops.values():
        pop.quit()
