"""Attaches files to vector stores and detaches them, and tells what became of it."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from services.jobs.events import StoreChangeEnded, StoreChangeProgress
from ui.backend import AccountLeaving, Backend
from ui.jobs.stores.store_inspector import ShownChange
from ui.jobs.stores.store_words import progress_in_words, result_in_words
from ui.messages.message_bar import MessageBar


@dataclass(slots=True)
class _Change:
    attaching: bool
    progress: StoreChangeProgress


class StoreChanges(QObject):
    """The changes that run in the open account."""

    changed = Signal(str)
    """More is done in the store with this ID."""
    attached = Signal(object)
    """Files were attached, as a `StoreChangeEnded` says."""
    detached = Signal(object)
    """Files were detached, as a `StoreChangeEnded` says."""

    def __init__(
        self,
        parent: QObject,
        backend: Backend,
        messages: MessageBar,
        store_name: Callable[[str], str],
        file_name: Callable[[str], str],
    ) -> None:
        """`store_name` and `file_name` give names by IDs."""
        super().__init__(parent)
        self._backend = backend
        self._messages = messages
        self._store_name = store_name
        self._file_name = file_name
        self._numbers = itertools.count(1)
        self._running: dict[int, _Change] = {}
        backend.events.on(AccountLeaving, self._stop_all)
        backend.events.on(StoreChangeProgress, self._note_progress)
        backend.events.on(StoreChangeEnded, self._end)

    def attach(self, store_id: str, file_ids: Sequence[str]) -> None:
        """Attach files to a store."""
        request = self._begin(store_id, len(file_ids), attaching=True)
        self._backend.session.jobs.stores.changes.attach(request, store_id, file_ids)

    def detach(self, store_id: str, file_ids: Sequence[str]) -> None:
        """Detach files from a store."""
        request = self._begin(store_id, len(file_ids), attaching=False)
        self._backend.session.jobs.stores.changes.detach(request, store_id, file_ids)

    def stop(self, request: int) -> None:
        """Change no more files; what was changed stays changed."""
        self._backend.session.jobs.stores.changes.stop(request)

    def of(self, store_id: str) -> tuple[ShownChange, ...]:
        """What runs in a store."""
        return tuple(
            ShownChange(
                request,
                progress_in_words(change.progress, attaching=change.attaching),
                change.progress.done / max(1, change.progress.total),
            )
            for request, change in self._running.items()
            if change.progress.store_id == store_id
        )

    def _begin(self, store_id: str, number: int, *, attaching: bool) -> int:
        request = next(self._numbers)
        account_id = self._backend.open_id or ""
        progress = StoreChangeProgress(account_id, store_id, request, 0, number)
        self._running[request] = _Change(attaching, progress)
        self.changed.emit(store_id)
        return request

    def _note_progress(self, event: StoreChangeProgress) -> None:
        if event.request in self._running:
            self._running[event.request].progress = event
            self.changed.emit(event.store_id)

    def _end(self, event: StoreChangeEnded) -> None:
        change = self._running.pop(event.request, None)
        if change is None:
            return
        self._messages.show_problems(
            (problem, self._file_name(file_id), file_id) for file_id, problem in event.failed
        )
        name = self._store_name(event.store_id)
        self._messages.show_notice(result_in_words(event, name, attaching=change.attaching))
        (self.attached if change.attaching else self.detached).emit(event)
        self.changed.emit(event.store_id)

    def _stop_all(self, _event: AccountLeaving) -> None:
        for request in self._running:
            self.stop(request)
        self._running.clear()
