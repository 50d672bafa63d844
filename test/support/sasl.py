# SPDX-License-Identifier: ISC
"""The client's side of SASL, told a second time and naively: nothing here is
shared with libgsasl.  RFC 4616 (PLAIN), RFC 5802 and 7677 (SCRAM), RFC 5929
(tls-server-end-point), RFC 2195 (CRAM-MD5)."""
import base64
import hashlib
import hmac
import os


class Refused(Exception):
    """The server said -ERR; args has its reply."""


class Plain:
    name = b"PLAIN"

    def __init__(self, user, password, authzid=b""):
        self.message = b"\0".join((authzid, user, password))

    def first(self):
        return self.message

    def next(self, challenge):
        assert challenge == b"", challenge
        return self.message

    def check(self):
        pass


class Login:
    name = b"LOGIN"

    def __init__(self, user, password):
        self.answers = [user, password]

    def first(self):
        return None

    def next(self, challenge):
        del challenge  # "Username:" or whatever it likes to say
        return self.answers.pop(0)

    def check(self):
        assert not self.answers


class CramMd5:
    name = b"CRAM-MD5"

    def __init__(self, user, password):
        self.user, self.password = user, password

    def first(self):
        return None

    def next(self, challenge):
        digest = hmac.new(self.password, challenge, "md5").hexdigest()
        return self.user + b" " + digest.encode()

    def check(self):
        pass


class External:
    name = b"EXTERNAL"

    def __init__(self, authzid=b""):
        self.authzid = authzid

    def first(self):
        return self.authzid

    def next(self, challenge):
        assert challenge == b"", challenge
        return self.authzid

    def check(self):
        pass


class Scram:
    """binding: None, or (name, octets) for -PLUS; flag: what to say of the
    binding if there is none, b"n" or b"y"."""

    def __init__(self, user, password, hashed="sha256", binding=None,
                 flag=b"n", authzid=b""):
        self.user, self.password, self.hashed = user, password, hashed
        self.binding = binding
        self.name = {"sha1": b"SCRAM-SHA-1", "sha256": b"SCRAM-SHA-256"}[hashed]
        self.name += b"-PLUS" if binding else b""
        flag = b"p=" + binding[0] if binding else flag
        self.header = flag + b"," + (b"a=" + authzid if authzid else b"") + b","
        self.nonce = base64.b64encode(os.urandom(18))
        self.signature = None
        self.is_server_known = False

    def first(self):
        user = self.user.replace(b"=", b"=3D").replace(b",", b"=2C")
        self.bare = b"n=" + user + b",r=" + self.nonce
        return self.header + self.bare

    def next(self, challenge):
        if challenge.startswith(b"v="):
            assert base64.b64decode(challenge[2:]) == self.signature
            self.is_server_known = True
            return b""
        return self._final(challenge)

    def _final(self, challenge):
        said = dict(part.split(b"=", 1) for part in challenge.split(b","))
        assert said[b"r"].startswith(self.nonce) and said[b"r"] != self.nonce
        salted = hashlib.pbkdf2_hmac(self.hashed, self.password,
                                     base64.b64decode(said[b"s"]),
                                     int(said[b"i"]))
        bound = self.header + (self.binding[1] if self.binding else b"")
        bare = b"c=" + base64.b64encode(bound) + b",r=" + said[b"r"]
        message = b",".join((self.bare, challenge, bare))
        key = self._hmac(salted, b"Client Key")
        proof = self._hmac(hashlib.new(self.hashed, key).digest(), message)
        proof = bytes(a ^ b for a, b in zip(key, proof))
        self.signature = self._hmac(self._hmac(salted, b"Server Key"), message)
        return bare + b",p=" + base64.b64encode(proof)

    def _hmac(self, key, text):
        return hmac.new(key, text, self.hashed).digest()

    def check(self):
        assert self.is_server_known, "the server has not shown who it is"


def verifier(password, hashed="sha256", iterations=4096, salt=bytes(range(16))):
    """{SCRAM-...}iterations,salt,StoredKey,ServerKey, as in a users file."""
    salted = hashlib.pbkdf2_hmac(hashed, password, salt, iterations)
    key = hmac.new(salted, b"Client Key", hashed).digest()
    parts = (salt, hashlib.new(hashed, key).digest(),
             hmac.new(salted, b"Server Key", hashed).digest())
    scheme = {"sha1": b"{SCRAM-SHA-1}", "sha256": b"{SCRAM-SHA-256}"}[hashed]
    return scheme + b",".join(
        (b"%d" % iterations, *map(base64.b64encode, parts)))


def server_end_point(pop):
    """(name, octets) of the binding tls-server-end-point: the certificate's
    hash, by SHA-256 as all that tests make is signed with that."""
    der = pop.sock.getpeercert(binary_form=True)
    return b"tls-server-end-point", hashlib.sha256(der).digest()


def b64(octets):
    return base64.b64encode(octets) or b"="


def attempt(pop, mechanism, initial=True):
    """One exchange; the server's last reply.  initial: whether the first
    response goes with the command."""
    first = mechanism.first() if initial else None
    line = b"AUTH " + mechanism.name
    reply = pop.cmd(line + (b" " + b64(first) if first is not None else b""))
    waits = mechanism.first() if not initial else None
    while reply.startswith(b"+ "):
        challenge = base64.b64decode(reply[2:], validate=True)
        if waits is not None:
            assert challenge == b"", challenge
            response, waits = waits, None
        else:
            response = mechanism.next(challenge)
        # Behind the command alone "=" stands for nothing.
        reply = pop.cmd(base64.b64encode(response))
    return reply


def login(pop, mechanism, initial=True):
    reply = attempt(pop, mechanism, initial)
    if not reply.startswith(b"+OK"):
        raise Refused(reply)
    mechanism.check()
    return pop


def mechanisms(pop):
    """What CAPA offers."""
    for line in pop.multi(b"CAPA").split(b"\r\n"):
        if line.startswith(b"SASL"):
            return line.split()[1:]
    return []
