# SPDX-License-Identifier: ISC
"""Hashes for users files, made by libcrypt itself."""
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
