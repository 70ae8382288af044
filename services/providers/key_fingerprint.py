"""Marks that tell the keys of a server apart without revealing them.

Two accounts on one server can differ only in their keys: a key of the official service belongs
to a project. So a trace of the key is stored with what was seen through it.
"""

import hashlib
import hmac

_ROUNDS = 100_000
_BYTES = 2


def key_fingerprint(key: str, salt: bytes) -> bytes:
    """Two bytes that are the same for the same key and salt; for what is kept for long.

    They must be worthless to anyone who reads the file. Two bytes say so little that thousands of
    guesses fit even a weak key; the salt and the slow derivation (PBKDF2, about 50 ms) also make
    guessing in bulk expensive. Two keys of one server share a mark once in 65,536 times; files of
    one would then be reported as known in the other.
    """
    return hashlib.pbkdf2_hmac("sha256", _bytes_of(key), salt, _ROUNDS, _BYTES)


def key_mark(key: str, salt: bytes) -> str:
    """A mark unique to each key, made at once; for a cache, which is read at every start.

    An HMAC under a random salt: it can't be reversed, is in no table of known keys, and says
    nothing about the same key elsewhere. Only someone with the salt could try keys against it,
    and the keys of services are far too long to guess.
    """
    return hmac.new(salt, _bytes_of(key), "sha256").hexdigest()


def _bytes_of(key: str) -> bytes:
    # One from the environment need not be text.
    return key.encode("utf-8", "surrogatepass")
