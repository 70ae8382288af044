"""The last listings of all accounts: one file for each, never mixed."""

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
    """The folder with the caches. Thread-safe; methods block and raise nothing.

    The name of a file has two parts. The first stands for the account, so that its cache can be
    removed without the key. The second is a hash over base URL, organization, project and the
    mark of the key under a random salt of this folder, so that another project or key never meets
    the files of this one.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is made when something is first written to it."""
        self._folder = folder
        self._lock = threading.Lock()
        self._salt: bytes | None = None

    def cache_of(self, api: FilesApi) -> ListingCache | None:
        """The cache of what this account sees with its key; None when the disk can't be used."""
        salt = self._salt_of_folder()
        if salt is None:
            return None
        account = api.account
        parts = (account.base_url, account.organization, account.project, api.key_hash(salt))
        seen_as = hashlib.sha256(
            b"".join(hashlib.sha256(part.encode("utf-8", "replace")).digest() for part in parts)
        )
        return ListingCache(
            self._folder / f"{_mark_of_account(account.id)}-{seen_as.hexdigest()[:32]}.sqlite"
        )

    def keep_only(self, account_id: str, path: Path) -> None:
        """Delete the account's other listings: those of an older key or address."""
        for other in self._files(_mark_of_account(account_id)):
            if other != path:
                ListingCache(other).delete()

    def forget(self, account_id: str) -> None:
        """Delete the listings of an account."""
        for path in self._files(_mark_of_account(account_id)):
            ListingCache(path).delete()

    def forget_all(self) -> None:
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


def _mark_of_account(account_id: str) -> str:
    # Ids may have characters that aren't allowed in file names.
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
    # Another program may have made one at the same moment.
    return _read_salt(folder)
