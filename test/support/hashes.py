# SPDX-License-Identifier: ISC
"""Hashes for users files, made by libcrypt and libsodium themselves."""
import ctypes
import ctypes.util

_lib = ctypes.CDLL(ctypes.util.find_library("crypt"))
_lib.crypt_gensalt.restype = ctypes.c_char_p
_lib.crypt_gensalt.argtypes = [ctypes.c_char_p, ctypes.c_ulong,
                               ctypes.c_char_p, ctypes.c_int]
_lib.crypt.restype = ctypes.c_char_p
_lib.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]


def crypt(secret, prefix, cost):
    """{CRYPT}...: prefix as b"$6$", b"$2b$", b"$y$"; cost as libcrypt's own
    count for it.  The salt is always the same."""
    random = bytes(range(32))
    setting = _lib.crypt_gensalt(prefix, cost, random, len(random))
    assert setting, f"libcrypt does not know {prefix!r}"
    text = _lib.crypt(secret, setting)
    assert text and not text.startswith(b"*"), (prefix, text)
    return b"{CRYPT}" + text


def argon2id(secret, operations=2, octets=1 << 23):
    """{ARGON2ID}...: cheaper than what one would choose, as tests have to make
    many of them."""
    sodium = ctypes.CDLL(ctypes.util.find_library("sodium"))
    assert sodium.sodium_init() >= 0
    text = ctypes.create_string_buffer(128)
    assert sodium.crypto_pwhash_argon2id_str(
        text, secret, ctypes.c_ulonglong(len(secret)),
        ctypes.c_ulonglong(operations), ctypes.c_size_t(octets)) == 0
    return b"{ARGON2ID}" + text.value
