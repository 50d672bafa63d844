# SPDX-License-Identifier: ISC
"""Each message is delivered once, whatever the server does with its names."""
import pytest

from support import collector
from support.collector import assert_exactly_once
from support.odd_server import (CAPABILITIES, Fault, Letter, OddServer,
                                letters)


def changed_between_visits(session, mail):
    return [b"visit-%d-%d" % (session, n) for n in range(len(mail))]


NAMES = {
    "sound": None,
    "all change between visits": changed_between_visits,
    "the same for all": lambda _s, mail: [b"same"] * len(mail),
    "each for two": lambda _s, mail: [b"pair-%d" % (n // 2)
                                      for n in range(len(mail))],
    "400 octets": lambda _s, mail: [m.uid.ljust(400, b"x") for m in mail],
    "message numbers": lambda _s, mail: [b"%d" % n
                                         for n in range(1, len(mail) + 1)],
}


def twins(count):
    """Of as many letters the last two are the same, but for their names."""
    mail = letters(count - 1)
    return mail + [Letter(b"twin", mail[-1].text)]


@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("after", ["keep", "delete"])
def test_fetched_once(collect, names, after):
    mail = twins(9)
    with OddServer(mail, uids=NAMES[names]) as server:
        collect.account(server, after=after).fetch()
        assert_exactly_once(collect.digests(), mail)
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)
        assert len(server.mail) == (0 if after == "delete" else 9)


@pytest.mark.parametrize("names", [n for n in NAMES if n != "message numbers"])
def test_what_comes_later_is_fetched_alone(collect, names):
    with OddServer(twins(5), uids=NAMES[names]) as server:
        collect.account(server).fetch()
        server.mail += letters(4, first=100)
        everything = list(server.mail)
        collect.fetch()
        assert_exactly_once(collect.digests(), everything)


def test_a_twin_that_comes_later_is_another_message(collect):
    with OddServer(letters(3)) as server:
        collect.account(server).fetch()
        server.mail.append(Letter(b"later", server.mail[0].text))
        collect.fetch()
        assert_exactly_once(collect.digests(), server.mail)


@pytest.mark.parametrize("after", ["keep", "delete"])
@pytest.mark.parametrize("without", [
    ("UIDL",), ("CAPA", "UIDL"), ("CAPA", "UIDL", "TOP")])
def test_without_unique_ids(collect, after, without):
    mail = twins(6)
    with OddServer(mail, without=without) as server:
        collect.account(server, after=after).fetch()
        assert_exactly_once(collect.digests(), mail)
        server.mail += letters(2, first=50)
        collect.fetch()
        collect.fetch()
        assert_exactly_once(collect.digests(), mail + letters(2, first=50))


def test_a_server_that_learns_unique_ids(collect):
    mail = twins(6)
    with OddServer(mail, without=("UIDL",)) as server:
        collect.account(server).fetch()
        server.without.clear()
        collect.fetch()
        collect.fetch()
        assert_exactly_once(collect.digests(), mail)


def test_dele_only_of_what_is_there(collect):
    """When DELE is heard, its message can be found."""
    mail, late = letters(30), []

    def on_dele(session, argument):
        texts = set(collect.texts())
        if session.mail[int(argument) - 1].lf not in texts:
            late.append(argument)
    with OddServer(mail, on={"DELE": on_dele}) as server:
        collect.account(server, after="delete").fetch()
        assert not late
        assert not server.mail and len(server.gone) == 30


def test_keep_says_no_dele(collect):
    with OddServer(letters(5)) as server:
        collect.account(server).fetch()
        assert "DELE" not in server.words()
        assert server.words()[-1] == "QUIT"


def test_what_was_kept_goes_when_the_policy_changes(collect):
    with OddServer(letters(5)) as server:
        collect.account(server).fetch()
        collect.account(server, after="delete").fetch()
        assert server.words().count("RETR") == 0
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(5))


def test_a_server_that_notes_what_was_read(collect):
    """"Status: RO" in the header, as qpopper and others write it: the message
    is the one that it was, whether its size changes or not."""
    mail = letters(4)
    with OddServer(mail) as server:
        for letter in mail:
            letter.text = b"Status: O \r\n" + letter.text
        collect.account(server).fetch()
        texts = collect.digests()
        for n, letter in enumerate(mail):
            letter.text = letter.text.replace(b"O ", (b"RO", b"R")[n % 2], 1)
        collect.fetch()
        assert len(server.mail) == 4
        collect.account(server, after="delete").fetch()
        assert not server.mail
        assert collect.digests() == texts


def test_options_say_what_becomes_of_mail(collect):
    with OddServer(letters(4)) as server:
        collect.account(server, after="delete").fetch("--keep")
        assert len(server.mail) == 4
        collect.account(server, after="keep").fetch("--delete")
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(4))


def only_in_session_0(session, _argument):
    if session.number == 0:
        session.marked.clear()


@pytest.mark.parametrize("refused,marked", [("DELE", 0), ("DELE 2", 3)])
def test_a_refused_dele_is_tried_again(collect, refused, marked):
    def forget(session, _argument):
        if session.number == 0:
            session.marked -= {1, 2, 3, 4} if not marked else {2}
    answers = {refused: [b"-ERR not now\r\n", None]}
    with OddServer(letters(4), answers=answers,
                   on={"QUIT": forget}) as server:
        collect.account(server, after="delete").fetch(status=None)
        assert len(server.gone) == marked
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(4))


@pytest.mark.parametrize("after", ["keep", "delete"])
def test_a_quit_that_lied(collect, after):
    """+OK, and all is there again: gone at the second time, not twice here."""
    with OddServer(letters(4), on={"QUIT": only_in_session_0}) as server:
        collect.account(server, after=after).fetch()
        assert len(server.mail) == 4
        collect.fetch()
        assert_exactly_once(collect.digests(), letters(4))
        assert len(server.mail) == (0 if after == "delete" else 4)


def test_names_that_are_used_again(collect):
    """A server whose unique-ids are message numbers: what comes after all was
    deleted has the names of what is gone."""
    with OddServer(letters(3), uids=NAMES["message numbers"]) as server:
        collect.account(server, after="delete").fetch()
        assert not server.mail
        server.mail += letters(3, first=70)
        collect.fetch()
        assert_exactly_once(collect.digests(),
                            letters(3) + letters(3, first=70))


def test_a_quit_that_deleted_nothing(collect):
    """-ERR: some were not deleted (RFC 1939, section 6)."""
    answers = {"QUIT": [b"-ERR some deleted messages not removed\r\n", None]}
    with OddServer(letters(4), answers=answers) as server:
        server.on["QUIT"] = only_in_session_0
        collect.account(server, after="delete").fetch(
            status=collector.TEMPFAIL)
        assert len(server.mail) == 4
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), letters(4))


def of_many_sizes(count):
    return [Letter(m.uid, m.text + b"more\r\n" * n)
            for n, m in enumerate(letters(count))]


def test_a_refused_quit_and_other_names(collect):
    """-ERR, nothing went, and all have other unique-ids next time."""
    answers = {"QUIT": [b"-ERR some deleted messages not removed\r\n", None]}
    mail = of_many_sizes(6)
    with OddServer(mail, answers=answers, on={"QUIT": only_in_session_0},
                   uids=changed_between_visits) as server:
        collect.account(server, after="delete").fetch(
            status=collector.TEMPFAIL)
        assert len(server.mail) == 6
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), mail)


def test_an_equal_one_behind_a_refused_quit(collect):
    """-ERR, though it went; then the same text comes again: new mail."""
    answers = {"QUIT": [b"-ERR not all were removed\r\n", None]}
    mail = letters(1)
    with OddServer(mail, answers=answers) as server:
        collect.account(server, after="delete").fetch(
            status=collector.TEMPFAIL)
        assert not server.mail
        collect.fetch()
        twin = Letter(b"twin", mail[0].text)
        server.mail.append(twin)
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), [*mail, twin])


@pytest.mark.parametrize("batch", [0, 5])
@pytest.mark.parametrize("breaks", [False, True])
def test_a_lost_quit_and_other_names(collect, batch, breaks):
    """No answer, nothing deleted, and all have other unique-ids next time,
    when the line may break, too."""
    mail = of_many_sizes(9)
    faults = [Fault("QUIT", where="before", session=0)]
    if breaks:
        faults.append(Fault("RETR", nth=4, where="middle", session=1))
    with OddServer(mail, on={"QUIT": only_in_session_0}, faults=faults,
                   uids=renamed_once) as server:
        collect.account(server, after="delete", batch=batch).fetch(status=69)
        assert len(server.mail) == 9
        server.mail[:0] = letters(3, first=50)
        collect.fetch(status=None)
        collect.fetch(status=None)
        assert not server.mail
        assert_exactly_once(collect.digests(), mail + letters(3, first=50))


@pytest.mark.parametrize("batch", [0, 1, 5])
@pytest.mark.parametrize("goes", [True, False])
@pytest.mark.parametrize("are_equal", [True, False])
def test_a_lost_quit_without_unique_ids(collect, batch, goes, are_equal):
    """No answer, and the messages went or did not; all may say the same."""
    mail = letters(6)
    if are_equal:
        mail = [Letter(m.uid, mail[0].text) for m in mail]
    with OddServer(mail, without={"UIDL"},
                   on={} if goes else {"QUIT": only_in_session_0},
                   faults=[Fault("QUIT", session=0)]) as server:
        collect.account(server, after="delete", batch=batch).fetch(status=69)
        assert len(server.mail) == (6 - (batch or 6) if goes else 6)
        collect.fetch(status=None)
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), mail)


def renamed_once(session, mail):
    return [m.uid if session == 0 else b"another-" + m.uid for m in mail]


def test_batches_are_sessions(collect):
    """QUIT each so many messages: what was deleted then stays deleted."""
    with OddServer(letters(10), faults=[
            Fault("RETR", nth=2, where="middle", session=2)]) as server:
        collect.account(server, after="delete", batch=3).fetch(status=None)
        said = [server.words(n) for n in range(len(server.heard))]
        assert all(words.count("RETR") <= 3 for words in said)
        assert len(server.gone) >= 6
        while server.mail:
            collect.fetch()
        assert_exactly_once(collect.digests(), letters(10))


def test_pipelined_where_announced(collect):
    """Commands come before their answers are out."""
    with OddServer(letters(50), pause=0.002, piece=4096) as server:
        collect.account(server).fetch()
        assert_exactly_once(collect.digests(), letters(50))
        assert max_waiting(server) > 3


def max_waiting(server):
    return max(s.most_waiting for s in server.sessions)


@pytest.mark.parametrize("announced,setting,is_pipelined", [
    (True, "auto", True), (True, "no", False), (False, "auto", False),
    (False, "yes", True)])
def test_pipelining_as_set(collect, announced, setting, is_pipelined):
    words = [w for w in CAPABILITIES if announced or w != b"PIPELINING"]
    with OddServer(letters(20), capabilities=words, pause=0.002,
                   piece=4096) as server:
        collect.account(server, pipelining=setting).fetch()
        assert_exactly_once(collect.digests(), letters(20))
        assert (max_waiting(server) > 1) == is_pipelined


def test_a_twin_behind_a_lost_answer_to_quit(collect):
    """Deleted, though nobody said so; then the same text comes under another
    name: that is new mail."""
    mail = letters(3)
    never_again = [Fault("GREETING", session=n) for n in range(1, 50)]
    with OddServer(mail, faults=[Fault("QUIT", session=0),
                                 *never_again]) as server:
        collect.account(server, after="delete").fetch(status=69)
        assert not server.mail
        twin = Letter(b"twin", mail[1].text)
        server.mail.append(twin)
        server.faults.clear()
        collect.fetch()
        assert not server.mail
        assert_exactly_once(collect.digests(), [*mail, twin])
