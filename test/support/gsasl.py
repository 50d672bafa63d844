# SPDX-License-Identifier: ISC
"""GNU SASL's client, as support.sasl's mechanisms are used; and the channel
binding tls-exporter, which Python's ssl does not tell."""
import base64
import ctypes
import ctypes.util

OK, NEEDS_MORE = 0, 1
AUTHID, AUTHZID, PASSWORD, CB_TLS_EXPORTER = 1, 2, 3, 25


class Client:
    """A mechanism for sasl.attempt, by GNU SASL.  exporter: what to bind to,
    for -PLUS."""

    def __init__(self, name, user, password, authzid=None, exporter=None):
        self.name = name
        self.lib = ctypes.CDLL(ctypes.util.find_library("gsasl"))
        self.handle, self.session = ctypes.c_void_p(), ctypes.c_void_p()
        assert self.lib.gsasl_init(ctypes.byref(self.handle)) == OK
        assert self.lib.gsasl_client_start(
            self.handle, name, ctypes.byref(self.session)) == OK
        self._set(AUTHID, user)
        self._set(PASSWORD, password)
        if authzid is not None:
            self._set(AUTHZID, authzid)
        if exporter is not None:
            self._set(CB_TLS_EXPORTER, base64.b64encode(exporter))
        self.result = NEEDS_MORE
        self.begun = None

    def _set(self, number, octets):
        assert self.lib.gsasl_property_set(self.session, number, octets) == OK

    def _step(self, octets):
        out, length = ctypes.c_void_p(), ctypes.c_size_t()
        self.result = self.lib.gsasl_step(
            self.session, octets, ctypes.c_size_t(len(octets)),
            ctypes.byref(out), ctypes.byref(length))
        assert self.result in (OK, NEEDS_MORE), self.result
        said = ctypes.string_at(out, length.value) if out else b""
        self.lib.gsasl_free(out)
        return said

    def first(self):
        """None if the server speaks first."""
        if self.name in (b"LOGIN", b"CRAM-MD5"):
            return None
        if self.begun is None:
            self.begun = self._step(b"")
        return self.begun

    def next(self, challenge):
        return self._step(challenge)

    def check(self):
        assert self.result == OK, "the server has not shown who it is"

    def close(self):
        self.lib.gsasl_finish(self.session)
        self.lib.gsasl_done(self.handle)


class _SslSocket(ctypes.Structure):
    """The begin of CPython's _ssl._SSLSocket."""
    _fields_ = [("count", ctypes.c_ssize_t), ("type", ctypes.c_void_p),
                ("socket", ctypes.c_void_p), ("ssl", ctypes.c_void_p)]


def exporter(pop):
    """RFC 9266, of the connection under a Pop3."""
    lib = ctypes.CDLL("libssl.so.3")
    lib.SSL_get_version.restype = ctypes.c_char_p
    inside = pop.sock._sslobj  # pylint: disable=protected-access
    ssl = ctypes.c_void_p(_SslSocket.from_address(id(inside)).ssl)
    assert lib.SSL_get_version(ssl).decode() == pop.sock.version()
    octets, label = ctypes.create_string_buffer(32), b"EXPORTER-Channel-Binding"
    assert lib.SSL_export_keying_material(
        ssl, octets, ctypes.c_size_t(32), label, ctypes.c_size_t(len(label)),
        b"", ctypes.c_size_t(0), 1) == 1
    return octets.raw
