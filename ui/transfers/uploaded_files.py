"""Reports completed uploads, copies their IDs and shows them in the file list."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.providers.features import Feature
from services.providers.providers import provider_named
from services.providers.purposes import official_name
from services.system.language import _, ngettext
from services.transfers.events import TransfersCleared, TransfersRestored
from services.transfers.transfer import Transfer
from ui.backend import Backend, TransfersChanged
from ui.messages.message_bar import MessageBar
from ui.transfers.upload_batches import UploadBatches
from ui.wording import count_in_words, one_line


class UploadedFiles(QObject):
    """Reports a batch of uploads when all are done, and leads to the resulting files."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        show_ids: Callable[[Sequence[str]], bool],
        start_batch: Callable[[str], object],
        name_of: Callable[[str], str],
    ) -> None:
        """`show_ids` selects files of the open account in the table, and returns whether any exist.

        `start_batch` asks whether to start a batch with the file that has this ID. `name_of` returns
        an account's name by ID.
        """
        super().__init__(window)
        self._backend = backend
        self._messages = messages
        self._show_ids = show_ids
        self._name_of = name_of
        self._batches = UploadBatches()
        self._reported_ids: tuple[str, ...] = ()
        self._copy = QAction(self)
        self._copy.triggered.connect(self._copy_reported)
        self._start_batch = start_batch
        self._start = QAction(_("Start a batch…"), self)
        self._start.triggered.connect(self._start_reported)
        backend.events.on(TransfersChanged, self._report_done)
        backend.events.on(TransfersCleared, lambda event: self._batches.forget(event.transfer_ids))
        backend.events.on(TransfersRestored, lambda _event: self._batches.note_restored())

    def _report_done(self, event: TransfersChanged) -> None:
        for uploads in self._batches.update(event.transfers):
            if not self._backend.tells_of(uploads[0].account_id):
                continue
            self._reported_ids = tuple(one.file_id for one in uploads if one.file_id)
            self._copy.setText(_("Copy IDs") if len(uploads) > 1 else _("Copy ID"))
            action = self._copy if self._reported_ids else None
            is_batch = len(uploads) == 1 and official_name(uploads[0].purpose) == "batch"
            if action is not None and is_batch and self._may_start_batch(uploads[0]):
                action = self._start
            words, account_id = _uploaded_in_words(uploads), uploads[0].account_id
            if account_id != self._backend.open_id:
                account = self._name_of(account_id)
                words = _("{account}: {words}").format(account=account, words=words)
            self._messages.show_notice(words, action=action)

    def _may_start_batch(self, upload: Transfer) -> bool:
        account = self._backend.open_account
        return (
            account is not None
            and account.id == upload.account_id
            and not provider_named(account.provider_id).why_not(Feature.BATCHES)
        )

    @Slot(list)
    def copy_ids(self, ids: Sequence[str]) -> None:
        """Copy IDs to the clipboard, one per line, and show a notice."""
        if ids:
            QGuiApplication.clipboard().setText("\n".join(ids))
            number = ngettext("{number} ID", "{number} IDs", len(ids))
            text = ids[0] if len(ids) == 1 else number.format(number=count_in_words(len(ids)))
            self._messages.show_notice(_("Copied: {text}").format(text=one_line(text)))

    @Slot(list)
    def show_in_list(self, transfers: Sequence[Transfer]) -> None:
        """Select the uploaded files in the list, or show why that is not possible."""
        here = self._backend.open_id
        ids = [one.file_id for one in transfers if one.account_id == here]
        if not ids:
            words = ngettext(
                "This file is in another account",
                "These files are in another account",
                len(transfers),
            )
            self._messages.show_notice(words)
        elif not self._show_ids(ids):
            words = ngettext(
                "This file is no longer in the list",
                "These files are no longer in the list",
                len(ids),
            )
            self._messages.show_notice(words)

    @Slot()
    def _start_reported(self) -> None:
        self._start_batch(self._reported_ids[0])

    @Slot()
    def _copy_reported(self) -> None:
        self.copy_ids(self._reported_ids)


def _uploaded_in_words(uploads: Sequence[Transfer]) -> str:
    if len(uploads) == 1:
        return _("Uploaded: {name}").format(name=one_line(uploads[0].name))
    words = ngettext("{number} uploaded", "{number} uploaded", len(uploads))
    return words.format(number=count_in_words(len(uploads)))
