# SPDX-License-Identifier: ISC
"""collect.py: restante, mpop, fetchmail, getmail6 and curl fetch the same mail
from the same server; called by ./dev bench --collect, whose options it takes.

Time is from the start of a process to its end, the best of some rounds.
Processor time and memory are the client's, with all that it started; not the
server's.  Who does not pipeline is given fewer messages over the long line, and
the time of all is worked out from two such counts: those figures have a "~".
"""
import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def arguments():
    p = argparse.ArgumentParser(prog="./dev bench --collect")
    p.add_argument("--build", default="build", help="the folder of the build")
    p.add_argument("--quick", action="store_true",
                   help="little mail, one round")
    p.add_argument("--only", default="", metavar="ROW,...",
                   help="these scenarios (--list tells them)")
    p.add_argument("--tools", default="", metavar="NAME,...",
                   help="of restante, mpop, fetchmail, getmail, curl")
    p.add_argument("--server", choices=("restanted", "dovecot"),
                   default="restanted")
    p.add_argument("--list", action="store_true", help="the scenarios' names")
    p.add_argument("--rounds", type=int, default=0, metavar="N")
    p.add_argument("--disk", type=Path, metavar="DIR", help="where clients "
                   "write (a folder below build)")
    p.add_argument("--out", type=Path, metavar="DIR",
                   help="write collect.json there, and the table: into a "
                   "measurements.md there or above that has a place for it")
    return p.parse_args()


ARGUMENTS = arguments()
os.environ["RESTANTE_BUILD"] = ARGUMENTS.build

# pylint: disable=wrong-import-position
import collectors  # noqa: E402
import drops  # noqa: E402
import meter  # noqa: E402
import report  # noqa: E402
import subjects  # noqa: E402
from results import as_markdown, as_text, machine_text  # noqa: E402
from support import accounts, paths, proc  # noqa: E402
from support.delaying_proxy import DelayingProxy  # noqa: E402
from support.dovecot import TUNED, Dovecot  # noqa: E402
from support.maildir import Maildir  # noqa: E402
from support.server import Server  # noqa: E402

ONE_WAY_S = 0.05
FEW = (20, 60)  # messages of those who do not pipeline, over the long line
MEMORY = Path("/dev/shm")
TROUBLE = (collectors.Failure, AssertionError, OSError, ValueError)


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    count: int
    octets: int
    one_way: float = 0.0
    keeps: bool = True
    in_memory: bool = False
    rounds: int = 3
    figures: tuple = ("s",)


def scenarios(is_quick):
    small, many, big = (200, 1000, (3, 5)) if is_quick else (
        1000, 10_000, (10, 50))
    n, mb = big
    line = "round trip 100 ms"
    large = ("MB/s", "CPU s/GB", "MiB")
    found = [
        Scenario("far", f"{small:,} x 4 KB, {line}", small, 4096, ONE_WAY_S),
        Scenario("far-delete", f"{small:,} x 4 KB, {line}, deleted", small,
                 4096, ONE_WAY_S, keeps=False),
        Scenario("large", f"{n} x {mb} MB, loopback, disk", n, mb * 10 ** 6,
                 figures=large),
        Scenario("large-memory", f"{n} x {mb} MB, loopback, tmpfs", n,
                 mb * 10 ** 6, in_memory=True, figures=large),
        Scenario("many", f"{many:,} x 4 KB, loopback, disk", many, 4096,
                 rounds=2, figures=("s", "CPU s")),
        Scenario("many-memory", f"{many:,} x 4 KB, loopback, tmpfs", many,
                 4096, rounds=2, in_memory=True, figures=("s", "CPU s")),
    ]
    return found


def tell(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


# -- the server and its mail

def fill(site, name, count, octets):
    user = name.encode()
    if user not in site.users:
        site.make_user(user, collectors.PASSWORD.encode())
        site.write_users()
    maildir = site.users[user].maildir
    there = maildir.bases()
    for n in range(count):
        base = b"%d.M%dP1.bench" % (1_700_000_000 + n, n)
        if base not in there:  # a server may have moved it to cur
            maildir.deliver(drops.message(n, octets), base)


def make_server(kind):
    if kind == "dovecot":
        return Dovecot(conf=TUNED)
    return Server({**subjects.SETTINGS, "cram_md5": False})


def counts_of(scenario, tool):
    if scenario.one_way and not tool.is_pipelined:
        return FEW
    return (scenario.count,)


# -- measuring

class Bench:
    def __init__(self, args):
        self.args = args
        self.tools = [t for t in collectors.TOOLS
                      if not args.tools or t.key in args.tools.split(",")]
        for tool in [t for t in self.tools if not t.is_there()]:
            tell(f"{tool.title} is not installed: left out")
            self.tools.remove(tool)
        self.found = {}     # {scenario: {tool: {figure: value}}}
        self.failures = []
        self.serial = 0
        self.disk = args.disk or paths.BUILD

    def run(self):
        only = set(filter(None, self.args.only.split(",")))
        for scenario in scenarios(self.args.quick):
            if only and scenario.name not in only:
                continue
            self.run_scenario(scenario)

    def run_scenario(self, scenario):
        tell(f"{scenario.title}: making mail")
        with ExitStack() as stack:
            server = make_server(self.args.server)
            stack.callback(server.stop, judge=False)
            server.site.one_owner = True
            for count in {c for t in self.tools
                          for c in counts_of(scenario, t)}:
                fill(server.site, f"u{count}", count, scenario.octets)
            server.start()
            address = server.address
            if scenario.one_way:
                address = stack.enter_context(
                    DelayingProxy(address, scenario.one_way)).address
            rounds = self.args.rounds or (1 if self.args.quick
                                          else scenario.rounds)
            for number in range(rounds):
                for tool in self.tools:
                    tell(f"round {number + 1}: {scenario.name}: {tool.title}")
                    try:
                        self.measure(scenario, tool, server, address)
                    except TROUBLE as e:
                        self.failures.append(f"{scenario.name}, {tool.key}: "
                                             f"{type(e).__name__}: {e}")

    def measure(self, scenario, tool, server, address):
        spent = {count: self.tried(scenario, tool, server, address, count)
                 for count in counts_of(scenario, tool)}
        counts = sorted(spent)
        seconds = spent[counts[-1]].seconds
        if len(counts) == 2:
            few, more = counts
            each = (seconds - spent[few].seconds) / (more - few)
            seconds += each * (scenario.count - more)
        last = spent[counts[-1]]
        octets = scenario.octets * counts[-1]
        self.add(scenario, tool, {
            "s": seconds, "MB/s": octets / last.seconds / 1e6,
            "CPU s": last.cpu_seconds, "CPU s/GB":
            last.cpu_seconds / octets * 1e9, "MiB": last.rss_kib / 1024,
            "is_scaled": len(counts) == 2})

    def tried(self, scenario, tool, *more):
        for _ in range(tool.tries - 1):
            try:
                return self.once(scenario, tool, *more)
            except collectors.TooLong as e:
                tell(f"{tool.title}: {e}; once more")
        return self.once(scenario, tool, *more)

    def once(self, scenario, tool, server, address, count):
        """One run of it, with a home of its own."""
        self.serial += 1
        name = f"u{count}"
        fill(server.site, name, count, scenario.octets)
        place = MEMORY if scenario.in_memory else self.disk
        folder = tempfile.mkdtemp(prefix="collect-bench-", dir=place)
        os.chmod(folder, 0o755)
        try:
            os.sync()
            client = tool(Path(folder) / "home", address, name, count,
                          scenario.keeps)
            spent = client.run()
            if spent.delivered != count:
                raise collectors.Failure(f"{spent.delivered} of {count}")
            left = len(Maildir(server.site.users[name.encode()].maildir.path)
                       .bases())
            if left != (count if scenario.keeps else 0):
                raise collectors.Failure(f"{left} left on the server")
            return spent
        finally:
            shutil.rmtree(folder)

    def add(self, scenario, tool, figures):
        best = self.found.setdefault(scenario.name, {}).get(tool.key)
        rounds = (best["rounds"] if best else []) + [figures]
        self.found[scenario.name][tool.key] = {
            **min(rounds, key=lambda f: f["s"]), "rounds": rounds,
            "MiB": max(f["MiB"] for f in rounds)}


# -- telling

def number(value, is_scaled):
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return ("~" if is_scaled else "") + text


def ratio(figure, ours, theirs):
    """How many times ours is better."""
    if not ours or not theirs:
        return ""
    return f"{ours / theirs if figure == 'MB/s' else theirs / ours:.1f}"


def table(bench):
    others = [t for t in bench.tools if t.key != "restante"]
    headings = ["scenario", "unit", *(t.title for t in bench.tools),
                *(f"{t.title} : restante" for t in others)]
    lines = []
    for scenario in scenarios(bench.args.quick):
        cells = bench.found.get(scenario.name)
        if not cells:
            continue
        for figure in scenario.figures:
            values = {k: c[figure] for k, c in cells.items()}
            lines.append([scenario.title, figure, *(
                number(values[t.key], cells[t.key]["is_scaled"]
                       and figure == "s") if t.key in values else ""
                for t in bench.tools),
                *(ratio(figure, values.get("restante"), values.get(t.key))
                  for t in others)])
    return headings, lines


def notes(bench):
    server = ("restanted" if bench.args.server == "restanted"
              else "Dovecot, tuned")
    lines = [f"Server: {server}, clear text on loopback; ~: from "
             f"{FEW[0]} and {FEW[1]} messages.",
             "Ratios: how many times restante is better.",
             "Sync, the same demand for all, each in its way:"]
    lines += [f"- {t.title} ({t.version()}): {t.syncs}" for t in bench.tools]
    return "\n".join(lines) + "\n"


def write(bench, machine):
    folder = bench.args.out
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "collect.json").write_text(json.dumps({
        "machine": machine, "server": bench.args.server,
        "found": bench.found, "failures": bench.failures,
        "syncs": {t.key: [t.version(), t.syncs] for t in bench.tools},
    }, indent=1) + "\n", encoding="utf-8")
    section = (machine_text(machine) + "\n\n" + as_markdown(*table(bench))
               + "\n" + notes(bench))
    if not report.put_in_page(folder, "collect", section):
        (folder / "collect.md").write_text(section, encoding="utf-8")


def main():
    args = ARGUMENTS
    if args.list:
        print("\n".join(f"{s.name:<15}{s.title}"
                        for s in scenarios(args.quick)))
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    proc.become_subreaper()
    if paths.is_sanitized():
        tell("WARNING: a sanitized build; the figures mean nothing")
    machine = meter.describe()
    with accounts.accounts():
        bench = Bench(args)
        bench.run()
    print(machine_text(machine) + "\n\n" + as_text(*table(bench)) + "\n"
          + notes(bench))
    if args.out:
        write(bench, machine)
    for failure in bench.failures:
        tell(f"FAILED {failure}")
    return 1 if bench.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)  # servers and mail are gone by now
