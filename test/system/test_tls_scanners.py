# SPDX-License-Identifier: ISC
"""What sslscan and testssl.sh find: nothing but what is accepted here, each with
its reason."""
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest

from support.certificates import authority, standard
from support.paths import need_build
from support.server import Server

# What testssl.sh finds worse than OK and INFO.
ACCEPTED = {
    "engine_problem": "of the openssl command that looks, not of the server",
    "DNS_CAArecord": "pop.test is in no DNS",
}
# Its s_client reads /dev/null and may leave before a TLS 1.3 ticket can come;
# without one it calls the second connection, never made, a problem.  That
# tickets are taken is what test_tls_tickets.py sees.
NO_TICKET_AWAITED = ("sessionresumption_ticket",
                     "check failed because of connect problem")
HARMLESS = {"OK", "INFO", "DEBUG"}
CHECKS = ["-p", "-s", "-f", "-P", "-S"]
FAULTS = ["-H", "-I", "-T", "-B", "-R", "-C", "-O", "-Z", "-W", "-F", "-A",
          "-L", "-4"]


@pytest.fixture(scope="module")
def server():
    need_build()
    s = Server({"connections_per_address": 1000},
               tls=[standard(), standard("rsa")])
    s.site.add_user(b"alice")
    try:
        s.start()
        yield s
    except BaseException:
        s.stop(judge=False)
        raise
    s.stop()


def port_of(server, how):
    return server.tls_port if how == "tls" else server.port


@pytest.mark.parametrize("how", ["tls", "stls"])
def test_sslscan(server, how):
    if not shutil.which("sslscan"):
        pytest.skip("sslscan is not installed")
    words = ["sslscan", "--xml=-", "--no-colour", "--sni-name=pop.test",
             *(["--starttls-pop3"] if how == "stls" else []),
             f"127.0.0.1:{port_of(server, how)}"]
    done = subprocess.run(words, capture_output=True, check=True, timeout=120)
    found = ET.fromstring(done.stdout).find("ssltest")
    assert {(p.get("type"), p.get("version")) for p in found.iter("protocol")
            if p.get("enabled") == "1"} == {("tls", "1.2"), ("tls", "1.3")}
    assert all(h.get("vulnerable") == "0" for h in found.iter("heartbleed"))
    assert all(r.get("supported") == "0" for r in found.iter("renegotiation"))
    assert all(c.get("supported") == "0" for c in found.iter("compression"))
    suites = {c.get("cipher") for c in found.iter("cipher")}
    assert suites >= {"TLS_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
                      "ECDHE-RSA-AES128-GCM-SHA256"}
    poor = [s for s in suites if not re.search("GCM|CHACHA20", s)]
    assert not poor and all(c.get("strength") in ("strong", "acceptable")
                            for c in found.iter("cipher")), suites
    assert all(int(g.get("bits")) >= 112 for g in found.iter("group"))
    kinds = {c.find("pk").get("type") for c in found.iter("certificate")}
    assert kinds <= {"EC", "RSA"} and kinds


@pytest.mark.slow
@pytest.mark.parametrize("how,checks", [("tls", CHECKS + FAULTS),
                                        ("stls", ["-p", "-s", "-T", "-I"])],
                         ids=["tls", "stls"])
def test_testssl(server, how, checks, tmp_path):
    if not shutil.which("testssl"):
        pytest.skip("testssl.sh is not installed")
    found = tmp_path / "found.json"
    words = ["testssl", "--quiet", "--color", "0", "--warnings", "batch",
             "--add-ca", authority().roots, "--jsonfile", found,
             "--ip", "127.0.0.1", *checks,
             *(["--starttls", "pop3"] if how == "stls" else []),
             f"pop.test:{port_of(server, how)}"]
    done = subprocess.run(words, capture_output=True, check=False, timeout=280,
                          stdin=subprocess.DEVNULL)
    rows = json.loads(found.read_text(encoding="utf-8"))
    assert len(rows) > 15, done.stdout[-2000:]
    bad = [(r["id"], r["severity"], r["finding"]) for r in rows
           if r["severity"] not in HARMLESS
           and r["id"].split(" ")[0] not in ACCEPTED
           and (r["id"], r["finding"]) != NO_TICKET_AWAITED]
    assert not bad, bad
