# SPDX-License-Identifier: ISC
"""Each real client fetches everything octet for octet, deletes half, comes
back, and finds the rest under the same unique-ids and nothing else."""
import collections
import shutil

import pytest

from clients import CLIENTS
from restante import Restante
from support import corpus, wire

ALL = [*CLIENTS, Restante]
QUICK = 60
FULL = 1000


def start(make_service, client, messages):
    if client.program and not shutil.which(client.program):
        pytest.skip(f"{client.program} is not installed")
    service = make_service()
    user = service.site.add_user(b"alice")
    user.maildir.fill(messages)
    service.start()
    return service, user, client(service, user, service.site.make_dir("client"))


def carried(client, service, messages):
    """What this client, and with it this server, can carry at all."""
    cannot = set(client.cannot)
    return [m for m in messages if not m.kinds & cannot
            and (not service.is_dovecot
                 or (m.stored and not m.stored.startswith(b".")))]


def compare(client, texts, messages):
    """As multisets: clients keep no order that we could rely on."""
    want = collections.Counter(client.stored(m.wire) for m in messages)
    kinds = {client.stored(m.wire): sorted(m.kinds) for m in messages}
    got = collections.Counter(texts)
    wrong = [(len(t), kinds[t], t[-60:]) for t in want - got]
    odd = [(len(t), t[:40], t[-60:]) for t in got - want]
    assert not wrong and not odd, f"missing: {wrong[:9]}\nnot ours: {odd[:9]}"


def run(make_service, client, messages):
    service, user, c = start(make_service, client, [])
    messages = carried(client, service, messages)
    user.maildir.fill(messages)
    compare(client, c.fetch(keep=True), messages)
    assert c.fetch(keep=True) == [], "the same unique-ids, so nothing is new"
    delete_half(service, user)
    assert c.fetch(keep=True) == [], "half is gone, the rest is known"
    late = [corpus.Message(corpus.mail(2000 + i, b".late\n"), frozenset())
            for i in range(4)]
    for m in late:
        m.wire = wire.wire(m.stored)
        m.base = user.maildir.deliver(m.stored)
    half = c.fetch_some_and_delete(2)
    left = {m.base for m in late} & user.maildir.bases()
    assert len(half) == len(left) == 2
    compare(client, half + c.fetch(keep=False), late)
    assert not {m.base for m in late} & user.maildir.bases()


def delete_half(service, user):
    with service.login(user) as pop:
        uids = pop.uidl()
        assert set(uids.values()) == user.maildir.bases()
        gone = list(uids)[::2]
        pop.dele(*gone)
        pop.quit()
    assert user.maildir.bases() == set(uids.values()) - {uids[n] for n in gone}


@pytest.mark.portable
@pytest.mark.parametrize("client", ALL, ids=lambda c: c.__name__)
def test_a_small_corpus(make_service, client):
    messages = corpus.make(QUICK, big_octets=1_000_000, odd_names=False)
    run(make_service, client, messages)


@pytest.mark.slow
@pytest.mark.portable
@pytest.mark.parametrize("client", ALL, ids=lambda c: c.__name__)
def test_a_thousand_messages(make_service, client):
    run(make_service, client, corpus.make(FULL, odd_names=False))
