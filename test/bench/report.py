# SPDX-License-Identifier: ISC
"""Results as text, as Markdown, as JSON and as charts."""
import json
import re

import charts
from results import HEADINGS, Results, as_markdown, as_text, cells, machine_text

FAIRNESS = ("beside the polls", "p50 ms", "p99 ms", "max ms", "p99 : alone")
MARKS = "<!-- bench:{0} -->", "<!-- bench:{0} end -->"


def table_text(results, rows, machine):
    return (machine_text(machine) + "\n\n"
            + as_text(HEADINGS, cells(results, rows)))


def growth_lines(plot):
    """Headings, then a line for each x."""
    names = list(plot["series"])
    xs = sorted({x for points in plot["series"].values() for x, _ in points})
    by_x = [dict(plot["series"][n]) for n in names]
    lines = [(f"{x:,}", *(f"{s[x]:.4g}" if x in s else "" for s in by_x))
             for x in xs]
    unit = f" ({plot['y']})" if plot["y"] else ""
    return (plot["x"], *(n + unit for n in names)), lines


def growth_text(plots):
    return "\n".join(as_text(*growth_lines(p)) for p in plots)


def fairness_lines(found):
    return [(line["case"], *(f"{line[p]:.2f}" for p in ("p50", "p99", "max")),
             f"{line['ratio']:.2f}") for line in found]


def fairness_text(found):
    return as_text(FAIRNESS, fairness_lines(found))


def as_results(figures):
    results = Results()
    results.figures = figures
    return results


def sections(found, rows):
    """{name: Markdown} of what was measured."""
    machine = machine_text(found["machine"]) + "\n\n"
    made = {}
    if "table" in found:
        made["table"] = machine + as_markdown(
            HEADINGS, cells(as_results(found["table"]), rows))
    if "growth" in found:
        made["growth"] = machine + "\n".join(
            as_markdown(*growth_lines(p)) for p in found["growth"])
    if "fairness" in found:
        made["fairness"] = machine + as_markdown(
            FAIRNESS, fairness_lines(found["fairness"]))
    return made


def drawings(found, rows):
    made = {}
    if "table" in found:
        chart = charts.sessions(as_results(found["table"]), rows,
                                found["machine"])
        if chart:
            made["bench.svg"] = chart
    if "growth" in found:
        made.update(charts.growth(found["growth"], found["machine"]))
    return made


def put_between(text, name, section):
    """The section in its place, if there is one."""
    begin, end = (re.escape(m.format(name)) for m in MARKS)
    return re.sub(f"({begin}\n).*?({end})",
                  lambda m: m.group(1) + section + m.group(2), text,
                  flags=re.S)


def put_in_page(folder, name, section):
    """Into a measurements.md there or above that has a place for it."""
    for page in (folder / "measurements.md", folder.parent / "measurements.md"):
        text = page.read_text("utf-8") if page.exists() else ""
        if MARKS[0].format(name) in text:
            page.write_text(put_between(text, name, section), encoding="utf-8")
            return True
    return False


def write(folder, found, rows):
    """Keeps, in results.json, what this run has not measured."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "results.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    for part in ("table", "growth", "fairness"):
        if part in found:
            known[part] = {"machine": found["machine"], "found": found[part]}
    known["failures"] = found["failures"]
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    for name, drawing in drawings(found, rows).items():
        (folder / name).write_text(drawing, encoding="utf-8")
    for name, section in sections(found, rows).items():
        if not put_in_page(folder, name, section):
            (folder / f"{name}.md").write_text(section, encoding="utf-8")
