"""Which upload created which remote file, so that no two uploads are matched with the same file."""

from collections import defaultdict
from collections.abc import Iterable

from services.transfers.destination import server_of
from services.transfers.entry import Entry
from services.transfers.journal import OwnedFile
from services.transfers.shared_claims import SharedClaims

_CLEARED = 0
"""Stands for an upload that was cleared from the list in an earlier session."""


class FileOwners:
    """The uploads that own remote files, here and in other programs.

    All but `claim` needs the store's lock.
    """

    def __init__(self) -> None:
        self._owners: defaultdict[str, dict[str, int]] = defaultdict(dict)
        """By server and file ID: the upload that created the file, even if cleared since."""
        self._claims = SharedClaims(None)

    def restore(self, owned: Iterable[OwnedFile], claims: SharedClaims) -> None:
        """Load the files of cleared uploads, and share claims with other programs from now on."""
        self._claims = claims
        for file in owned:
            self._owners[file.server].setdefault(file.file_id, _CLEARED)

    def owned_by_others(self, entry: Entry) -> frozenset[str]:
        """Return the files on its server that other uploads created or were matched with."""
        server = server_of_entry(entry)
        here = self._owners[server].items()
        owned = frozenset(file_id for file_id, owner in here if owner != entry.transfer.id)
        return owned | self._claims.claimed_by_others(server, entry.job.mark)

    def owner_of(self, file_id: str, entry: Entry) -> int:
        """Return the transfer that owns a file on the entry's server; 0 if none in the list does."""
        return self._owners[server_of_entry(entry)].get(file_id, _CLEARED)

    def claim(self, file_id: str, entry: Entry, now: float, *, found: bool) -> bool:
        """Claim a file for an upload; False if another program has it. See `SharedClaims.claim`."""
        server = server_of_entry(entry)
        return self._claims.claim(server, file_id, entry.job.mark, now, found=found)

    def record(self, file_id: str, entry: Entry) -> None:
        """Record that a file belongs to this upload."""
        self._owners[server_of_entry(entry)][file_id] = entry.transfer.id

    def release(self, entry: Entry) -> None:
        """Release the file that an upload was matched with, if any."""
        server, file_id = server_of_entry(entry), entry.transfer.file_id
        self._owners[server].pop(file_id, None)
        if file_id:
            self._claims.release(server, file_id, entry.job.mark)

    def close(self) -> None:
        """Stop sharing claims."""
        self._claims.close()


def server_of_entry(entry: Entry) -> str:
    """Return a key for the server of a transfer; see `server_of`."""
    return server_of(entry.job, entry.transfer.account_id)
