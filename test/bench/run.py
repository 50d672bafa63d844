# SPDX-License-Identifier: ISC
"""run.py BUILD: what a session costs the server; called by ./dev bench.

CPU is that of all server processes together, by the scheduler's count, while
test/bench/session_load plays many clients.  Meant for an optimized build; a
sanitized one gets a warning above the table.
"""
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
if len(sys.argv) > 1:
    os.environ["RESTANTE_BUILD"] = sys.argv[1]

from support import accounts, hashes, paths, proc  # noqa: E402
from support.pop3 import Pop3  # noqa: E402
from support.server import Server  # noqa: E402

LOAD = paths.BUILD / "test" / "bench" / "session_load"
POLLERS = 32
POLL_WARM, POLLS = 2_000, 10_000
ROUNDS = 3  # the best counts: what else the machine does is not ours
HELD = 2_000
POLL_MS_TARGET, HELD_KIB_TARGET = 0.25, 16.0
BIG_OCTETS = 100 * 1024 * 1024
SETTINGS = {"connections_max": 20_000, "connections_per_address": 20_000,
            "login_time": "600s", "log_level": "info"}


def server_with(count, hashed=False, messages=0):
    server = Server(SETTINGS)
    for i in range(count):
        name, secret = b"u%d" % i, b"p%d" % i
        user = server.site.make_user(
            name, secret, hashes.crypt(secret, b"$y$", 5) if hashed else None)
        for n in range(messages):
            user.maildir.deliver(b"Subject: %d\r\n\r\ntext\r\n" % n)
    server.site.write_users()
    return server


def cpu_by_role(server):
    found = {"master": proc.cpu_seconds(server.process.pid)}
    for role, pids in server.roles().items():
        found[role] = sum(proc.cpu_seconds(p) for p in pids)
    return found


def play(*words):
    done = subprocess.run([LOAD, *map(str, words)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"session_load {words}: {done.stderr}")
    sessions, seconds = done.stdout.split()
    return int(sessions), float(seconds)


def polls(label, **kw):
    with server_with(POLLERS, **kw) as server:
        play("poll", server.port, POLLERS, POLL_WARM)
        rounds = [one_round(server) for _ in range(ROUNDS)]
    ms, rate = min(rounds, key=lambda r: sum(r[0].values()))
    total = sum(ms.values())
    print(f"  {label:<34}{total:7.3f} ms CPU a session  "
          f"({', '.join(f'{r} {ms[r]:.3f}' for r in ms if ms[r] >= 0.0005)}; "
          f"{rate:,.0f} a second)  {verdict(total, POLL_MS_TARGET)}")


def one_round(server):
    """({role: ms of CPU a session}, sessions a second)"""
    before = cpu_by_role(server)
    sessions, seconds = play("poll", server.port, POLLERS, POLLS)
    after = cpu_by_role(server)
    return ({r: (after[r] - before[r]) / sessions * 1000 for r in after},
            sessions / seconds)


def verdict(figure, target):
    return f"target {target}: {'met' if figure < target else 'MISSED'}"


def pss_kib(server):
    return sum(proc.memory_kib(p, "Pss") for p in server.pids())


def held(messages):
    with server_with(HELD, messages=messages) as server:
        play("poll", server.port, POLLERS, POLL_WARM)
        before = pss_kib(server)
        with subprocess.Popen([LOAD, "hold", str(server.port), str(HELD)],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "held\n"
            time.sleep(1)
            kib = (pss_kib(server) - before) / HELD
            holder.stdin.close()
    print(f"  {f'{HELD:,} idle, {messages} messages each':<34}{kib:7.2f} KiB a "
          f"connection  {verdict(kib, HELD_KIB_TARGET)}")


def fetch(label, line):
    with server_with(1) as server:
        text = b"Subject: x" + line.lstrip(b"x") * 2
        text += line * (BIG_OCTETS // len(line))
        server.site.users[b"u0"].maildir.deliver(text)
        with Pop3(server.address, timeout=120) as pop:
            pop.login(b"u0", b"p0")
            before, began = cpu_by_role(server), time.monotonic()
            pop.ok(b"RETR 1")
            octets = drain(pop, len(text))
            seconds = time.monotonic() - began
            cpu = sum(cpu_by_role(server).values()) - sum(before.values())
            pop.cmd(b"QUIT")
    mib = octets / 2**20
    print(f"  {label:<34}{cpu / mib * 1000:7.3f} ms CPU a MiB  "
          f"({mib / seconds:,.0f} MiB a second to a client in Python)")


def drain(pop, at_least):
    """Takes a body without keeping it."""
    octets, tail = len(pop.buffer), bytes(pop.buffer[-5:])
    pop.buffer.clear()
    while octets < at_least or not tail.endswith(b"\r\n.\r\n"):
        got = pop.sock.recv(1 << 20)
        assert got
        octets += len(got)
        tail = (tail + got)[-5:]
    return octets


def main():
    proc.become_subreaper()
    print(f"session cost, {os.cpu_count()} cores")
    if paths.is_sanitized():
        print("  WARNING: a sanitized build; the figures mean nothing")
    with accounts.accounts():
        polls(f"poll, {POLLERS} at once, PLAIN")
        polls(f"poll, {POLLERS} at once, yescrypt", hashed=True)
        polls(f"poll, {POLLERS} at once, 100 messages", messages=100)
        held(0)
        held(10)
        fetch("RETR of 100 MiB, stored with CRLF", b"x" * 70 + b"\r\n")
        fetch("RETR of 100 MiB, stored with LF", b"x" * 70 + b"\n")


if __name__ == "__main__":
    main()
