# SPDX-License-Identifier: ISC
"""A syslog daemon as far as its log file shows it, for one process tree: what
listens on /dev/log there is seen by nobody else."""
import os
import re
import socket
import threading

# A /dev of its own, in which log is our socket.
ENTER = """set -e
mkdir -p "$1/dev" && mount -t tmpfs none "$1/dev"
for name in null zero full random urandom tty; do
	: > "$1/dev/$name" && mount --bind "/dev/$name" "$1/dev/$name"
done
ln -s /proc/self/fd "$1/dev/fd"
ln -s "$1/log.socket" "$1/dev/log"
mount --move "$1/dev" /dev
shift
exec "$@"
"""


class Syslogd(threading.Thread):
    """folder: of its own; path: the file that it appends lines to."""

    def __init__(self, folder, path):
        super().__init__(daemon=True)
        self.folder, self.path = folder, path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(os.fspath(folder / "log.socket"))
        os.chmod(folder / "log.socket", 0o666)
        self.start()

    @property
    def prefix(self):
        """Words before a command that is to log here; needs root."""
        return ("unshare", "--mount", "sh", "-c", ENTER, "sh",
                os.fspath(self.folder))

    def run(self):
        """As rsyslogd's traditional format: time, host, tag and text; what is
        no text is escaped."""
        while True:
            octets = self.socket.recv(65536)
            if octets == b"stop":
                return
            m = re.fullmatch(rb"<\d+>(\w{3} [ \d]\d [\d:]{8}) (.*?)\0?\n?",
                             octets, re.S)
            text = re.sub(rb"[\0-\x1f\x7f]",
                          lambda c: b"#%03o" % c.group()[0], m.group(2))
            with open(self.path, "ab") as f:
                f.write(m.group(1) + b" pop " + text + b"\n")

    def stop(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(b"stop", os.fspath(self.folder / "log.socket"))
        self.join()
        self.socket.close()
