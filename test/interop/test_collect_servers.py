# SPDX-License-Identifier: ISC
"""restante and real servers: each message octet for octet, once, and deleted
when it is here.

What a server makes of a message is its own affair (an mbox has its quotes,
Courier its CRs): what a client of ours that does nothing else is sent (Pop3) is
what has to be in the Maildir, with LF line ends.  What restanted and Dovecot
send is compared with the corpus itself in test_clients.py.
"""
import os
import shutil
from collections import Counter

import pytest

from conftest import stopping
from support import accounts, boxed, collector, corpus, proc
from support.certificates import authority
from support.collector import Collector, digest
from support.dovecot import Dovecot
from support.paths import need_build
from support.server import Server

COUNT = int(os.environ.get("RESTANTE_COLLECT_MESSAGES", "150"))
BIG_OCTETS = 5_000_000
NAMES = ("restanted", "dovecot", *boxed.BOXES)
SPOOLED = ("popa3d", "solid-pop3d")
# What Dovecot and others do not serve, or not in a form that ends.
NOT_FOR_ALL = {"empty", "no-header", "only-newlines", "nul"}


class Beside:
    """A server with a Maildir of alice's, as those in boxes are used."""

    def __init__(self, service):
        self.service = service
        self.maildir = service.site.add_user(b"alice").maildir

    def put(self, texts):
        for text in texts:
            self.maildir.deliver(text)

    def left(self):
        return len(self.maildir.bases())


@pytest.fixture
def start(request):
    """Makes a server of a kind, with mail: its service, put() and left()."""
    with stopping(request.node) as add:
        def make(name, texts=(), tls=False):
            need_build()
            collector.need_collector()
            if name in boxed.BOXES:
                why = boxed.missing(name)
                if why:
                    pytest.skip(why)
                service = box = add(boxed.BOXES[name]())
            elif name == "dovecot" and not (shutil.which("dovecot")
                                            and accounts.is_root()):
                pytest.skip("needs root and Debian's dovecot-pop3d")
            else:
                service = add(Dovecot(tls=tls) if name == "dovecot"
                              else Server(tls=tls or None))
                box = Beside(service)
            box.put(texts)
            service.start()
            return service, box
        yield make


def texts_for(name, count=COUNT, seed=1939):
    """The corpus, without what this server has no way to hand out."""
    made = corpus.make(count, big_octets=BIG_OCTETS, odd_names=False, seed=seed)
    without = set() if name == "restanted" else set(NOT_FOR_ALL)
    if name in SPOOLED:  # line by line, in buffers of their own
        without |= {"long-line"}
    return [m.stored for m in made if not m.kinds & without]


def sent(service):
    """What a plain client gets: texts with LF, unique-ids."""
    with service.login(service.site.users[b"alice"], timeout=60) as pop:
        count = pop.stat()[0]
        texts = [pop.retr(n).replace(b"\r\n", b"\n")
                 for n in range(1, count + 1)]
        found = pop.uidl()
        pop.cmd(b"QUIT")
    return Counter(map(digest, texts)), found


def compare(c, want, sink="maildir"):
    texts = c.texts("mail") if sink == "maildir" else c.mbox_texts("mbox")
    got = Counter(map(digest, texts))
    missing, extra = want - got, got - want
    assert not missing and not extra, (
        f"{sum(missing.values())} missing, {sum(extra.values())} others")


def patient(c, *words):
    """A maildrop may be locked for a moment by the session before."""
    return proc.wait_until(
        lambda: c.fetch(*words, status=(0, 75)).status == 0, 30, "a fetch")


@pytest.mark.parametrize("name", NAMES)
def test_all_of_it(start, tmp_path, name):
    texts = texts_for(name)
    service, box = start(name, texts)
    want, _ = sent(service)
    assert sum(want.values()) == len(texts)
    c = Collector(tmp_path / "home").account(service)
    patient(c)
    compare(c, want)
    patient(c)
    compare(c, want)
    assert box.left() == len(texts)

    box.put(texts_for(name, 20, seed=7))
    want, _ = sent(service)
    patient(c)
    compare(c, want)

    patient(c, "--delete")
    compare(c, want)
    proc.wait_until(lambda: box.left() == 0, 10, "an empty maildrop")


@pytest.mark.parametrize("name", NAMES)
def test_deleted_at_once(start, tmp_path, name):
    service, box = start(name, texts_for(name, 60))
    want, _ = sent(service)
    c = Collector(tmp_path / "home").account(service, after="delete", batch=25)
    patient(c)
    compare(c, want)
    proc.wait_until(lambda: box.left() == 0, 10, "an empty maildrop")


@pytest.mark.parametrize("name", NAMES)
def test_into_an_mbox(start, tmp_path, name):
    texts = [t for t in texts_for(name, 60) if t]
    service, _ = start(name, texts)
    want, _ = sent(service)
    c = Collector(tmp_path / "home")
    c.account(service, deliver=f"mbox:{c.home}/mbox")
    patient(c)
    compare(c, want, "mbox")


@pytest.mark.parametrize("name", NAMES)
def test_list_show_and_delete(start, tmp_path, name):
    service, box = start(name, texts_for(name, 12))
    with service.login(service.site.users[b"alice"]) as pop:
        uids, sizes = pop.uidl(), pop.list()
        second = pop.retr(2).replace(b"\r\n", b"\n")
        pop.cmd(b"QUIT")
    c = Collector(tmp_path / "home").account(service)
    rows = {o["message"]["number"]: o["message"]
            for o in c.run("--json", "list", "a").json()
            if o["type"] == "list"}
    assert {n: r["uid"].encode() for n, r in rows.items()} == uids
    assert {n: r["octets"] for n, r in rows.items()} == sizes
    assert c.run("show", "2", "a").out == second
    before = box.left()
    c.run("delete", "1", "3", "a")
    proc.wait_until(lambda: box.left() == before - 2, 10, "two less")


@pytest.mark.parametrize("how", ["tls", "stls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "SCRAM-SHA-1",
                                       "SCRAM-SHA-256"])
def test_dovecot_s_log_ins(start, tmp_path, how, mechanism):
    service, _ = start("dovecot", [b"Subject: x\n\nx\n"], tls=True)
    address = service.tls_address if how == "tls" else service.address
    c = Collector(tmp_path / "home")
    c.account(address, tls="implicit" if how == "tls" else "stls",
              ca_file=authority().roots, auth=(mechanism,))
    c.fetch()
    assert c.texts() == [b"Subject: x\n\nx\n"]
    log = (service.site.dir / "log").read_text("utf-8")
    assert f"method={mechanism}" in log
    c.password.write_bytes(b"wrong\n")
    c.fetch(status=collector.NOPERM)
