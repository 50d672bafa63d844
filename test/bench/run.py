# SPDX-License-Identifier: ISC
"""run.py: what a session costs restanted, Dovecot, and at the least; called by
./dev bench, whose options it takes.

Processor time is that of all processes of a server together, by the
scheduler's count; wall time stands where it is the matter.  On a machine that
does something else as well, times say little, processor time a bit more.
"""
import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def arguments():
    p = argparse.ArgumentParser(prog="./dev bench", description="Measures "
                                "restanted, Dovecot where it is installed, and "
                                "what no server can be better than.")
    p.add_argument("--build", default="build", help="the folder of the build")
    p.add_argument("--quick", action="store_true",
                   help="few sessions, small maildrops")
    p.add_argument("--scale", choices=("full", "quick", "tiny"), default="full")
    p.add_argument("--only", default="", metavar="ROW,...",
                   help="these rows of the table (--list tells them)")
    p.add_argument("--servers", default="", metavar="NAME,...",
                   help="of restanted, ceiling, tuned, shipped")
    p.add_argument("--list", action="store_true", help="the rows' names")
    p.add_argument("--growth", action="store_true",
                   help="what grows with what, instead of the table")
    p.add_argument("--growth-max", type=int, default=1_000_000, metavar="N",
                   help="the most messages, sessions, mailboxes (1000000)")
    p.add_argument("--fairness", action="store_true",
                   help="what one user costs the others, instead of the table")
    p.add_argument("--all", action="store_true", help="all three")
    p.add_argument("--out", type=Path, metavar="DIR", help="write results.json "
                   "and charts there, and tables: into a measurements.md there "
                   "or above that has a place for them, else there")
    return p.parse_args()


ARGUMENTS = arguments()
os.environ["RESTANTE_BUILD"] = ARGUMENTS.build

# pylint: disable=wrong-import-position
import fairness  # noqa: E402
import growth  # noqa: E402
import load  # noqa: E402
import meter  # noqa: E402
import report  # noqa: E402
import subjects  # noqa: E402
from probes import GROUPS  # noqa: E402
from results import Results  # noqa: E402
from rows import SCALES, rows  # noqa: E402
from support import accounts, paths, proc  # noqa: E402

TROUBLE = (load.Failure, AssertionError, OSError, KeyError, ValueError)


def tell(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


def wanted_probes(group, only):
    return [p for p in group.probes
            if not only or any(r in only for r in p.rows)]


def run_group(group, only, keys, scale, results):
    """All servers at once, so that each round has all of them in the same
    minute."""
    probes = wanted_probes(group, only)
    if not probes:
        return
    tell(f"{group.name}: making mail")
    with ExitStack() as stack:
        started = []
        for key in keys:
            if all(key in p.not_of for p in probes):
                continue
            try:
                subject = group.make(key, scale)
                stack.callback(subject.stop)
                started.append(subject.start())
            except TROUBLE as e:
                results.fail(f"{group.name}, {key}", e)
        for number in range(group.rounds or scale.rounds):
            run_round(probes, started, scale, number, results)


def run_round(probes, started, scale, number, results):
    for probe in probes:
        tell(f"round {number + 1}: {probe.rows[0]}")
        for subject in started:
            if subject.key in probe.not_of:
                continue
            try:
                found = probe.run(subject, scale, number)
            except TROUBLE as e:
                results.fail(f"{probe.rows[0]}, {subject.key}",
                             f"{type(e).__name__}: {e}")
                continue
            for row, (value, detail) in found.items():
                results.add(row, subject.key, value, detail)


def run_table(args, scale):
    only = set(filter(None, args.only.split(",")))
    unknown = only - {r.name for r in rows(scale)}
    if unknown:
        sys.exit(f"no such rows: {', '.join(sorted(unknown))}; see --list")
    keys = subjects.available()
    if args.servers:
        keys = [k for k in keys if k in args.servers.split(",")]
    results = Results()
    for group in GROUPS:
        run_group(group, only, keys, scale, results)
    return results


def measure(args, scale):
    """What report.write takes."""
    found = {"machine": meter.describe(), "failures": []}
    is_table = args.all or not (args.growth or args.fairness)
    if is_table:
        results = run_table(args, scale)
        found["table"] = results.figures
        found["failures"] += results.failures
        print(report.table_text(results, rows(scale), found["machine"]))
    if args.growth or args.all:
        plots, failures = growth.measure(args.growth_max, tell)
        found["growth"] = plots
        found["failures"] += failures
        print(report.growth_text(plots))
    if args.fairness or args.all:
        try:
            found["fairness"] = fairness.measure(scale, tell)
            print(report.fairness_text(found["fairness"]))
        except TROUBLE as e:
            found["failures"].append(f"fairness: {e}")
    return found


def main():
    args = ARGUMENTS
    scale = SCALES["quick" if args.quick else args.scale]
    if args.list:
        print("\n".join(f"{r.name:<17}{r.title}" for r in rows(scale)))
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    proc.become_subreaper()
    subjects.raise_limits()
    if paths.is_sanitized():
        tell("WARNING: a sanitized build; the figures mean nothing")
    with accounts.accounts():
        found = measure(args, scale)
    if args.out:
        report.write(args.out, found, rows(scale))
    for failure in found["failures"]:
        tell(f"FAILED {failure}")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # servers and mail are gone by now
