# SPDX-License-Identifier: ISC
"""mutt, which wants a terminal and somebody to type."""
import sys

from clients import HERE, MaildirClient, lf


class Mutt(MaildirClient):
    """On a terminal of its own; copies what it sees into a folder."""
    program = "mutt"
    stored = staticmethod(lf)
    mechanisms = {"user": "PASS", "apop": "APOP", "plain": "PLAIN",
                  "login": "LOGIN", "cram-md5": "CRAM-MD5",
                  "scram-sha-1": "SCRAM-SHA-1",
                  "scram-sha-256": "SCRAM-SHA-256"}

    def configure(self):
        scheme = "pops" if self.how == "tls" else "pop"
        secured = "no" if self.how == "clear" else "yes"
        self.write("muttrc", f"""
set folder="{self.home}" spoolfile="{self.home}/none" header_cache=""
set pop_authenticators="{self.mechanism or 'user'}" pop_checkinterval=0
set pop_user="{self.user.name.decode()}" pop_pass="{self.user.password.decode()}"
set ssl_starttls={secured} ssl_force_tls={secured}
set ssl_ca_certificates_file="{self.roots or ''}" certificate_file=""
set ssl_verify_host=yes ssl_verify_dates=yes
set pop_delete=no delete=no quit=yes confirmappend=no wait_key=no move=no
set mbox_type=Maildir
set message_cachedir="" sleep_time=0
push "<tag-pattern>~A<enter><tag-prefix><copy-message>{self.home}/into<enter><exit>"
""")
        self.write("url", f"{scheme}://{self.user.name.decode()}@"
                          f"{self.host}:{self.port}/")

    def fetch(self, keep=True):
        assert keep
        url = (self.home / "url").read_text(encoding="ascii")
        self.run([sys.executable, HERE / "terminal.py", "mutt", "-n", "-F",
                  self.home / "muttrc", "-f", url])
        return self.fetched()
