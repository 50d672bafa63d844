# SPDX-License-Identifier: ISC
"""Dovecot's POP3 server on a site of ours, to prove that tests test something:
what is marked portable passes against it too (RESTANTE_TEST_SERVER=dovecot)."""
import socket
import subprocess
import time

from support import certificates, proc
from support.site import Service, Site

# What has to be ours: paths, ports, the certificate, who the users are.
OURS = """
protocols = pop3
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/log
listen = 127.0.0.1
ssl = {ssl}
ssl_cert = <{chain}
ssl_key = <{key}
mail_location = maildir:{dir}/mail/%u
passdb {{
  driver = passwd-file
  args = {names}{dir}/users
}}
userdb {{
  driver = passwd-file
  args = {names}{dir}/users
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {port}
  }}
  inet_listener pop3s {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

CONF = OURS + """
ssl_min_protocol = TLSv1.2
auth_mechanisms = plain login scram-sha-1 scram-sha-256
disable_plaintext_auth = no
auth_failure_delay = 0
auth_username_chars =
first_valid_uid = 1
default_login_user = dovenull
default_internal_user = dovecot
mailbox_list_index = no
pop3_uidl_format = %f
pop3_lock_session = yes
pop3_no_flag_updates = yes
mail_max_userip_connections = 0
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""

# Debian's configuration, as doveconf -n shows it, but for that.
SHIPPED = OURS + """
namespace inbox {{
  inbox = yes
}}
"""

# As its manual advises where speed counts more than separation: log-in
# processes that serve many, mail processes that serve many at once (for which
# all mail has one owner), what the users file says remembered, no fsync.
TUNED = SHIPPED + """
mail_fsync = never
mail_max_userip_connections = 0
auth_cache_size = 64 M
auth_failure_delay = 0
default_vsz_limit = 2 G
service pop3-login {{
  service_count = 0
  client_limit = 1000
  process_min_avail = 2
  process_limit = 4
}}
service pop3 {{
  service_count = 0
  client_limit = 1000
  process_min_avail = 2
}}
service auth {{
  client_limit = 6000
}}
service anvil {{
  client_limit = 6000
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dovecot(Service):
    is_dovecot = True

    def __init__(self, tls=False, conf=CONF, prefix=()):
        """conf: CONF, for tests; or SHIPPED or TUNED, to be measured.
        prefix: words before the command."""
        self.site = Site(users_owner="dovecot")
        self.site.one_owner = conf is not CONF
        self.conf = conf
        self.prefix = list(prefix)
        self.process = None
        self.address = ("127.0.0.1", free_port())
        self.tls_addresses = [("127.0.0.1", free_port())] if tls else []

    def start(self):
        self.site.write_users()
        conf = self.site.dir / "dovecot.conf"
        certificate = certificates.standard().copy(self.site.make_dir("tls"))
        conf.write_text(self.conf.format(
            dir=self.site.dir, port=self.port, chain=certificate.chain,
            key=certificate.key, ssl="yes" if self.tls_addresses else "no",
            tls_port=self.tls_port if self.tls_addresses else 0,
            names="username_format=%u " if self.conf is CONF else ""))
        self.process = subprocess.Popen(
            [*self.prefix, "dovecot", "-F", "-c", conf])
        proc.wait_until(self._answers, what="dovecot answers")
        return self

    def _answers(self):
        try:
            self.connect().close()
        except OSError:
            return False
        return True

    def stop(self, judge=True):
        del judge  # what Dovecot does is its own affair
        mine = proc.children(self.process.pid)
        self.process.terminate()
        self.process.wait(20)
        for pid in mine:
            proc.kill(pid)
            time.sleep(0.01)
            proc.reap_orphan(pid)
        self.site.remove()
