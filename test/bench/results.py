# SPDX-License-Identifier: ISC
"""Figures as they come, and the table that is made of them."""
from rows import SHARES
from subjects import TITLES

COLUMNS = ("shipped", "tuned", "restanted", "ceiling")
SUMMED = ("stalls",)  # of all probes and rounds; of the others the best counts
assert set(SHARES) == set(COLUMNS)


class Results:
    def __init__(self):
        self.figures = {}  # {row: {subject: {"best": , "rounds": , ...}}}
        self.failures = []

    def add(self, row, key, value, report=None):
        cell = self.figures.setdefault(row, {}).setdefault(
            key, {"best": None, "rounds": [], "report": None})
        cell["rounds"].append(value)
        if row in SUMMED:
            cell["best"] = (cell["best"] or 0) + value
        elif cell["best"] is None or value < cell["best"]:
            cell["best"], cell["report"] = value, report

    def fail(self, what, error):
        self.failures.append(f"{what}: {error}")

    def best(self, row, key):
        return self.figures.get(row, {}).get(key, {}).get("best")


def number(value):
    """Three digits that mean something."""
    if value is None:
        return ""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def ratio(over, under):
    return f"{over / under:.1f}" if over is not None and under else ""


def verdict(figure, target):
    if figure is None or target is None:
        return ""
    return "reached" if figure <= target else "MISSED"


HEADINGS = ("scenario", "unit", *(TITLES[c] for c in COLUMNS), "to reach", "",
            "restanted : ceiling", "Dovecot tuned : restanted")


def cells(results, rows):
    """The table's lines, as text; only rows that something was measured of."""
    for row in rows:
        if row.name not in results.figures:
            continue
        best = {c: results.best(row.name, c) for c in COLUMNS}
        ours = best["restanted"]
        is_cost = row.name not in ("p99", "stalls", "resumed-share")
        yield (row.title, row.unit, *(number(best[c]) for c in COLUMNS),
               number(row.target), verdict(ours, row.target),
               ratio(ours, best["ceiling"]) if is_cost else "",
               ratio(best["tuned"], ours) if is_cost else "")


def as_markdown(headings, lines):
    def line(words):
        return "| " + " | ".join(words) + " |\n"
    return (line(headings) + line(["---"] * 2 + ["--:"] * (len(headings) - 2))
            + "".join(map(line, lines)))


def as_text(headings, lines):
    """In columns, for a terminal."""
    lines = [headings, *lines]
    widths = [max(len(words[i]) for words in lines)
              for i in range(len(headings))]

    def line(words):
        return "  ".join(w.ljust(width) if i < 2 else w.rjust(width)
                         for i, (w, width) in enumerate(zip(words, widths)))
    return "".join(line(words).rstrip() + "\n" for words in lines)


def machine_text(machine):
    return (f"{machine['processor']}, {machine['cores']} cores, Linux "
            f"{machine['kernel']}, {machine['system']}, "
            f"{machine['openssl'] or 'OpenSSL unknown'}; restante "
            f"{machine['restante']}, Dovecot {machine['dovecot'] or 'absent'}; "
            f"{machine['date']}, load before {machine['load_before']}")
