"""Writes the journal in the background, with one commit for many changes."""

import logging
import threading
from collections.abc import Callable, Iterable

from services.transfers.journal import Journal, JournalRow, OwnedFile

_log = logging.getLogger(__name__)

_GATHERING = 0.01
"""Seconds; see `gathering`."""


class JournalWriter:
    """A thread that writes a journal. Rows passed to `put` are on disk when `flush` returns."""

    def __init__(
        self,
        journal: Journal,
        on_change: Callable[[Exception | None], None] = lambda _error: None,
        *,
        known: Iterable[int] = (),
        gathering: float = _GATHERING,
    ) -> None:
        """`on_change` is called once with the error when writing fails, and with None on recovery.

        `known` are the IDs of the transfers in the journal. `gathering` is how many seconds changes
        may wait for others, to be written with them; `flush` ends it. When an upload begins, a
        `flush` follows within milliseconds, which would otherwise wait for two commits.
        """
        self._journal = journal
        self._on_change = on_change
        self._failing = False
        self._on_disk = set(known)
        self._gathering = gathering
        self._changed = threading.Condition()
        self._rows: dict[int, JournalRow | None] = {}
        self._unwritten: dict[int, JournalRow | None] = {}
        """Rows that couldn't be written; retried with the next change."""
        self._owned: list[OwnedFile] = []
        self._put_count = 0
        self._wanted_count = 0
        """The changes up to this one are waited for."""
        self._written_count = 0
        self._closed = False
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def put(self, rows: Iterable[JournalRow]) -> None:
        """Write rows soon."""
        with self._changed:
            self._rows.update((row.transfer.id, row) for row in rows)
            self._put_count += 1
            self._changed.notify_all()

    def clear(self, transfer_ids: Iterable[int], owned: Iterable[OwnedFile]) -> None:
        """Delete rows soon, and record the files that their uploads created."""
        with self._changed:
            self._rows.update(dict.fromkeys(transfer_ids))
            self._owned += owned
            self._put_count += 1
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all changes so far are on disk or have failed to be written.

        Changes made after `close` are not written.
        """
        with self._changed:
            wanted = self._wanted_count = self._put_count
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._written_count >= wanted or self._ended)

    @property
    def is_failing(self) -> bool:
        """Whether the last write failed."""
        with self._changed:
            return self._failing

    def holds_stale_row(self, transfer_id: int) -> bool:
        """Whether the journal holds an outdated row of a transfer, because the last write failed."""
        with self._changed:
            return transfer_id in self._unwritten and transfer_id in self._on_disk

    def close(self, seconds: float) -> bool:
        """Write pending changes and close the journal; return False if that takes over `seconds`."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._written_count < self._put_count or self._closed
                )
                self._changed.wait_for(
                    lambda: self._written_count < self._wanted_count or self._closed,
                    self._gathering,
                )
                rows, self._rows = self._unwritten | self._rows, {}
                owned, self._owned = self._owned, []
                put_count, closing = self._put_count, self._closed
            error = self._write(rows, owned)
            with self._changed:
                if error is None:
                    self._note_on_disk(rows)
                else:
                    self._owned += owned
                self._unwritten = {} if error is None else rows
                changed = self._failing != (error is not None)
                self._failing = error is not None
                self._written_count = put_count
                self._ended = closing and self._put_count == put_count
                self._changed.notify_all()
            if changed:
                self._on_change(error)
            if self._ended:
                break
        self._journal.close()

    def _note_on_disk(self, rows: dict[int, JournalRow | None]) -> None:
        for transfer_id, row in rows.items():
            if row is None:
                self._on_disk.discard(transfer_id)
            else:
                self._on_disk.add(transfer_id)

    def _write(
        self, rows: dict[int, JournalRow | None], owned: list[OwnedFile]
    ) -> Exception | None:
        try:
            self._journal.write(
                (row for row in rows.values() if row is not None),
                remove=[transfer_id for transfer_id, row in rows.items() if row is None],
                owned=owned,
            )
        except Exception as error:  # noqa: BLE001 - a bug must not block `flush` forever
            # Transfers continue; only a crash now would lose their state.
            if not self._failing:
                _log.exception("The transfer journal can't be written")
            return error
        return None
