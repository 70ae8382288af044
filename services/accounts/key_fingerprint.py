"""Marks that tell one key of a server from another, and from which no key can be made.

Two accounts of one server can differ in nothing but their keys: a key of the official service
belongs to a project. So something of the key has to be kept with what was seen by it.
"""

import hashlib
import hmac

_ROUNDS = 100_000
_BYTES = 2


def key_fingerprint(key: str, salt: bytes) -> bytes:
    """Two bytes that are the same for the same key and salt; for what is kept for long.

    They must be worthless to whoever reads the file. Two bytes say so little that thousands of
    guesses fit even a weak key; the salt and the slow derivation (PBKDF2, about 50 ms) make
    guessing in bulk dear besides. That two keys of one server have the same mark happens once in
    65,536; files of the one would then be told of as known at the other.
    """
    return hashlib.pbkdf2_hmac("sha256", _bytes_of(key), salt, _ROUNDS, _BYTES)


def key_mark(key: str, salt: bytes) -> str:
    """What no two keys have in common, at once; for a cache, which is asked for at every start.

    An HMAC under a random salt: it can't be turned back, is in no table of known keys, and says
    nothing about the same key elsewhere. Only who has the salt could try keys against it, and
    keys of services are far too long to be tried.
    """
    return hmac.new(salt, _bytes_of(key), "sha256").hexdigest()


def _bytes_of(key: str) -> bytes:
    # One from the environment need not be text.
    return key.encode("utf-8", "surrogatepass")
