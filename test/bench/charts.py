# SPDX-License-Identifier: ISC
"""The charts of doc/: which figures, drawn by svg.py."""
import svg
from subjects import TITLES

KINDS = (("restanted", "s0"), ("tuned", "s1"), ("shipped", "s2"),
         ("ceiling", "s3"))


def note_of(machine, others=False):
    dovecot = f", Dovecot {machine['dovecot'].split()[0]}" if (
        others and machine["dovecot"]) else ""
    return (f"{machine['processor']}, {machine['cores']} cores, Linux "
            f"{machine['kernel']}; restante {machine['restante']}{dovecot}; "
            f"{machine['date']}")


def sessions(results, rows, machine):
    """bench.svg; None if nothing of it was measured."""
    groups = [(row.short, [results.best(row.name, key) for key, _ in KINDS])
              for row in rows if row.short]
    groups = [(label, values) for label, values in groups if any(values)]
    if not groups:
        return None
    return svg.bars("What a session costs the server",
                    "ms of processor time a session, all processes of the "
                    "server together; logarithmic, less is better",
                    note_of(machine, others=True), [(TITLES[k], c) for k, c in KINDS],
                    groups)


def growth(plots, machine):
    """{file name: SVG} of what growth.py has measured."""
    return {f"growth-{p['name']}.svg": svg.lines(
        p["title"], p["x"], p["y"], note_of(machine),
        [(name, f"s{i}", [tuple(point) for point in points])
         for i, (name, points) in enumerate(p["series"].items())],
        y_is_log=p["log"]) for p in plots
        if p.get("is_drawn", True) and any(p["series"].values())}
