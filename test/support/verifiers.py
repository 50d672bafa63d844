# SPDX-License-Identifier: ISC
"""What stands in users files beside hashes, computed apart from the server."""
import base64
import hashlib
import hmac

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def scram(secret, text, hash_name="sha256"):
    """Whether the verifier's text, as iterations,salt,StoredKey,ServerKey, is
    that secret's (RFC 5802)."""
    iterations, salt, stored_key, server_key = text.decode().split(",")[:4]
    salted = hashlib.pbkdf2_hmac(hash_name, secret, base64.b64decode(salt),
                                 int(iterations))
    client = hmac.new(salted, b"Client Key", hash_name).digest()
    stored = hashlib.new(hash_name, client).digest()
    server = hmac.new(salted, b"Server Key", hash_name).digest()
    return (stored == base64.b64decode(stored_key)
            and server == base64.b64decode(server_key))


def app_hash(user, password):
    """As restante_app keeps it."""
    letters = "".join(c for c in password.lower() if c in ALPHABET)
    assert len(letters) == 20
    digest = hashlib.blake2b(
        b"restante app password\0" + letters.encode() + user, digest_size=32)
    return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=")


def app_use_name(user, app):
    """The file that says when an app password was used."""
    return hashlib.blake2b(
        len(user).to_bytes(8, "little") + user + app,
        digest_size=16).hexdigest()


def extras(field):
    """The last field of a line, as a list of (key, value)."""
    return [tuple(word.split(b"=", 1)) for word in field.split()]
