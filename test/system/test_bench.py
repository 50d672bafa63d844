# SPDX-License-Identifier: ISC
"""The benchmark itself, with numbers too small to mean anything: that its
servers answer, its figures come, and its charts are charts."""
import hashlib
import json
import poplib
import subprocess
import sys
from contextlib import contextmanager
from xml.etree import ElementTree

import pytest

from support import accounts, paths

BENCH = paths.ROOT / "test" / "bench"
sys.path.insert(0, str(BENCH))

import drops  # noqa: E402  pylint: disable=wrong-import-position
import report  # noqa: E402  pylint: disable=wrong-import-position
import results  # noqa: E402  pylint: disable=wrong-import-position
import rows  # noqa: E402  pylint: disable=wrong-import-position
import svg  # noqa: E402  pylint: disable=wrong-import-position

# Memory is root's to see; system calls too, where strace is allowed at all.
ONLY_ROOTS = ("idle", "idle-tls", "calls")
NAMESPACE = "{http://www.w3.org/2000/svg}"


@contextmanager
def canned(*words):
    with subprocess.Popen([paths.BUILD / "test" / "bench" / "canned",
                           *map(str, words)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        try:
            yield int(process.stdout.readline())
            assert process.poll() is None
        finally:
            process.stdin.close()
            process.wait(10)


def log_in(port):
    pop = poplib.POP3("127.0.0.1", port, timeout=20)
    pop.user("u0")
    pop.pass_("p0")
    return pop


def test_the_ceiling_answers_as_a_server_does():
    with canned("-n", 10, "-o", 4096) as port:
        pop = log_in(port)
        assert pop.stat() == (10, 40960)
        assert pop.list()[1] == [b"%d 4096" % n for n in range(1, 11)]
        assert len(set(pop.uidl()[1])) == 10
        for n in (1, 10):
            assert sum(len(l) + 2 for l in pop.retr(n)[1]) == 4096
        with pytest.raises(poplib.error_proto):
            pop.retr(11)
        assert pop.dele(1).startswith(b"+OK")
        pop.quit()


@pytest.mark.parametrize("way", ["sendfile", "copy"])
def test_the_ceiling_sends_files(tmp_path, way):
    texts = [drops.message(i, 3_000_000 + i, crlf=True) for i in range(2)]
    files = []
    for i, text in enumerate(texts):
        (tmp_path / str(i)).write_bytes(text)
        files += ["-f", tmp_path / str(i)]
    with canned("-m", way, *files) as port:
        pop = log_in(port)
        assert pop.stat() == (2, sum(map(len, texts)))
        for n, text in enumerate(texts, 1):
            got = b"\r\n".join(pop.retr(n)[1]) + b"\r\n"
            assert (hashlib.sha256(got).digest()
                    == hashlib.sha256(text).digest())
        pop.quit()


def test_the_ceiling_answers_what_is_pipelined():
    with canned("-n", 20, "-o", 1000) as port:
        pop = log_in(port)
        pop.sock.sendall(b"".join(b"RETR %d\r\n" % n for n in range(1, 21))
                         + b"QUIT\r\n")
        got = b""
        while chunk := pop.sock.recv(1 << 16):
            got += chunk
        pop.close()
        assert got.count(b"+OK\r\n") == 21
        assert len(got) == 20 * (len(b"+OK\r\n.\r\n") + 1000) + len(b"+OK\r\n")


@pytest.mark.parametrize("crlf", [False, True])
def test_messages_are_as_long_as_they_are_to_be(crlf):
    texts = [drops.message(i, octets, crlf=crlf)
             for octets in (500, 4096, 300_000) for i in (0, 1, 99_999)]
    assert [len(t) for t in texts] == sorted([500, 4096, 300_000] * 3)
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert text.endswith(b"\n")
        assert text.count(b"\r\n") == (text.count(b"\n") if crlf else 0)
    has_dots = any(b"\n." in text for text in texts)
    assert has_dots != crlf


def run_bench(folder, *words):
    return subprocess.run(
        [sys.executable, BENCH / "run.py", "--build", paths.BUILD, "--scale",
         "tiny", "--servers", "restanted,ceiling", "--out", folder, *words],
        capture_output=True, text=True, check=False, timeout=300)


def drawn(path):
    """The words of a chart, which must be XML and have something drawn."""
    root = ElementTree.parse(path).getroot()
    assert root.tag == NAMESPACE + "svg"
    shapes = root.findall(NAMESPACE + "rect") + root.findall(NAMESPACE + "path")
    assert len([s for s in shapes if s.get("class") != "paper"]) > 1
    return [t.text for t in root.iter(NAMESPACE + "text")]


@pytest.fixture(scope="module")
def benched(tmp_path_factory):
    paths.need_build()
    folder = tmp_path_factory.mktemp("doc") / "bench"
    page = folder.parent / "measurements.md"
    page.write_text("above\n<!-- bench:table -->\nold\n<!-- bench:table end -->"
                    "\nbelow\n")
    done = run_bench(folder)
    assert done.returncode == 0, done.stderr
    return folder, done, page.read_text()


@pytest.mark.slow
def test_every_row_has_a_figure_of_ours(benched):
    folder, done, _ = benched
    found = json.loads((folder / "results.json").read_text())
    assert found["failures"] == []
    table = found["table"]["found"]
    for row in rows.rows(rows.TINY):
        if row.name not in ONLY_ROOTS or (
                accounts.is_root() and row.name != "calls"):
            assert table[row.name]["restanted"]["best"] is not None, row.name
            assert row.title in done.stdout
    for row in ("poll", "fetch", "big-lf"):
        assert table[row]["ceiling"]["best"] > 0
        assert table[row]["restanted"]["best"] > 0
    assert table["fetch"]["restanted"]["report"]["messages"] == 400
    assert table["resumed-share"]["restanted"]["best"] == 0


@pytest.mark.slow
def test_it_says_on_what_machine(benched):
    folder, done, _ = benched
    machine = json.loads(
        (folder / "results.json").read_text())["table"]["machine"]
    for key in ("date", "processor", "cores", "kernel", "restante"):
        assert machine[key]
        assert str(machine[key]) in done.stdout


@pytest.mark.slow
def test_the_chart_and_the_page_have_the_figures(benched):
    folder, _, page = benched
    words = drawn(folder / "bench.svg")
    assert "poll, TLS resumed" in words and "ceiling" in words
    assert page.startswith("above\n<!-- bench:table -->\n")
    assert page.endswith("<!-- bench:table end -->\nbelow\n")
    assert "old" not in page and "| poll: connect" in page
    assert not (folder / "table.md").exists()


@pytest.mark.slow
def test_a_row_that_fails_is_told_and_the_others_go_on(tmp_path):
    paths.need_build()
    done = run_bench(tmp_path, "--only", "poll,no-such-row")
    assert done.returncode != 0 and "no-such-row" in done.stderr


def test_a_failure_of_one_server_is_not_the_others():
    found = results.Results()
    found.fail("poll, tuned", "it burns")
    found.add("poll", "restanted", 0.3, {"sessions": 1})
    found.add("poll", "restanted", 0.2, {"sessions": 2})
    found.add("poll", "ceiling", 0.1)
    line = next(results.cells(found, rows.rows(rows.FULL)))
    assert line[2:] == ("", "", "0.2", "0.1", "0.1", "MISSED", "2.0", "")
    assert found.figures["poll"]["restanted"]["report"] == {"sessions": 2}
    assert found.failures == ["poll, tuned: it burns"]


@pytest.mark.slow
def test_growth_and_its_plots(tmp_path):
    paths.need_build()
    done = run_bench(tmp_path, "--growth", "--growth-max", "100")
    assert done.returncode == 0, done.stderr
    plots = json.loads((tmp_path / "results.json").read_text())["growth"]
    sizes = {p["name"]: [x for x, _ in next(iter(p["series"].values()))]
             for p in plots["found"]}
    assert sizes["messages"] == sizes["sessions"] == [10, 100]
    assert sizes["mailboxes"] == [100]
    assert "| messages in the maildrop |" in (tmp_path / "growth.md").read_text()
    for name in ("messages", "sessions", "mailboxes"):
        assert drawn(tmp_path / f"growth-{name}.svg")


def test_scales():
    log = svg.LogScale([0.05, 12], 0, 400)
    assert log.ticks() == [0.01, 0.1, 1, 10, 100]
    assert [log.at(t) for t in log.ticks()] == [0, 100, 200, 300, 400]
    linear = svg.LinearScale([3, 47], 100, 0)
    assert linear.ticks()[0] == 0 and linear.ticks()[-1] >= 47
    assert linear.at(0) == 100
    assert svg.amount(100_000) == "100k" and svg.amount(0.049) == "0.049"


def test_what_is_between_other_marks_stays():
    text = "<!-- bench:a -->\n1\n<!-- bench:a end -->\n<!-- bench:b -->\n2\n"
    text += "<!-- bench:b end -->\n"
    changed = report.put_between(text, "b", "3\n")
    assert "\n1\n" in changed and "\n3\n" in changed and "2" not in changed
