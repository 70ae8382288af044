"""Files that a person drops, pastes or chooses, on their way to the review sheet."""

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
from services.providers.features import Feature
from services.providers.provider import Provider
from services.providers.providers import UNKNOWN_SERVER, provider_named
from services.system.language import _
from ui.account_dialogs import AccountDialogs
from ui.backend import Backend
from ui.last_folders import FileDialogKind, LastFolders
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.uploads.review_flow import ReviewFlow

if TYPE_CHECKING:
    from ui.uploads.drop_overlay import DropOverlay
    from ui.uploads.waiting_dialog import WaitingDialog


class UploadFlow(QObject):
    """Handles drag and drop, paste and the upload action, then opens the review sheet."""

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
        self._dialogs = AccountDialogs(backend)
        self.review = ReviewFlow(window, backend, dialogs, listed)
        """Reviews the files once their paths have been gathered."""
        self._overlay: DropOverlay | None = None
        """Created when files are first dragged over the window."""
        self._request = 0
        self._files = ResolvedFiles()
        self._gathered: PathsGathered | None = None
        self._purpose: str | None = None
        self._review_wanted = False
        self._always_review = False
        self._progress: WaitingDialog | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._show_progress)
        backend.events.on(PathsBeingGathered, self.apply_event)
        backend.events.on(PathsGathered, self.apply_event)

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Start gathering the dragged files and show the overlay."""
        from ui.uploads.pasting import dropped_in

        found = dropped_in(event.mimeData())
        if not found or self._backend.open_account is None or QApplication.activeModalWidget():
            event.ignore()
            return
        if not self._may_upload():
            event.ignore()
            return
        self._gather(found)
        self._show_overlay(event, event.position().toPoint())

    def drag_moved(self, event: QDragMoveEvent) -> None:
        """Highlight the tile under the pointer."""
        if self._overlay is not None and self._overlay.isVisible():
            self._show_overlay(event, event.position().toPoint())
        else:
            event.ignore()

    def drag_left(self) -> None:
        """Hide the overlay."""
        if self._overlay is not None:
            self._overlay.end()

    def dropped(self, event: QDropEvent) -> None:
        """Review the dropped files, for the purpose of the tile or else each for its own."""
        overlay = self._overlay
        if overlay is None or not overlay.isVisible():
            event.ignore()
            return
        purpose = overlay.purpose_at(overlay.mapFrom(self._window, event.position().toPoint()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        overlay.end()
        self._review(purpose)

    def begin(
        self, paths: Sequence[Path], purpose: str | None = None, *, always_review: bool = False
    ) -> None:
        """Review these files for upload.

        With `always_review`, the sheet opens even if the user has turned off the review.
        """
        self.begin_with(ResolvedFiles(tuple(paths)), purpose, always_review=always_review)

    def begin_with(
        self, found: ResolvedFiles, purpose: str | None = None, *, always_review: bool = False
    ) -> None:
        """Review files for upload; those that aren't on this computer are reported as left out."""
        if found and self._may_upload():
            self._gather(found)
            self._always_review = always_review
            self._review(purpose)

    @property
    def is_busy(self) -> bool:
        """Whether files are being gathered for a review, or are under review."""
        return self._review_wanted or self.review.is_open

    def abandon(self) -> None:
        """Close the review: the account changes."""
        self.drag_left()
        self._review_wanted = False
        self._close_progress()
        self.review.end()

    @Slot()
    def pick(self) -> None:
        """Let the person choose files in a dialog."""
        if not self._may_upload():
            return
        start = self._folders.start(FileDialogKind.UPLOADS)
        dialog = QFileDialog(self._window, _("Choose files to upload"), start)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._upload_chosen)
        self._dialogs.open(dialog)

    @Slot()
    def paste(self) -> None:
        """Upload what the clipboard holds: files, an image, or text."""
        from ui.uploads.pasting import dropped_in, pasted_in

        if not self._may_upload():
            return
        data = QGuiApplication.clipboard().mimeData()
        found = dropped_in(data)
        pasted = None if found.paths else pasted_in(data)
        if found and pasted is None:
            self._gather(found)
            self._review(None)
        elif pasted is None:
            self._messages.show_notice(_("Nothing on the clipboard to upload"))
        elif self._backend.open_account is not None:
            self._start_request(ResolvedFiles())
            self._backend.session.checks.gather_pasted(pasted, self._request)
            self._review(None)

    def apply_event(self, event: PathsGathered | PathsBeingGathered) -> None:
        """Handle the progress or result of gathering; those of earlier requests are ignored."""
        from ui.uploads.possible_purpose import with_possible_purpose
        from ui.uploads.remembered_purposes import with_remembered_purpose
        from ui.uploads.sheet_words import found_in_words

        if event.request != self._request:
            return
        if isinstance(event, PathsBeingGathered):
            if self._progress is not None:
                self._progress.show_status(found_in_words(event.files, event.folders))
            return
        remembered = self._settings.current.purpose_of_kind
        purposes = self._provider.purposes
        files = tuple(
            with_possible_purpose(with_remembered_purpose(file, remembered), purposes)
            for file in event.files
        )
        files += self._files.unavailable
        self._gathered = structs.replace(event, files=files)
        if self._overlay is not None and self._overlay.isVisible():
            self._overlay.show_gathered(self._gathered)
        if self._review_wanted:
            self._open_review()

    @Slot(list)
    def _upload_chosen(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        if paths:
            self._folders.remember(FileDialogKind.UPLOADS, paths[0].parent)
        self.begin(paths)

    def _show_overlay(self, event: QDragMoveEvent, position: QPoint) -> None:
        from ui.uploads.drop_overlay import DropOverlay

        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._overlay is None:
            self._overlay = DropOverlay(self._window, self._area)
        paths = [*self._files.paths, *(file.path for file in self._files.unavailable)]
        place = self._overlay.mapFrom(self._window, position)
        self._overlay.hover(paths, place, self._provider)

    @property
    def _provider(self) -> Provider:
        account = self._backend.open_account
        return UNKNOWN_SERVER if account is None else provider_named(account.provider_id)

    def _may_upload(self) -> bool:
        """Whether the server accepts uploads; tell why if it doesn't."""
        why_not = self._provider.why_not(Feature.UPLOAD)
        if why_not:
            self._messages.show_notice(why_not)
        return not why_not

    def _gather(self, found: ResolvedFiles) -> None:
        self._start_request(found)
        self._backend.session.checks.gather(found.paths, self._request)

    def _start_request(self, found: ResolvedFiles) -> None:
        self._request += 1
        self._files = found
        self._gathered = None
        self._review_wanted = False
        self._always_review = False
        self._close_progress()

    def _review(self, purpose: str | None) -> None:
        """Open the sheet, now or as soon as the paths have been gathered."""
        self._purpose = purpose
        self._review_wanted = True
        if self._gathered is not None:
            self._open_review()
        else:
            from ui.uploads.waiting_dialog import PROGRESS_DELAY

            self._patience.start(PROGRESS_DELAY)

    @Slot()
    def _show_progress(self) -> None:
        """Show that gathering is taking a while."""
        from ui.uploads.sheet_words import found_in_words
        from ui.uploads.waiting_dialog import WaitingDialog

        if self._review_wanted and self._backend.open_account is not None:
            self._progress = WaitingDialog(_("Looking through folders…"), self._window)
            self._progress.show_status(found_in_words(0, 0))
            self._progress.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self._progress.rejected.connect(self._cancel_gathering)
            self._progress.open()

    @Slot()
    def _cancel_gathering(self) -> None:
        if self._progress is not None and self._review_wanted:
            self._review_wanted = False
            # Replaces the request that is running.
            self._backend.session.checks.gather((), self._request)
        self._progress = None

    def _close_progress(self) -> None:
        self._patience.stop()
        dialog, self._progress = self._progress, None
        if dialog is not None:
            dialog.close()

    def _open_review(self) -> None:
        gathered, account = self._gathered, self._backend.open_account
        if gathered is None or account is None:
            return
        self._review_wanted = False
        self._close_progress()
        self.review.begin(
            account,
            gathered,
            self._purpose,
            self._files.paths,
            always_review=self._always_review,
        )
