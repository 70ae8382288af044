"""The cached listings of all accounts, in one file per account."""

import contextlib
import hashlib
import logging
import secrets
import threading
from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.listing_cache import ListingCache
from services.system.private_files import make_private_folder, replace_file

_log = logging.getLogger(__name__)

_SALT = "salt"
_SALT_BYTES = 32


class ListingCaches:
    """The folder of caches. Thread-safe; methods block and raise nothing.

    A file name has two parts. The first identifies the account, so that its cache can be deleted
    without the key. The second is a hash of base URL, organization, project and key mark, salted
    per folder, so that another project or key never sees these files.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first write."""
        self._folder = folder
        self._lock = threading.Lock()
        self._salt: bytes | None = None

    def cache_of(self, api: FilesApi) -> ListingCache | None:
        """The cache of what this account sees with its key; None if the disk can't be used."""
        salt = self._salt_of_folder()
        if salt is None:
            return None
        account = api.account
        parts = (account.base_url, account.organization, account.project, api.key_hash(salt))
        identity = hashlib.sha256(
            b"".join(hashlib.sha256(part.encode("utf-8", "replace")).digest() for part in parts)
        )
        return ListingCache(
            self._folder / f"{_account_mark(account.id)}-{identity.hexdigest()[:32]}.sqlite"
        )

    def keep_only(self, account_id: str, path: Path) -> None:
        """Delete the account's other listings: those of an older key or URL."""
        for other in self._files(_account_mark(account_id)):
            if other != path:
                ListingCache(other).delete()

    def clear(self, account_id: str) -> None:
        """Delete the listings of an account."""
        for path in self._files(_account_mark(account_id)):
            ListingCache(path).delete()

    def clear_all(self) -> None:
        """Delete the listings of all accounts."""
        for path in self._files("*"):
            ListingCache(path).delete()

    def _files(self, account: str) -> list[Path]:
        try:
            return list(self._folder.glob(f"{account}-*.sqlite"))
        except OSError as error:
            _log.info("The folder of cached listings can't be read: %s", error)
            return []

    def _salt_of_folder(self) -> bytes | None:
        with self._lock:
            if self._salt is None:
                try:
                    self._salt = _read_salt(self._folder) or _make_salt(self._folder)
                except OSError as error:
                    _log.info("Listings can't be cached: %s", error)
            return self._salt


def _account_mark(account_id: str) -> str:
    # IDs may have characters that aren't allowed in file names.
    return hashlib.sha256(account_id.encode("utf-8", "replace")).hexdigest()[:16]


def _read_salt(folder: Path) -> bytes | None:
    with contextlib.suppress(FileNotFoundError):
        salt = (folder / _SALT).read_bytes()
        if len(salt) == _SALT_BYTES:
            return salt
    return None


def _make_salt(folder: Path) -> bytes | None:
    make_private_folder(folder)
    replace_file(folder / _SALT, secrets.token_bytes(_SALT_BYTES))
    # Another program may have created one at the same time.
    return _read_salt(folder)
