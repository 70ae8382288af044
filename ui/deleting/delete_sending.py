"""Sends confirmed deletes, unless unfinished jobs need the files by then, or may need them."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.problems.errors import Problem
from services.problems.job_errors import not_deleted_unchecked
from services.references.events import ScanEnded, ScanOutcome
from services.system.language import _
from ui.backend import Backend
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar

if TYPE_CHECKING:
    from services.references.answer import Unchecked
    from services.references.reference import Reference


class DeleteSending(QObject):
    """Checks jobs again just before sending. What isn't sent stays, and the person is told why."""

    anyway_requested = Signal(object)
    """Files that couldn't be checked are to be deleted anyway, a tuple of `RemoteFile`."""

    def __init__(
        self, window: QWidget, backend: Backend, area: FilesArea, messages: MessageBar
    ) -> None:
        super().__init__(window)
        self._backend = backend
        self._area = area
        self._messages = messages
        self._confirmed: set[str] = set()
        """The IDs of files that are deleted whatever may need them."""
        self._waiting: tuple[RemoteFile, ...] = ()
        """The files to be deleted once jobs were checked."""
        self._scan = 0
        """The scan that checks them."""
        self._unchecked: dict[str, RemoteFile] = {}
        """Files by ID that weren't deleted, because jobs couldn't be checked."""
        self._problem: Problem | None = None
        """What is said about those."""
        self._anyway = QAction(_("Delete anyway"), self)
        self._anyway.triggered.connect(self._request_anyway)
        backend.events.on(ScanEnded, self._note_scan)

    def confirm(self, file_ids: Collection[str]) -> None:
        """Delete these files, when they are sent, whatever may need them."""
        self._confirmed.update(file_ids)

    def take_back(self, files: Sequence[RemoteFile]) -> None:
        """Forget what was confirmed of files, as they aren't sent."""
        self._confirmed.difference_update(file.id for file in files)

    def send(self, files: Sequence[RemoteFile]) -> None:
        """Delete files, once it is known which ones unfinished jobs need by now."""
        references = self._backend.session.references
        self._waiting = (*self._waiting, *files)
        if self._not_confirmed(self._waiting) and not references.scans.lists_are_fresh:
            self._scan = references.scans.start_lists()
            if self._scan:
                return
        self._send_waiting()

    def abandon(self) -> None:
        """Send nothing more, as the account changes."""
        self._keep_waiting()
        self._confirmed.clear()
        self._unchecked.clear()
        self._messages.withdraw(self._problem)

    def needed(self, files: Sequence[RemoteFile]) -> "list[tuple[RemoteFile, Reference]]":
        """Those of the files that something unfinished needs, each with what that is."""
        from services.references.reference import unfinished

        known = self._backend.session.references.by_file()
        found = ((file, unfinished(known.get(file.id, ()))) for file in files)
        return [(file, references[0]) for file, references in found if references]

    def _not_confirmed(self, files: Sequence[RemoteFile]) -> list[RemoteFile]:
        return [file for file in files if file.id not in self._confirmed]

    def _note_scan(self, event: ScanEnded) -> None:
        if event.scan != self._scan:
            return
        if event.outcome is ScanOutcome.STOPPED:
            self._keep_waiting()
        else:
            self._send_waiting(event.unread)

    def _keep_waiting(self) -> None:
        files, self._waiting = self._waiting, ()
        self._scan = 0
        if files:
            self._area.unmark_deleting(files)

    def _send_waiting(self, unread: "Sequence[Unchecked]" = ()) -> None:
        """`unread` are the lists of jobs that couldn't be read."""
        files, self._waiting = self._waiting, ()
        self._scan = 0
        asked = self._not_confirmed(files)
        needed = self.needed(asked)
        kept = {file.id: file for file, _one in needed}
        unchecked, problem = _unchecked([file for file in asked if file.id not in kept], unread)
        kept |= unchecked
        left = [file for file in files if file.id not in kept]
        self.take_back(files)
        if left:
            self._backend.session.delete(left)
        if kept:
            self._area.unmark_deleting(tuple(kept.values()))
        if needed:
            from ui.deleting.delete_words import held_back_in_words

            self._messages.show_notice(held_back_in_words(needed))
        if problem is not None:
            self._offer_anyway(unchecked, problem)

    def _offer_anyway(self, unchecked: Mapping[str, RemoteFile], why: Problem) -> None:
        if not self._messages.withdraw(self._problem):
            self._unchecked.clear()  # the person dismissed it, and with it those files
        self._unchecked.update(unchecked)
        self._problem = not_deleted_unchecked(len(self._unchecked), why)
        self._messages.show_problem(self._problem, action=self._anyway)

    @Slot()
    def _request_anyway(self) -> None:
        listed = self._area.files
        here = [file for file in map(listed.get, self._unchecked) if file is not None]
        files = tuple(file for file in here if file.id not in listed.deleting)
        self._unchecked.clear()
        if files:
            self.confirm([file.id for file in files])
            self.anyway_requested.emit(files)


def _unchecked(
    files: Sequence[RemoteFile], unread: "Sequence[Unchecked]"
) -> tuple[dict[str, RemoteFile], Problem | None]:
    """Those of the files, by ID, that a job may need, and why that isn't known."""
    if not unread:
        return {}, None
    from services.references.unread_lists import why_unknown

    reasons = {one: why_unknown(one, unread) for one in {file.purpose for file in files}}
    unknown = {file.id: file for file in files if reasons[file.purpose] is not None}
    return unknown, next((why for why in reasons.values() if why is not None), None)
