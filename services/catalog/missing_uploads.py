"""Finds uploads missing from a complete listing: deleted elsewhere, or expired."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class _Listing:
    number: int
    missing: set[str]


class MissingUploads:
    """Follows the newest listing of each account. Not thread-safe."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}

    def begin(self, account_id: str, listing: int, expected: Callable[[], set[str]]) -> None:
        """Start or resume a listing; `expected` returns the files that it should have.

        Files uploaded after this call aren't expected in the listing.
        """
        current = self._listings.get(account_id)
        if current is None or current.number != listing:
            self._listings[account_id] = _Listing(listing, expected())

    def add_page(self, account_id: str, listing: int, file_ids: Iterable[str]) -> None:
        """Add a page with these files."""
        current = self._listings.get(account_id)
        if current is not None and current.number == listing and current.missing:
            current.missing.difference_update(file_ids)

    def end(self, account_id: str, listing: int, complete: bool) -> set[str]:
        """End a listing; return the files missing from it, if it was complete."""
        current = self._listings.get(account_id)
        if current is None or current.number != listing or not complete:
            return set()
        return current.missing
