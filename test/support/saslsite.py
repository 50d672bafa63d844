# SPDX-License-Identifier: ISC
"""Servers with users that are known by secrets of each kind."""
from support import sasl
from support.certificates import authority
from support.hashes import crypt
from support.paths import need_build
from support.server import Server


def add_users(site):
    """plain, whose password is there to read; scram and sha1, with a verifier;
    hash, with a hash alone."""
    site.make_user(b"plain", b"a secret, =x")
    site.make_user(b"scram", b"another", hashed=sasl.verifier(b"another"))
    site.make_user(b"sha1", b"third", hashed=sasl.verifier(b"third", "sha1"))
    site.make_user(b"hash", b"fourth", hashed=crypt(b"fourth", b"$6$", 1000))
    site.write_users()


def make(**settings):
    need_build()
    server = Server({"connections_per_address": 1000,
                     "tls_client_ca": authority().roots, **settings}, tls=True)
    add_users(server.site)
    return server


def running(settings):
    """For a fixture: one that is started, and judged at the end."""
    server = make(**settings)
    try:
        server.start()
        yield server
    except BaseException:
        server.stop(judge=False)
        raise
    server.stop()


def guarded(**settings):
    """Started, and counting failures."""
    return make(failures_max=5, **settings).start()
