"""What is kept of the references of all accounts, in one file per account."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from services.api.files_api import FilesApi
from services.catalog.cache_names import CacheNames
from services.providers.account import AccountKind

if TYPE_CHECKING:
    from services.references.reference_cache import ReferenceCache

_log = logging.getLogger(__name__)


class ReferenceCaches:
    """The folder of caches, named by `CacheNames`. Thread-safe; methods block and raise nothing.

    The sandbox has none: it gets a new URL and key each time it starts.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is created by the first write."""
        self._folder = folder
        self._names = CacheNames(folder)

    def cache_of(self, api: FilesApi) -> "ReferenceCache | None":
        """The cache of what this account sees with its key; None if nothing is kept."""
        from services.references.reference_cache import ReferenceCache  # not needed at the start

        if api.account.kind is AccountKind.SANDBOX:
            return None
        name = self._names.name_for(api)
        return None if name is None else ReferenceCache(self._folder / f"{name}.sqlite")

    def clear(self, account_id: str) -> None:
        """Delete what is kept of an account."""
        self._delete(f"{CacheNames.account_part(account_id)}-*.sqlite")

    def clear_all(self) -> None:
        """Delete what is kept of all accounts."""
        self._delete("*.sqlite")

    def _delete(self, pattern: str) -> None:
        from services.references.reference_cache import ReferenceCache

        try:
            for path in self._folder.glob(pattern):
                ReferenceCache(path).delete()
        except OSError as error:
            _log.info("The folder of references can't be read: %s", error)
