#!/usr/bin/python3
# SPDX-License-Identifier: ISC
"""counts.tsv: what was recorded, how far a figure may be above, and whether one
is.  Run by itself with --self-test it proves that it can say no.

Above is a failure.  As far below is a success to be recorded.  Where another
compiler or C library is at work than when it was recorded, instructions may be
ELSEWHERE times as far off; another machine's cannot be compared at all.
"""
import collections
import fnmatch
import sys
import xml.etree.ElementTree as ET

ELSEWHERE = 10

# How far above the recorded figure one may be, of the first that matches: a
# share, or a number.  Each is twice what was seen to come and go: in auth and
# maildrop which thread is the next, and what its heap is like; in a fetch which
# messages are there already when session looks.
MARGINS = [("calls/*/auth", "0.5"), ("calls/fetch/*", "3"), ("calls/*", "0.5"),
           ("*/maildrop", "2%"), ("*/auth", "2%"), ("*", "1%")]

HEAD = """\
# What counts.py compares with: a session's instructions or system calls of a
# role, or a KiB's instructions of a loop; and how far a figure may be above.
# ./dev counts --record writes it; margins that stand here stay.
# by: """

Row = collections.namedtuple("Row", "recorded margin")
Judged = collections.namedtuple("Judged", "name verdict line")


# -- the file

def read(path):
    """({name: row}, the tools that it was recorded with)"""
    rows, tools = {}, ""
    for line in path.read_text("ascii").splitlines():
        if line.startswith("# by: "):
            tools = line.removeprefix("# by: ")
        elif line and not line.startswith("#"):
            name, recorded, margin = line.split("\t")
            rows[name] = Row(float(recorded), margin)
    return rows, tools


def record(path, rows, measured, tools):
    """What could not be measured stays as it was."""
    for name, (_, figure) in measured.items():
        margin = rows[name].margin if name in rows else next(
            m for pattern, m in MARGINS if fnmatch.fnmatch(name, pattern))
        rows[name] = Row(figure, margin)
    path.write_text(HEAD + tools + "\n" + "".join(
        f"{name}\t{row.recorded:.1f}\t{row.margin}\n"
        for name, row in sorted(rows.items())), encoding="ascii")


# -- judgement

def times(tools, recorded_by):
    """How many margins a figure may be off; None: nothing can be compared."""
    if tools.split(",")[0] != recorded_by.split(",")[0]:
        return None
    return 1 if tools == recorded_by else ELSEWHERE


def distance(row, factor):
    if row.margin.endswith("%"):
        return row.recorded * float(row.margin[:-1]) / 100 * factor
    return float(row.margin)


def verdict(row, figure, factor):
    """"failed", "less" or "fine"; what was not recorded cannot be fine."""
    if row is None or figure > row.recorded + distance(row, factor):
        return "failed"
    return "less" if figure < row.recorded - distance(row, factor) else "fine"


def judge(rows, measured, factor):
    """[Judged], in the order of their names"""
    return [judge_one(name, rows.get(name), measured.get(name), factor)
            for name in sorted({*rows, *measured})]


def judge_one(name, row, found, factor):
    if found is None or factor is None:
        return Judged(name, "skipped", f"{name:<28} not measured here")
    unit, figure = found
    line = f"{name:<28}{figure:>10.1f} {unit}"
    if row is None:
        return Judged(name, "failed", line + ", nothing recorded")
    change = (figure / row.recorded - 1) * 100 if row.recorded else 0.0
    return Judged(name, verdict(row, figure, factor),
                  f"{line}, recorded {row.recorded:.1f}, {change:+.1f} %")


def failed(judged):
    return any(j.verdict == "failed" for j in judged) or all(
        j.verdict == "skipped" for j in judged)


# -- telling

def tell(judged, composed):
    """composed: {name: what that figure consists of}"""
    marks = {"failed": "  TOO MUCH", "less": "  less: record it"}
    for j in judged:
        print(j.line + marks.get(j.verdict, ""))
        if j.verdict in marks and j.name in composed:
            print(f"{'':<28}{composed[j.name]}")


def report(judged, path):
    """As junit has it, for tools/sum-results."""
    suite = ET.Element("testsuite", name="counts")
    for j in judged:
        case = ET.SubElement(suite, "testcase", classname="counts",
                             name=j.name)
        if j.verdict == "failed":
            ET.SubElement(case, "failure", message=j.line)
        elif j.verdict == "skipped":
            kind = j.name.split("/")[0]
            ET.SubElement(case, "skipped",
                          message=f"{kind}: cannot be counted here")
    ET.ElementTree(suite).write(path)


def self_test():
    share, number = Row(1000.0, "3%"), Row(10.0, "0.5")
    for row, figure, factor, wanted in (
            (share, 1029, 1, "fine"), (share, 1031, 1, "failed"),
            (share, 969, 1, "less"), (share, 1031, 10, "fine"),
            (share, 1301, 10, "failed"), (number, 10.4, 1, "fine"),
            (number, 11, 1, "failed"), (number, 11, 10, "failed"),
            (number, 9, 1, "less"), (None, 1, 1, "failed")):
        assert verdict(row, figure, factor) == wanted, (row, figure, factor)
    assert times("x, gcc 12", "x, gcc 12") == 1
    assert times("x, gcc 13", "x, gcc 12") == ELSEWHERE
    assert times("y, gcc 12", "x, gcc 12") is None
    rows = {"a/session": share}
    for measured, wanted in (({"a/session": ("calls", 2000)}, True),
                             ({"a/session": ("calls", 1000)}, False),
                             ({"a/session": ("calls", 1000),
                               "b/auth": ("calls", 1)}, True),
                             ({}, True)):
        assert failed(judge(rows, measured, 1)) is wanted, measured


if __name__ == "__main__":
    if sys.argv[1:] != ["--self-test"]:
        sys.exit(__doc__)
    self_test()
