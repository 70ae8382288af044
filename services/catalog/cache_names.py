"""Names for cached files of an account, so that no other account, project or key meets them."""

import contextlib
import hashlib
import logging
import secrets
import threading
from pathlib import Path

from services.api.files_api import FilesApi
from services.system.private_files import make_private_folder, replace_file

_log = logging.getLogger(__name__)

_SALT = "salt"
_SALT_BYTES = 32


class CacheNames:
    """Names the files of one cache folder. Thread-safe; methods block and raise nothing.

    A name has two parts. The first stands for the account, so that its files can be deleted
    without the key. The second is a hash over base URL, organization, project and key under a
    random salt of this folder.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is created when a name is first asked for."""
        self._folder = folder
        self._lock = threading.Lock()
        self._salt: bytes | None = None

    def name_for(self, api: FilesApi) -> str | None:
        """The name for what this account sees with its key; None if the disk can't be used."""
        salt = self._salt_of_folder()
        if salt is None:
            return None
        account = api.account
        parts = (account.base_url, account.organization, account.project, api.key_hash(salt))
        seen_as = hashlib.sha256(
            b"".join(hashlib.sha256(part.encode("utf-8", "replace")).digest() for part in parts)
        )
        return f"{self.account_part(account.id)}-{seen_as.hexdigest()[:32]}"

    @staticmethod
    def account_part(account_id: str) -> str:
        """The first part of the names of an account's files."""
        # IDs may have characters that aren't allowed in file names.
        return hashlib.sha256(account_id.encode("utf-8", "replace")).hexdigest()[:16]

    def _salt_of_folder(self) -> bytes | None:
        with self._lock:
            if self._salt is None:
                try:
                    self._salt = _read_salt(self._folder) or _make_salt(self._folder)
                except OSError as error:
                    _log.info("Nothing can be cached in %s: %s", self._folder.name, error)
            return self._salt


def _read_salt(folder: Path) -> bytes | None:
    with contextlib.suppress(FileNotFoundError):
        salt = (folder / _SALT).read_bytes()
        if len(salt) == _SALT_BYTES:
            return salt
    return None


def _make_salt(folder: Path) -> bytes | None:
    make_private_folder(folder)
    replace_file(folder / _SALT, secrets.token_bytes(_SALT_BYTES))
    # Another program may have made one at the same moment.
    return _read_salt(folder)
