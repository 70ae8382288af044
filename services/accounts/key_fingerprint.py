"""A mark that tells one key of a server from another, and from which no key can be made."""

import hashlib

_ROUNDS = 100_000
_BYTES = 2


def key_fingerprint(key: str, salt: bytes) -> bytes:
    """Two bytes that are the same for the same key and salt.

    Two accounts of one server can differ in nothing but their keys: a key of the official service
    belongs to a project. So something of the key has to be kept, and it must be worthless to
    whoever reads the file. Two bytes say so little that thousands of guesses fit even a weak key;
    the salt and the slow derivation (PBKDF2, about 50 ms) make guessing in bulk dear besides.
    That two keys of one server have the same mark happens once in 65,536; files of the one would
    then be told of as known at the other.
    """
    return hashlib.pbkdf2_hmac("sha256", key.encode(), salt, _ROUNDS, _BYTES)
