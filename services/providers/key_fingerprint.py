"""Hashes that tell a server's keys apart without revealing them.

Two accounts on one server can differ only in their keys: on the official service, a key belongs
to a project. So cached data is stored with a hash of the key that was used to fetch it.
"""

import hashlib
import hmac

_ROUNDS = 100_000
_BYTES = 2


def key_fingerprint(key: str, salt: bytes) -> bytes:
    """Two bytes derived from a key and salt; for data that is stored for a long time.

    They must be worthless to anyone who reads the file. Two bytes reveal so little that thousands
    of guesses match even for a weak key, and the salt and slow derivation (PBKDF2, about 50 ms)
    make guessing in bulk expensive. One pair of keys in 65,536 shares a fingerprint; files
    uploaded with one would then be reported as already uploaded with the other.
    """
    return hashlib.pbkdf2_hmac("sha256", _bytes_of(key), salt, _ROUNDS, _BYTES)


def key_hash(key: str, salt: bytes) -> str:
    """A hash unique to each key, and fast to compute; for a cache that is read at every start.

    An HMAC with a random salt: it can't be reversed or looked up in a table, and doesn't match
    the same key's hash anywhere else. Someone who has the salt could test guesses against it, but
    API keys are far too long to guess.
    """
    return hmac.new(salt, _bytes_of(key), "sha256").hexdigest()


def _bytes_of(key: str) -> bytes:
    # A key from the environment may not be valid text.
    return key.encode("utf-8", "surrogatepass")
