"""The cached listings of all accounts, in one file per account."""

import logging
from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.cache_names import CacheNames
from services.catalog.listing_cache import ListingCache

_log = logging.getLogger(__name__)


class ListingCaches:
    """The folder of caches, named by `CacheNames`. Thread-safe; methods block and raise nothing."""

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first write."""
        self._folder = folder
        self._names = CacheNames(folder)

    def cache_of(self, api: FilesApi) -> ListingCache | None:
        """The cache of what this account sees with its key; None if the disk can't be used."""
        name = self._names.name_for(api)
        return None if name is None else ListingCache(self._folder / f"{name}.sqlite")

    def keep_only(self, account_id: str, path: Path) -> None:
        """Delete the account's other listings: those of an older key or URL."""
        for other in self._files(CacheNames.account_part(account_id)):
            if other != path:
                ListingCache(other).delete()

    def clear(self, account_id: str) -> None:
        """Delete the listings of an account."""
        for path in self._files(CacheNames.account_part(account_id)):
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
