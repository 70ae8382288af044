"""The section of the inspector that shows the beginning of the selected file."""

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.previews.content.content_kind import ContentKind
from services.previews.events import PreviewFailed, PreviewReady
from services.previews.preview import Preview, PreviewSource
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.image_decoding import Picture
from ui.inspector.preview_table import PreviewTable
from ui.messages.problem_words import server_message_in_words
from ui.widgets.labels import ElidedLabel, label
from ui.wording import one_line

REST_MS = 300
"""How long the selection has to rest on a file before it's read, in milliseconds."""
_LINES = 9
"""Lines that the section has room for."""


class PreviewView(QWidget):
    """Asks for the content of a file once the selection rests on it, and shows it."""

    wanted = Signal(object)
    """The `RemoteFile` to read."""
    unwanted = Signal()
    """The file no longer needs to be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: RemoteFile | None = None
        self._is_asked = False
        """Whether it was asked for the content of that file."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._ask)
        self._source = ElidedLabel("muted")
        self._source.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._table = PreviewTable()
        self._image = _ImageView()
        self._pages = QStackedWidget()
        for page in (self._message, self._table, self._image):
            self._pages.addWidget(page)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(_("PREVIEW"), "section"))
        head.addWidget(self._source, 1)
        box = QFrame()
        box.setProperty("look", "set-off")
        inside = QVBoxLayout(box)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self._pages)
        row = self._table.verticalHeader().defaultSectionSize()
        box.setFixedHeight((_LINES + 1) * row + 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(box)
        self.hide()

    def begin(self, file: RemoteFile | None) -> None:
        """Clear the preview for another file, or for None if there isn't exactly one."""
        before, self._file = self._file, file
        if before is not None and file is not None and before.id == file.id:
            return  # The content of a file never changes.
        if before is None and file is None:
            return
        self._is_asked = False
        self._timer.stop()
        self.unwanted.emit()
        self._show_message("")
        self.setVisible(file is not None)
        self._await_rest()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for a file that was selected while nobody could see its preview."""
        super().showEvent(event)
        self._await_rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Request nothing while the preview is hidden."""
        super().hideEvent(event)
        self._timer.stop()

    def show_preview(self, event: PreviewReady) -> None:
        """Show what was read, if it's of the selected file."""
        if self._file is None or event.file_id != self._file.id:
            return
        preview = event.preview
        self._source.setText(_source_in_words(preview, event.picture))
        if isinstance(event.picture, Picture):
            self._image.show_picture(event.picture)
            self._pages.setCurrentWidget(self._image)
        elif preview.rows:
            self._table.show_preview(preview)
            self._pages.setCurrentWidget(self._table)
        else:
            self._show_message(_nothing_in_words(preview), keep_source=True)

    def show_failure(self, event: PreviewFailed) -> None:
        """Say why the selected file couldn't be read."""
        if self._file is not None and event.file_id == self._file.id:
            problem = event.problem
            words = f"{one_line(problem.title)}. {server_message_in_words(problem)}"
            self._show_message(words.strip())

    def show_reason(self, file_id: str, reason: str) -> None:
        """Say why the selected file isn't read."""
        if self._file is not None and file_id == self._file.id:
            self._show_message(reason)

    def _show_message(self, text: str, *, keep_source: bool = False) -> None:
        if not keep_source:
            self._source.setText("")
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)
        self._table.show_preview(None)
        self._image.show_picture(None)

    def _await_rest(self) -> None:
        if self._file is not None and not self._is_asked and self.isVisible():
            self._timer.start()

    @Slot()
    def _ask(self) -> None:
        if self._file is not None:
            self._is_asked = True
            self._show_message(_("Loading…"))
            self.wanted.emit(self._file)


class _ImageView(QLabel):
    """A picture, scaled to fit."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: Picture | None = None

    def show_picture(self, picture: Picture | None) -> None:
        """Show another picture, or none."""
        self._picture = picture
        if picture is not None:
            self.setAccessibleName(_dimensions(picture.size))
        self.update()

    def sizeHint(self) -> QSize:
        """Nothing by itself: the picture takes the room there is."""
        return QSize(0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in the middle, never larger than it is."""
        if self._picture is None:
            return
        image, room = self._picture.image, self.contentsRect()
        size = image.size()
        if size.width() > room.width() or size.height() > room.height():
            size = size.scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = room.__class__(0, 0, size.width(), size.height())
        target.moveCenter(room.center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, image)
        painter.end()


def _source_in_words(preview: Preview, picture: object) -> str:
    where = {
        PreviewSource.CACHE: _("cached"),
        PreviewSource.LOCAL: _("from this computer"),
        PreviewSource.SERVER: _("from the server"),
        PreviewSource.PARSED_TEXT: _("text from a vector store"),
    }[preview.source]
    if isinstance(picture, Picture):
        return f"{_dimensions(picture.size)} · {where}"
    if preview.is_whole:
        return where
    part = _("first {size}").format(size=format_size(preview.size))
    return f"{part} · {where}"


def _dimensions(size: QSize) -> str:
    return _("{width} × {height} pixels").format(
        width=whole(size.width()), height=whole(size.height())
    )


def _nothing_in_words(preview: Preview) -> str:
    if preview.kind is ContentKind.EMPTY:
        return _("The file is empty.")
    if preview.kind is ContentKind.IMAGE:
        return (
            _("This image can't be shown.")
            if preview.is_whole
            else _("This image is too large for a preview.")
        )
    return _("There is nothing to show.")
