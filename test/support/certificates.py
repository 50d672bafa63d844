# SPDX-License-Identifier: ISC
"""Certificates for tests, made by the openssl command: a root, a certificate
below it that signs, as real authorities have, and what that signs."""
import functools
import os
import shutil
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

KEY_OPTIONS = {
    "ec": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
    "rsa1024": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"),
}
IS_AUTHORITY = """basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
"""
IS_LEAF = """basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
extendedKeyUsage = {usage}
{names}"""
# A CRL or OCSP address is what testssl.sh looks for, and nobody asks there.
CRL = "crlDistributionPoints = URI:http://crl.invalid/test.crl\n"


def openssl(*words, text=None):
    done = subprocess.run(["openssl", *map(str, words)], input=text,
                          check=False, capture_output=True)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


@dataclass
class Certificate:
    """chain: the certificate, then the one that signed it; as PEM files."""
    chain: Path
    key: Path

    def der(self):
        return ssl.PEM_cert_to_DER_cert(self._first())

    def _first(self):
        end = "-----END CERTIFICATE-----\n"
        return self.chain.read_text(encoding="ascii").split(end)[0] + end

    def copy(self, folder):
        return Certificate(*(Path(shutil.copy(p, folder))
                             for p in (self.chain, self.key)))

    def replace(self, other):
        """Its files become the other's, each at once."""
        for mine, theirs in ((self.chain, other.chain), (self.key, other.key)):
            new = mine.with_suffix(".new")
            new.write_bytes(theirs.read_bytes())
            new.chmod(theirs.stat().st_mode & 0o777)
            new.rename(mine)


class Authority:
    """Its files are in folder, which must be there."""

    def __init__(self, folder):
        self.folder = folder
        self.root = self._authority("root", None)
        self.signer = self._authority("signer", self.root)

    @property
    def roots(self):
        """The PEM file that clients trust."""
        return self.root.chain

    def server(self, file, *names, kind="ec", days=90, **more):
        """names: DNS names, wildcards, or addresses."""
        return self._leaf(file, names[0], alt_names(names), "serverAuth", kind,
                          days, **more)

    def client(self, file, common_name, email=None, kind="ec", days=90,
               usage="clientAuth"):
        names = f"email:{email}" if email else None
        return self._leaf(file, common_name, names, usage, kind, days)

    def context(self, **more):
        """For a client that trusts us and nobody else."""
        return client_context(self.roots, **more)

    def _authority(self, file, above):
        return self._sign(file, f"/O=restante test/CN=test {file}",
                          IS_AUTHORITY, above, "ec", 90, with_chain=False)

    def _leaf(self, file, common_name, names, usage, kind, days,
              common_name_only=False):
        extensions = IS_LEAF.format(usage=usage, names=(
            f"subjectAltName = {names}\n"
            if names and not common_name_only else "")) + CRL
        return self._sign(file, f"/CN={common_name}", extensions, self.signer,
                          kind, days, with_chain=True)

    def _sign(self, file, subject, extensions, above, kind, days, with_chain):
        chain, key = (self.folder / (file + end) for end in (".pem", ".key"))
        openssl("genpkey", *KEY_OPTIONS[kind], "-out", key)
        key.chmod(0o600)
        request = openssl("req", "-new", "-config", os.devnull, "-key", key,
                          "-subj", subject)
        (self.folder / "extensions").write_text(extensions, encoding="ascii")
        signer = ("-CA", above.chain, "-CAkey", above.key) if above else (
            "-key", key)
        pem = openssl("x509", "-req", "-days", days, *signer, "-set_serial",
                      int.from_bytes(os.urandom(12), "big") | 1,
                      "-extfile", self.folder / "extensions", text=request)
        if with_chain:
            pem += above.chain.read_bytes()
        chain.write_bytes(pem)
        return Certificate(chain, key)


def alt_names(names):
    return ", ".join(("IP:" if n.replace(".", "").isdigit() or ":" in n
                      else "DNS:") + n for n in names)


def client_context(roots, certificate=None, alpn=(), version=None, ciphers=None):
    """version: an ssl.TLSVersion that it speaks alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(roots)
    if certificate:
        context.load_cert_chain(certificate.chain, certificate.key)
    if alpn:
        context.set_alpn_protocols(alpn)
    if version:
        context.minimum_version = context.maximum_version = version
    if ciphers:
        context.set_ciphers(ciphers)
    return context


@functools.cache
def _folder():
    """Removed when Python ends."""
    folder = tempfile.TemporaryDirectory(prefix="restante-test-tls-")
    os.chmod(folder.name, 0o755)
    return folder


@functools.cache
def authority():
    """The one that all tests share that need none of their own."""
    return Authority(Path(_folder().name))


def standard(kind="ec"):
    """For the name and the addresses under which tests reach a server."""
    return _standard(kind)


@functools.cache
def _standard(kind):
    return authority().server(kind, "pop.test", "localhost", "127.0.0.1",
                              kind=kind)
