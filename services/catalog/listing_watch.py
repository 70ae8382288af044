"""Which remembered files a whole listing did not have: they were deleted elsewhere, or expired."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(slots=True)
class _Listing:
    number: int
    missing: set[str]


class ListingWatch:
    """Follows the newest listing of each account. Not thread-safe."""

    def __init__(self) -> None:
        self._listings: dict[str, _Listing] = {}

    def begin(self, account_id: str, listing: int, remembered: Callable[[], set[str]]) -> None:
        """A listing begins, or goes on; `remembered` gives the files that it ought to have.

        What is uploaded from now on is not among them, and need not be listed any more.
        """
        known = self._listings.get(account_id)
        if known is None or known.number != listing:
            self._listings[account_id] = _Listing(listing, remembered())

    def take(self, account_id: str, listing: int, file_ids: Iterable[str]) -> None:
        """A listing has these files."""
        known = self._listings.get(account_id)
        if known is not None and known.number == listing:
            known.missing.difference_update(file_ids)

    def end(self, account_id: str, listing: int, complete: bool) -> set[str]:
        """A listing has ended; the files it ought to have had, if it was complete."""
        known = self._listings.get(account_id)
        if known is None or known.number != listing or not complete:
            return set()
        return known.missing
