"""What comes after an upload: its id is told and copied, its row is shown."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.system.language import _, ngettext
from services.transfers.transfer import Transfer
from ui.messages.message_bar import MessageBar
from ui.transfers.upload_batches import UploadBatches
from ui.wording import count_in_words, one_line


class UploadedFiles(QObject):
    """Tells of uploads when all of a batch are done, and leads to the files they became."""

    def __init__(
        self,
        window: QWidget,
        messages: MessageBar,
        account_id: Callable[[], str | None],
        show_ids: Callable[[Sequence[str]], bool],
    ) -> None:
        """`account_id` gives the account in use; `show_ids` selects files of it in the table.

        That says whether there were any.
        """
        super().__init__(window)
        self._messages = messages
        self._account_id = account_id
        self._show_ids = show_ids
        self._batches = UploadBatches()
        self._told: tuple[str, ...] = ()
        self._copy = QAction(self)
        self._copy.triggered.connect(self._copy_told)

    @Slot()
    def note_restored(self) -> None:
        """What is done from here on is news."""
        self._batches.note_restored()

    @Slot(object)
    def forget(self, transfer_ids: Iterable[int]) -> None:
        """These are no longer in the list."""
        self._batches.forget(transfer_ids)

    @Slot(object)
    def take(self, transfers: Iterable[Transfer]) -> None:
        """Take snapshots, and tell of what is done."""
        for uploads in self._batches.update(transfers):
            self._told = tuple(one.file_id for one in uploads if one.file_id)
            self._copy.setText(_("Copy IDs") if len(uploads) > 1 else _("Copy ID"))
            self._messages.show_notice(_told_of(uploads), action=self._copy if self._told else None)

    @Slot(list)
    def copy_ids(self, ids: Sequence[str]) -> None:
        """Put ids into the clipboard, one a line, and say so."""
        if ids:
            QGuiApplication.clipboard().setText("\n".join(ids))
            number = ngettext("{number} ID", "{number} IDs", len(ids))
            text = ids[0] if len(ids) == 1 else number.format(number=count_in_words(len(ids)))
            self._messages.show_notice(_("Copied: {text}").format(text=one_line(text)))

    @Slot(list)
    def show_in_list(self, transfers: Sequence[Transfer]) -> None:
        """Select the files that uploads became, or say why that is not possible."""
        here = self._account_id()
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
    def _copy_told(self) -> None:
        self.copy_ids(self._told)


def _told_of(uploads: Sequence[Transfer]) -> str:
    if len(uploads) == 1:
        return _("Uploaded: {name}").format(name=one_line(uploads[0].name))
    words = ngettext("{number} uploaded", "{number} uploaded", len(uploads))
    return words.format(number=count_in_words(len(uploads)))
