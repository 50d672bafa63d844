# SPDX-License-Identifier: ISC
"""restante among the clients."""
import json

from clients import MaildirClient, lf
from support import paths
from support.collector import Collector


class Restante(MaildirClient):
    program = str(paths.program("restante"))
    stored = staticmethod(lf)
    mechanisms = {"PLAIN": "PLAIN", "LOGIN": "LOGIN", "CRAM-MD5": "CRAM-MD5",
                  "APOP": "APOP", "SCRAM-SHA-1": "SCRAM-SHA-1",
                  "SCRAM-SHA-256": "SCRAM-SHA-256", "EXTERNAL": "EXTERNAL"}

    def configure(self):
        self.collector = Collector(self.home / "restante")
        tls = {"clear": "none", "tls": "implicit"}.get(self.how, "stls")
        own = {}
        if self.certificate:
            own = {"certificate": self.certificate.chain,
                   "key": self.certificate.key}
        self.collector.account(
            (self.host, self.port), tls=tls, ca_file=self.roots,
            user=self.user.name.decode(),
            password_file=self.collector.secret("secret", self.user.password),
            auth=(self.mechanism,) if self.mechanism else None,
            deliver=f"maildir:{self.home}/into", **own)

    def fetch(self, keep=True):
        self.collector.fetch("--keep" if keep else "--delete", seconds=600)
        return self.fetched()

    def fetch_some_and_delete(self, count):
        """By hand: list, show, delete."""
        rows = [json.loads(line) for line in
                self.collector.run("--json", "list", "a").out.splitlines()]
        new = [str(r["message"]["number"]) for r in rows
               if r["type"] == "list" and r["message"]["new"]][:count]
        texts = [self.collector.run("show", n, "a").out for n in new]
        self.collector.run("delete", *new, "a")
        return texts
