# SPDX-License-Identifier: ISC
"""Headers of the PROXY protocol, made from its specification; and a real
HAProxy."""
import ipaddress
import shutil
import socket
import struct
import subprocess
import tempfile
from pathlib import Path

from support import proc
from support.pop3 import Closed, Pop3

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
HAPROXY = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/usr/local/sbin")
LISTED = "127.0.0.2"  # where proxies are, as PROXIES says
PROXIES = [LISTED, "127.0.1.0/24"]
CLIENT = ("192.0.2.7", 40007)
SERVER = "198.51.100.1"
TLV_CRC32C, TLV_NOOP, TLV_SSL = 0x03, 0x04, 0x20


def v1(client=CLIENT, server=None):
    family = 6 if ":" in client[0] else 4
    server = server or (SERVER if family == 4 else "2001:db8::1")
    return b"PROXY TCP%d %s %s %d 110\r\n" % (
        family, client[0].encode(), server.encode(), client[1])


def tlv(kind, value):
    return struct.pack("!BH", kind, len(value)) + value


def v2(client=CLIENT, tlvs=b"", command=0x21):
    """For a client; with client=None the proxy speaks for itself."""
    if client is None:
        return SIGNATURE + struct.pack("!BBH", 0x20, 0, len(tlvs)) + tlvs
    source = ipaddress.ip_address(client[0])
    server = SERVER if source.version == 4 else "2001:db8::1"
    block = (source.packed + ipaddress.ip_address(server).packed
             + struct.pack("!HH", client[1], 110) + tlvs)
    return SIGNATURE + struct.pack(
        "!BBH", command, 0x11 if source.version == 4 else 0x21,
        len(block)) + block


def ssl_tlv(client=1, version=b"TLSv1.3"):
    """That the client came by TLS, as far as the proxy knows."""
    return tlv(TLV_SSL, struct.pack("!BI", client, 1) + tlv(0x21, version))


def begin(server, header, source=LISTED, greet=True, **kw):
    """A connection that begins with header."""
    pop = Pop3(server.address, greet=False, source=source, **kw)
    pop.send(header)
    if greet:
        pop.greeting = pop.line()
        assert pop.greeting.startswith(b"+OK"), pop.greeting
    return pop


def is_dropped(pop):
    """Whether it is closed without a word."""
    try:
        pop.line()
    except Closed as e:
        return e.args[0] == b""
    finally:
        pop.close()
    return False


def can_begin(server, header, source=LISTED):
    pop = begin(server, header, source=source, greet=False)
    try:
        return pop.line().startswith(b"+OK")
    except Closed:
        return False
    finally:
        pop.close()


def free_port(host="127.0.0.1"):
    with socket.create_server((host, 0)) as s:
        return s.getsockname()[1]


class HaProxy:
    """HAProxy in front of address, connecting from source."""

    def __init__(self, address, options, source="127.0.0.2", certificate=None):
        self.port = free_port()
        self.dir = Path(tempfile.mkdtemp(prefix="restante-haproxy-"))
        tls = f" ssl crt {certificate}" if certificate else ""
        config = self.dir / "haproxy.cfg"
        config.write_text(f"""
defaults
  mode tcp
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen pop3
  bind 127.0.0.1:{self.port}{tls}
  server one {address[0]}:{address[1]} source {source} {options}
""", encoding="ascii")
        self.log = open(self.dir / "log", "wb")
        self.process = subprocess.Popen(
            [HAPROXY, "-db", "-f", config], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=subprocess.STDOUT)

    def said(self):
        return (self.dir / "log").read_bytes()

    def __enter__(self):
        def listens():
            assert self.process.poll() is None, self.said()
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", self.port)) == 0
        proc.wait_until(listens)
        return self

    def __exit__(self, *exc):
        self.process.terminate()
        self.process.wait(10)
        self.log.close()
        shutil.rmtree(self.dir, ignore_errors=True)

    @property
    def address(self):
        return ("127.0.0.1", self.port)
