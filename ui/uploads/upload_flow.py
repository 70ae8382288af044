"""From files that a person drops, pastes or picks to uploads that were looked over."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, Slot
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from services.checks.local_file import UploadRequest
from services.events import PathsGathered
from services.file_commands import FileCommands
from services.language import _
from services.settings import SettingsStore
from ui.messages import MessageBar
from ui.uploads.drop_overlay import DropOverlay
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.row_check import can_skip_review


class UploadFlow(QObject):
    """Takes the window's drag events and the upload actions; opens the review sheet."""

    def __init__(
        self,
        window: QWidget,
        area: QWidget,
        service: FileCommands,
        settings: SettingsStore,
        messages: MessageBar,
        account_name: Callable[[], str | None],
    ) -> None:
        """`area` is what the overlay covers; `account_name` gives None while none is open."""
        super().__init__(window)
        self._window = window
        self._service = service
        self._settings = settings
        self._messages = messages
        self._account_name = account_name
        self._overlay = DropOverlay(window, area)
        self._request = 0
        self._paths: tuple[Path, ...] = ()
        self._gathered: PathsGathered | None = None
        self._chosen: str | None = None
        self._wanted = False
        self._sheet: ReviewSheet | None = None

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Files come over the window."""
        paths = _paths_in(event.mimeData())
        if not paths or self._account_name() is None or QApplication.activeModalWidget():
            event.ignore()
            return
        self._look_at(paths)
        self._accept(event, event.position().toPoint())

    def drag_moved(self, event: QDragMoveEvent) -> None:
        """They move."""
        if self._overlay.isVisible():
            self._accept(event, event.position().toPoint())
        else:
            event.ignore()

    def drag_left(self) -> None:
        """They leave again."""
        self._overlay.end()

    def dropped(self, event: QDropEvent) -> None:
        """They are let go: on a tile, or elsewhere, which means that each file is matched."""
        if not self._overlay.isVisible():
            event.ignore()
            return
        at = self._overlay.mapFrom(self._window, event.position().toPoint())
        purpose = self._overlay.purpose_at(at)
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._overlay.end()
        self._review(purpose)

    def begin(self, paths: Sequence[Path], purpose: str | None = None) -> None:
        """Upload these, after a look at them."""
        if paths:
            self._look_at(tuple(paths))
            self._review(purpose)

    def abandon(self) -> None:
        """The account changes: what was to be looked over for the one before is let go."""
        self._overlay.end()
        self._wanted = False
        if self._sheet is not None:
            self._sheet.reject()

    @Slot()
    def pick(self) -> None:
        """Let the person choose files in a dialog."""
        dialog = QFileDialog(self._window, _("Choose files to upload"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._picked)
        dialog.open()

    @Slot()
    def paste(self) -> None:
        """Upload the files that the clipboard holds."""
        paths = _paths_in(QGuiApplication.clipboard().mimeData())
        if paths:
            self.begin(paths)
        else:
            self._messages.tell(_("There are no files in the clipboard"))

    def take(self, event: PathsGathered) -> None:
        """The paths were looked at; answers about paths of before are out of date."""
        if event.request != self._request:
            return
        self._gathered = event
        self._overlay.show_gathered(event)
        if self._wanted:
            self._open_review()

    @Slot(list)
    def _picked(self, names: list[str]) -> None:
        self.begin([Path(name) for name in names])

    def _accept(self, event: QDragMoveEvent, position: QPoint) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._overlay.hover(self._paths, self._overlay.mapFrom(self._window, position))

    def _look_at(self, paths: tuple[Path, ...]) -> None:
        self._request += 1
        self._paths = paths
        self._gathered = None
        self._wanted = False
        self._service.gather(paths, self._request)

    def _review(self, purpose: str | None) -> None:
        """Open the sheet, now or when the paths have been looked at."""
        self._chosen = purpose
        self._wanted = True
        if self._gathered is not None:
            self._open_review()

    def _open_review(self) -> None:
        gathered, account_name = self._gathered, self._account_name()
        if gathered is None or account_name is None:
            return
        self._wanted = False
        files = gathered.files
        current = self._settings.current
        if (
            self._chosen is not None
            and current.skip_review
            and can_skip_review(files, self._chosen)
        ):
            self._service.upload(
                [UploadRequest(file, self._chosen, current.expires_after) for file in files]
            )
            return
        self._sheet = sheet = ReviewSheet(
            account_name, gathered, self._chosen, current.expires_after, self._window
        )
        sheet.set_skip_next_time(current.skip_review)
        sheet.upload_asked.connect(self._upload)
        sheet.finished.connect(self._looked_over)
        sheet.open()

    @Slot()
    def _looked_over(self) -> None:
        self._sheet = None

    @Slot(object)
    def _upload(self, requests: list[UploadRequest]) -> None:
        if self._sheet is not None:
            self._settings.change(
                skip_review=self._sheet.skip_next_time, expires_after=self._sheet.expires_after
            )
        self._service.upload(requests)


def _paths_in(data: QMimeData | None) -> tuple[Path, ...]:
    if data is None or not data.hasUrls():
        return ()
    return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
