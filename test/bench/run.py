# SPDX-License-Identifier: ISC
"""run.py BUILD: what a session costs the server; called by ./dev bench.

CPU is that of all server processes together, by the scheduler's count, while
test/bench/session_load plays many clients.  Meant for an optimized build; a
sanitized one gets a warning above the table.  Where strace or Dovecot is
installed there are lines with them.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
if len(sys.argv) > 1:
    os.environ["RESTANTE_BUILD"] = sys.argv[1]

from support import accounts, certificates, hashes, paths, proc  # noqa: E402
from support.dovecot import Dovecot  # noqa: E402
from support.server import Server  # noqa: E402

LOAD = paths.BUILD / "test" / "bench" / "session_load"
POLLERS = 32
POLL_WARM, POLLS = 2_000, 10_000
POLLS_TRACED = 1_000
POLLS_OF_OTHERS = 2_000
ROUNDS = 3  # the best counts: what else the machine does is not ours
HELD = 2_000
POLL_MS_TARGET, HELD_KIB_TARGET = 0.25, 16.0
RSA_MS_TARGET = 1.5  # 0.9 more for an RSA-2048 signature
TLS_MS_TARGET, RESUMED_MS_TARGET, HELD_TLS_KIB_TARGET = 0.6, 0.3, 32.0
BIG_OCTETS = 100 * 1024 * 1024
SETTINGS = {"connections_max": 20_000, "connections_per_address": 20_000,
            "login_time": "600s", "log_level": "info"}


def add_users(service, count, hashed=False, messages=0):
    for i in range(count):
        name, secret = b"u%d" % i, b"p%d" % i
        user = service.site.make_user(
            name, secret, hashes.crypt(secret, b"$y$", 5) if hashed else None)
        for n in range(messages):
            user.maildir.deliver(b"Subject: %d\r\n\r\ntext\r\n" % n)
    service.site.write_users()
    return service


def server_with(count, tls=None, **kw):
    return add_users(Server(SETTINGS, tls=tls), count, **kw)


def cpu_by_role(server):
    found = {"master": proc.cpu_seconds(server.process.pid)}
    for role, pids in server.roles().items():
        found[role] = sum(proc.cpu_seconds(p) for p in pids)
    return found


def port_for(service, how):
    return service.port if how in ("clear", "stls") else service.tls_port


def play(*words):
    done = subprocess.run([LOAD, *map(str, words)], check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"session_load {words}: {done.stderr}")
    sessions, seconds = done.stdout.split()
    return int(sessions), float(seconds)


def polls(label, how="clear", target=POLL_MS_TARGET, tls=None, **kw):
    if how != "clear":
        tls = tls or [certificates.standard()]
    with server_with(POLLERS, tls=tls, **kw) as server:
        play("poll", how, port_for(server, how), POLLERS, POLL_WARM)
        rounds = [one_round(server, how) for _ in range(ROUNDS)]
        calls = calls_of_a_poll(server, how)
    ms, rate = min(rounds, key=lambda r: sum(r[0].values()))
    total = sum(ms.values())
    print(f"  {label:<34}{total:7.3f} ms CPU a session  "
          f"({', '.join(f'{r} {ms[r]:.3f}' for r in ms if ms[r] >= 0.0005)}; "
          f"{rate:,.0f} a second)  {verdict(total, target)}")
    if calls:
        print(f"  {'':<34}{sum(calls.values()):7.1f} system calls a session  "
              f"({', '.join(f'{r} {n:.1f}' for r, n in calls.items() if n)})")


def one_round(server, how):
    """({role: ms of CPU a session}, sessions a second)"""
    before = cpu_by_role(server)
    sessions, seconds = play("poll", how, port_for(server, how), POLLERS, POLLS)
    after = cpu_by_role(server)
    return ({r: (after[r] - before[r]) / sessions * 1000 for r in after},
            sessions / seconds)


def calls_of_a_poll(server, how):
    """{role: system calls a session}; {} where nobody may trace."""
    if not shutil.which("strace"):
        return {}
    tracers = {role: Tracer(server.site.dir / f"calls-{role}", pids)
               for role, pids in server.roles().items()}
    sessions, _ = play("poll", how, port_for(server, how), POLLERS,
                       POLLS_TRACED)
    return {role: t.count() / sessions for role, t in tracers.items()}


class Tracer:
    """strace on some processes and their threads."""

    def __init__(self, path, pids):
        self.path = path
        pids = [w for p in pids for w in ("-p", str(p))]
        self.process = subprocess.Popen(
            ["strace", "-f", "-c", "-U", "name,calls", "-o", path, *pids],
            stderr=subprocess.PIPE)
        for _ in range(len(pids) // 2):
            self.process.stderr.readline()  # "... attached"

    def count(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=20)
        total = re.search(r"^total +(\d+)$", self.path.read_text(), re.M)
        return int(total.group(1)) if total else 0


def dovecot_polls(label):
    """The same poll, of the same machine, by Dovecot; tuned for speed."""
    if not shutil.which("dovecot") or not accounts.is_root():
        return
    service = add_users(Dovecot(tls=True, tuned=True), POLLERS)
    try:
        service.start()
        play("poll", "tls", service.tls_port, POLLERS, POLLERS)
        pid, rounds = service.process.pid, []
        for _ in range(ROUNDS):
            before = proc.tree_cpu_seconds(pid)
            sessions, seconds = play("poll", "tls", service.tls_port, POLLERS,
                                     POLLS_OF_OTHERS)
            after = proc.tree_cpu_seconds(pid)
            rounds.append(((after - before) / sessions, sessions / seconds))
    finally:
        service.stop()
    cost, rate = min(rounds)
    print(f"  {label:<34}{cost * 1000:7.3f} ms CPU a session  "
          f"({rate:,.0f} a second)")


def verdict(figure, target):
    return f"target {target}: {'met' if figure < target else 'MISSED'}"


def pss_kib(server):
    return sum(proc.memory_kib(p, "Pss") for p in server.pids())


def held(messages, how="clear", target=HELD_KIB_TARGET):
    tls = None if how == "clear" else True
    with server_with(HELD, tls=tls, messages=messages) as server:
        port = port_for(server, how)
        play("poll", how, port, POLLERS, POLL_WARM)
        before = pss_kib(server)
        with subprocess.Popen([LOAD, "hold", how, str(port), str(HELD)],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as holder:
            assert holder.stdout.readline() == "held\n"
            time.sleep(1)
            kib = (pss_kib(server) - before) / HELD
            holder.stdin.close()
    what = "idle" if how == "clear" else "idle over TLS"
    print(f"  {f'{HELD:,} {what}, {messages} messages each':<34}{kib:7.2f} "
          f"KiB a connection  {verdict(kib, target)}")


def fetch(label, line, how="clear"):
    with server_with(1, tls=None if how == "clear" else True) as server:
        text = b"Subject: x" + line.lstrip(b"x") * 2
        text += line * (BIG_OCTETS // len(line))
        server.site.users[b"u0"].maildir.deliver(text)
        with server.login(b"u0", how=how, timeout=120) as pop:
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
        polls("poll, TLS, whole handshakes", "tls", TLS_MS_TARGET)
        polls("poll, TLS, RSA, whole handshakes", "tls", RSA_MS_TARGET,
              [certificates.standard("rsa")])
        polls("poll, TLS, resumed", "resumed", RESUMED_MS_TARGET)
        polls("poll, STLS, whole handshakes", "stls", TLS_MS_TARGET)
        dovecot_polls("the same of Dovecot, TLS")
        held(0)
        held(10)
        held(0, "tls", HELD_TLS_KIB_TARGET)
        fetch("RETR of 100 MiB, stored with CRLF", b"x" * 70 + b"\r\n")
        fetch("RETR of 100 MiB, stored with LF", b"x" * 70 + b"\n")
        fetch("RETR of 100 MiB, TLS, CRLF", b"x" * 70 + b"\r\n", "tls")
        fetch("RETR of 100 MiB, TLS, LF", b"x" * 70 + b"\n", "tls")


if __name__ == "__main__":
    main()
