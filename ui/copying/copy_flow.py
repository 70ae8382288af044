"""Copies selected files to another account: from the menu, or dragged to another window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QDrag, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from services.system.language import ngettext
from ui.accounts.account_flow import AccountFlow
from ui.backend import Backend
from ui.copying.copy_plan import FilesToCopy, why_no_copy
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.wording import count_in_words, one_line

if TYPE_CHECKING:
    from ui.copying.copy_dialog import CopyDialog
    from ui.copying.copy_target import CopyTarget

_MIME = "application/x-filewharf-files"
"""Says only that files are dragged: which ones, no other program learns."""


class AccountCopyFlow(QObject):
    """Asks before it copies."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        area: FilesArea,
        accounts: AccountFlow,
        refused: RefusedContent,
        covered: QWidget,
    ) -> None:
        """`covered` is what the frame covers while files of another window are over this one."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._area = area
        self._accounts = accounts
        self._refused = refused
        self._covered = covered
        self._cover: CopyTarget | None = None
        self._dialog: CopyDialog | None = None
        area.table.allow_drag(lambda: not backend.is_last_window)
        area.table.drag_started.connect(self._drag)

    @Slot()
    def ask(self) -> None:
        """Ask to which account the selected files are to be copied."""
        chosen = self._selected()
        if chosen is not None:
            self._ask(chosen, self._backend.account_elsewhere)

    def abandon(self) -> None:
        """Close the dialog, as the account changes."""
        if self._dialog is not None:
            self._dialog.reject()

    def drag_moved(self, event: QDragMoveEvent) -> bool:
        """Offer to drop files of another window here; return whether such files are dragged."""
        if not event.mimeData().hasFormat(_MIME):
            return False
        dragged, account = self._backend.dragged, self._backend.open_account
        if (
            dragged is None
            or account is None
            or account.id == dragged.account.id
            or why_no_copy(account)
            or QApplication.activeModalWidget()
        ):
            event.ignore()
            return True
        from ui.copying.copy_target import CopyTarget

        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._cover is None:
            self._cover = CopyTarget(self._covered)
        words = ngettext(
            "Copy {number} file to {account}",
            "Copy {number} files to {account}",
            len(dragged.files),
        )
        self._cover.show_text(
            words.format(number=count_in_words(len(dragged.files)), account=one_line(account.name))
        )
        return True

    def drag_left(self) -> None:
        """Hide the frame again."""
        if self._cover is not None:
            self._cover.hide()

    def dropped(self, event: QDropEvent) -> bool:
        """Ask about the files of another window; return whether such files were dropped."""
        if not event.mimeData().hasFormat(_MIME):
            return False
        dragged, here = self._backend.dragged, self._backend.open_id
        self.drag_left()
        if dragged is None or here is None:
            event.ignore()
            return True
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        # Once the other window has ended the drag.
        QTimer.singleShot(0, self, lambda: self._ask(dragged, here))
        return True

    @Slot()
    def _drag(self) -> None:
        chosen = self._selected()
        if chosen is None:
            return
        drag = QDrag(self._area.table)
        marker = QMimeData()
        marker.setData(_MIME, b"files")
        drag.setMimeData(marker)
        with self._backend.dragging(chosen):
            drag.exec(Qt.DropAction.CopyAction)

    def _selected(self) -> FilesToCopy | None:
        account, files = self._backend.open_account, self._area.table.selected_files()
        if account is None or not files:
            return None
        refused = tuple(self._refused.refused(files))
        return FilesToCopy(account, self._refused.downloadable(files), refused)

    def _ask(self, chosen: FilesToCopy, target_id: str | None) -> None:
        from ui.copying.copy_dialog import CopyDialog

        self.abandon()
        self._dialog = dialog = CopyDialog(chosen, self._accounts.accounts, target_id, self._window)
        source_id = chosen.account.id
        dialog.copy_requested.connect(
            lambda account_id, files: self._backend.engine.copy(source_id, account_id, files)
        )
        dialog.finished.connect(self._dialog_closed)
        # After a drop, the other window is the active one.
        self._window.activateWindow()
        dialog.open()

    @Slot()
    def _dialog_closed(self) -> None:
        self._dialog = None
