"""Changing files: the dialog, the report, and the offer to delete the old file."""

import itertools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.api.remote_file import RemoteFile
from services.catalog.events import OriginFound
from services.checks.events import FilesChecked
from services.disk.local_file import LocalFile
from services.providers.providers import provider_named
from services.system.language import _, ngettext
from services.transfers.events import ChangeEnded
from services.transfers.transfer import Transfer
from ui.backend import Backend
from ui.changing.change_words import ended_in_words
from ui.deleting.delete_flow import DeleteFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar
from ui.wording import one_line

if TYPE_CHECKING:
    from services.transfers.change_job import WantedFile
    from ui.changing.change_dialog import ChangeDialog


class ChangeFlow(QObject):
    """Asks how a file is to be, has it changed, and reports that."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        area: FilesArea,
        deletes: DeleteFlow,
        refused: RefusedContent,
        messages: MessageBar,
        clock: Callable[[], float],
    ) -> None:
        """`clock` returns seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._area = area
        self._deletes = deletes
        self._refused = refused
        self._messages = messages
        self._clock = clock
        self._file: RemoteFile | None = None
        self._dialog: ChangeDialog | None = None
        self._check_numbers = itertools.count(-1, -1)  # those of uploads are positive
        self._check_number = 0
        """The number of the check that was requested last."""
        self._ended: ChangeEnded | None = None
        self._delete_old = QAction(_("Delete the old file…"), self)
        self._delete_old.triggered.connect(self._delete_reported)
        self._copy_new = QAction(_("Copy new ID"), self)
        self._copy_new.triggered.connect(self._copy_reported)
        backend.events.on(OriginFound, self._show_origin)
        backend.events.on(FilesChecked, self._show_checked)
        backend.events.on(ChangeEnded, self._report)

    @Slot()
    def ask(self) -> None:
        """Ask how the selected file is to be."""
        from ui.changing.change_dialog import ChangeDialog

        files = self._area.table.selected_files()
        account = self._backend.open_account
        if len(files) != 1 or account is None:
            return
        self._file = file = files[0]
        self._dialog = dialog = ChangeDialog(
            file,
            provider_named(account.provider_id),
            self._refused.reason(file.purpose),
            self._references_of(file),
            self._clock,
            self._window,
        )
        dialog.change_requested.connect(self._change)
        dialog.check_requested.connect(self._check)
        dialog.finished.connect(self._dialog_closed)
        self._backend.session.uploads.origin_of(file.id)
        dialog.open()

    @Slot(list)
    def delete_old(self, changes: Sequence[Transfer]) -> None:
        """Ask whether to delete the old files of changes, as far as they are still listed."""
        here = [one.replaces for one in changes if one.account_id == self._backend.open_id]
        files = [file for file in map(self._area.files.get, here) if file is not None]
        if files:
            self._deletes.ask_about(files)
        else:
            words = ngettext(
                "The old file is no longer in the list",
                "The old files are no longer in the list",
                len(changes),
            )
            self._messages.show_notice(words)

    def abandon(self) -> None:
        """Close the dialog and drop the offer, as the account changes."""
        if self._dialog is not None:
            self._dialog.reject()
        self._ended = None

    def _references_of(self, file: RemoteFile) -> Sequence[str]:
        """What is known to refer to a file, and what isn't known, in sentences."""
        from ui.inspector.needed_by_words import (
            MOST_LINES,
            line_in_words,
            more_in_words,
            note_in_words,
        )

        references = self._backend.session.references
        answer = references.answer(file.id, file.created_at)
        lines = [line_in_words(one) for one in answer.references[:MOST_LINES]]
        sentences = [" · ".join(filter(None, (line.title, line.detail))) for line in lines]
        if len(answer.references) > MOST_LINES:
            sentences.append(more_in_words(len(answer.references) - MOST_LINES))
        sentences.append(note_in_words(answer, references.coverage, self._clock()))
        return sentences

    def _show_origin(self, event: OriginFound) -> None:
        if (
            self._dialog is not None
            and self._file is not None
            and event.account_id == self._backend.open_id
            and event.file_id == self._file.id
        ):
            self._dialog.show_origin(event.origin)

    @Slot(object, str)
    def _check(self, file: LocalFile, purpose: str) -> None:
        account = self._backend.open_account
        if account is not None:
            self._check_number = next(self._check_numbers)
            limits = provider_named(account.provider_id).limits
            checks = self._backend.session.checks
            checks.check(self._check_number, [(file, purpose)], limits)

    def _show_checked(self, event: FilesChecked) -> None:
        if self._dialog is not None and event.request == self._check_number:
            for checked in event.checked:
                self._dialog.show_checked(checked)

    def _report(self, event: ChangeEnded) -> None:
        if not self._backend.tells_of(event.account_id):
            return
        self._ended = event
        is_here = event.account_id == self._backend.open_id
        if is_here:
            from ui.inspector.needed_by_words import line_in_words

            old = event.old
            answer = self._backend.session.references.answer(old.id, old.created_at)
            words = ended_in_words(event, [line_in_words(one).title for one in answer.references])
            self._messages.show_notice(words, action=self._delete_old, second=self._copy_new)
        else:
            self._messages.show_notice(ended_in_words(event, ()), action=self._copy_new)

    @Slot(object)
    def _change(self, wanted: "WantedFile") -> None:
        if self._file is not None:
            self._backend.session.change(self._file, wanted)

    @Slot()
    def _dialog_closed(self) -> None:
        self._dialog = None

    @Slot()
    def _delete_reported(self) -> None:
        ended = self._ended
        if ended is not None and ended.account_id == self._backend.open_id:
            self._deletes.ask_about([ended.old])

    @Slot()
    def _copy_reported(self) -> None:
        if self._ended is not None:
            QGuiApplication.clipboard().setText(self._ended.new.id)
            text = _("Copied: {text}").format(text=one_line(self._ended.new.id))
            self._messages.show_notice(text)
