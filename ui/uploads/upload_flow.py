"""From files that a person drops, pastes or picks to uploads that were looked over."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from services.api.remote_file import RemoteFile
from services.checks.events import PathsBeingGathered, PathsGathered
from services.checks.file_uris import ResolvedFiles
from services.providers.limits import UNKNOWN
from services.providers.providers import provider_named
from services.system.language import _
from ui.backend import Backend
from ui.last_folders import Chosen, LastFolders
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.uploads.review_flow import PATIENCE, ReviewFlow

if TYPE_CHECKING:
    from ui.uploads.drop_overlay import DropOverlay
    from ui.uploads.waiting_dialog import WaitingDialog


class UploadFlow(QObject):
    """Takes the window's drag events and the upload actions; leads to the review sheet."""

    def __init__(
        self,
        window: QWidget,
        area: QWidget,
        backend: Backend,
        messages: MessageBar,
        dialogs: SaveDialogs,
        listed: Callable[[], Sequence[RemoteFile]],
    ) -> None:
        """`area` is what the drop overlay covers; `listed` gives the known files of the account."""
        super().__init__(window)
        self._window = window
        self._area = area
        self._backend = backend
        self._settings = backend.engine.settings
        self._messages = messages
        self._folders = LastFolders(self._settings)
        self.review = ReviewFlow(window, backend, dialogs, listed)
        """The sheet that comes next; what is found out about its files is told to it."""
        self._overlay: DropOverlay | None = None
        """Made when files hover for the first time."""
        self._request = 0
        self._found = ResolvedFiles()
        self._gathered: PathsGathered | None = None
        self._chosen: str | None = None
        self._wanted = False
        self._walking: WaitingDialog | None = None
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.setInterval(PATIENCE)
        self._waiting.timeout.connect(self._show_waiting)
        backend.events.on(PathsBeingGathered, self.take)
        backend.events.on(PathsGathered, self.take)

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Files come over the window."""
        from ui.uploads.pasting import dropped_in

        found = dropped_in(event.mimeData())
        if not found or self._backend.open_account is None or QApplication.activeModalWidget():
            event.ignore()
            return
        self._look_at(found)
        self._accept(event, event.position().toPoint())

    def drag_moved(self, event: QDragMoveEvent) -> None:
        """They move."""
        if self._overlay is not None and self._overlay.isVisible():
            self._accept(event, event.position().toPoint())
        else:
            event.ignore()

    def drag_left(self) -> None:
        """They leave again."""
        if self._overlay is not None:
            self._overlay.end()

    def dropped(self, event: QDropEvent) -> None:
        """They are let go: on a tile, or elsewhere, which means that each file is matched."""
        overlay = self._overlay
        if overlay is None or not overlay.isVisible():
            event.ignore()
            return
        purpose = overlay.purpose_at(overlay.mapFrom(self._window, event.position().toPoint()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        overlay.end()
        self._review(purpose)

    def begin(self, paths: Sequence[Path], purpose: str | None = None) -> None:
        """Upload these, after a look at them."""
        self.begin_with(ResolvedFiles(tuple(paths)), purpose)

    def begin_with(self, found: ResolvedFiles, purpose: str | None = None) -> None:
        """Upload what is on this computer, after a look at it; the rest is told as left out."""
        if found:
            self._look_at(found)
            self._review(purpose)

    def abandon(self) -> None:
        """The account changes: what was to be looked over for the one before is let go."""
        self.drag_left()
        self._wanted = False
        self._end_walking()
        self.review.end()

    @Slot()
    def pick(self) -> None:
        """Let the person choose files in a dialog."""
        start = self._folders.start(Chosen.UPLOADS)
        dialog = QFileDialog(self._window, _("Choose files to upload"), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._picked)
        dialog.open()

    @Slot()
    def paste(self) -> None:
        """Upload what the clipboard holds: files, an image, or text."""
        from ui.uploads.pasting import dropped_in, pasted_in

        data = QGuiApplication.clipboard().mimeData()
        found = dropped_in(data)
        pasted = None if found.paths else pasted_in(data)
        if found and pasted is None:
            self._look_at(found)
            self._review(None)
        elif pasted is None:
            self._messages.tell(_("Nothing on the clipboard to upload"))
        elif self._backend.open_account is not None:
            self._ask_anew(ResolvedFiles())
            self._backend.engine.checks.gather_pasted(pasted, self._request)
            self._review(None)

    def take(self, event: PathsGathered | PathsBeingGathered) -> None:
        """The paths are being looked at; answers about paths of before are out of date."""
        from ui.uploads.remembered_purposes import with_remembered_purpose
        from ui.uploads.sheet_words import found_in_words

        if event.request != self._request:
            return
        if isinstance(event, PathsBeingGathered):
            if self._walking is not None:
                self._walking.show_status(found_in_words(event.files, event.folders))
            return
        remembered = self._settings.current.purpose_of_kind
        files = tuple(with_remembered_purpose(file, remembered) for file in event.files)
        files += self._found.unavailable
        self._gathered = structs.replace(event, files=files)
        if self._overlay is not None and self._overlay.isVisible():
            self._overlay.show_gathered(self._gathered)
        if self._wanted:
            self._open_review()

    @Slot(list)
    def _picked(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if paths:
            self._folders.note(Chosen.UPLOADS, paths[0].parent)
        self.begin(paths)

    def _accept(self, event: QDragMoveEvent, position: QPoint) -> None:
        from ui.uploads.drop_overlay import DropOverlay

        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._overlay is None:
            self._overlay = DropOverlay(self._window, self._area)
        paths = [*self._found.paths, *(file.path for file in self._found.unavailable)]
        account = self._backend.open_account
        limits = UNKNOWN if account is None else provider_named(account.provider_id).limits
        self._overlay.hover(paths, self._overlay.mapFrom(self._window, position), limits)

    def _look_at(self, found: ResolvedFiles) -> None:
        self._ask_anew(found)
        self._backend.engine.checks.gather(found.paths, self._request)

    def _ask_anew(self, found: ResolvedFiles) -> None:
        self._request += 1
        self._found = found
        self._gathered = None
        self._wanted = False
        self._end_walking()

    def _review(self, purpose: str | None) -> None:
        """Open the sheet, now or when the paths have been looked at."""
        self._chosen = purpose
        self._wanted = True
        if self._gathered is not None:
            self._open_review()
        else:
            self._waiting.start()

    @Slot()
    def _show_waiting(self) -> None:
        """What was asked for takes its time: show it."""
        from ui.uploads.sheet_words import found_in_words
        from ui.uploads.waiting_dialog import WaitingDialog

        if self._wanted and self._backend.open_account is not None:
            self._walking = WaitingDialog(_("Looking through folders…"), self._window)
            self._walking.show_status(found_in_words(0, 0))
            self._walking.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._walking.rejected.connect(self._give_up_walking)
            self._walking.open()

    @Slot()
    def _give_up_walking(self) -> None:
        if self._walking is not None and self._wanted:
            self._wanted = False
            self._backend.engine.checks.gather(
                (), self._request
            )  # in place of what is being walked
        self._walking = None

    def _end_walking(self) -> None:
        self._waiting.stop()
        dialog, self._walking = self._walking, None
        if dialog is not None:
            dialog.close()

    def _open_review(self) -> None:
        gathered, account = self._gathered, self._backend.open_account
        if gathered is None or account is None:
            return
        self._wanted = False
        self._end_walking()
        self.review.begin(account, gathered, self._chosen, self._found.paths)
