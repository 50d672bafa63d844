# SPDX-License-Identifier: ISC
"""restante-bench, called: what it found out, as a dictionary."""
import json
import subprocess
from contextlib import contextmanager

from support import certificates, paths

TOOL = paths.BUILD / "src" / "bench" / "restante-bench"
HOWS = {"clear": (), "tls": ("--tls",), "stls": ("--stls",),
        "resumed": ("--resume",)}
LONGEST = 600


class Failure(Exception):
    """A measurement that cannot be had; the others go on."""


def command(subject, scenario, how="clear", **options):
    """options: at_once, sessions, seconds, warm, users, user, secret, verify,
    maildir, octets."""
    names = {"at_once": "-c", "sessions": "-n", "seconds": "-t", "warm": "-w",
             "users": "-U", "user": "-u", "secret": "-p",
             "verify": "--verify", "maildir": "--maildir",
             "octets": "--message-octets"}
    words = [TOOL, "--json", *HOWS[how], *subject.meter.bench_options]
    if how != "clear":
        words += ["--ca", certificates.authority().roots, "--name", "pop.test"]
    for key, value in options.items():
        if value is not None:
            words += [names[key], value]
    words += [scenario, f"127.0.0.1:{subject.port(how)}"]
    return [str(w) for w in words]


def judged(words, status, out, err):
    """The report, if there is one and nothing went wrong."""
    if status != 0:
        raise Failure(f"{' '.join(words)}: status {status}: {err.strip()}")
    report = json.loads(out)
    if report.get("errors"):
        raise Failure(f"{' '.join(words)}: errors: {err.strip()}")
    return report


def play(subject, scenario, how="clear", **options):
    words = command(subject, scenario, how, **options)
    try:
        done = subprocess.run(words, check=False, capture_output=True,
                              text=True, timeout=LONGEST)
    except subprocess.TimeoutExpired as e:
        raise Failure(f"{' '.join(words)}: not within {LONGEST} s") from e
    return judged(words, done.returncode, done.stdout, done.stderr)


@contextmanager
def held(subject, count, how="clear", **options):
    """While this lasts so many users are logged in, and say nothing."""
    words = command(subject, "idle", how, at_once=count, users=count, **options)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as holder:
        try:
            said = holder.stdout.readline()
            if said != "held\n":
                holder.kill()
                raise Failure(f"{' '.join(words)}: {holder.stderr.read()}")
            yield
            holder.stdin.close()
            holder.stdin = None
            out, err = holder.communicate(timeout=LONGEST)
        finally:
            if holder.poll() is None:
                holder.kill()
    judged(words, holder.returncode, out or "{}", err)
