"""Shows the pages of a PDF one after the other, each as wide as the view."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from services.previews.pdf_messages import PdfFailure, Rendered
from services.system.language import _
from ui.icons import icon
from ui.theme import Role, color
from ui.widgets.labels import label
from ui.wording import count_in_words

_MARGIN = 16
_MAX_WIDTH = 1_100
"""A page isn't shown wider, in pixels: its letters would be larger than anyone needs."""
_REST_MS = 150
"""How long the size has to rest before the page is rendered for it."""
_DIGITS = 5


class PdfView(QWidget):
    """One page with buttons to the others.

    The arrow keys left and right, and Page Up and Down at the ends of a page, go to other pages.
    """

    page_wanted = Signal(object, object)
    """A page, counting from 0, and the width to render it at. Only the last one is still needed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._page = 0
        self._asked: tuple[int, int] | None = None
        """The page and width that were last asked for."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._ask)
        self._canvas = _Canvas()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._canvas)
        self._previous = _arrow("chevron-left", _("Previous page"))
        self._next = _arrow("chevron-right", _("Next page"))
        self._number = QLineEdit()
        self._number.setAccessibleName(_("Page number"))
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._number.setFixedWidth(_DIGITS * self.fontMetrics().horizontalAdvance("0") + 24)
        self._total = QLabel()
        self._total.setTextFormat(Qt.TextFormat.PlainText)
        self._footer = QFrame()
        row = QHBoxLayout(self._footer)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._previous)
        row.addWidget(label(_("Page"), "muted"))
        row.addWidget(self._number)
        row.addWidget(self._total)
        row.addWidget(self._next)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(self._footer)
        self._previous.clicked.connect(lambda: self.go_to_page(self._page - 1))
        self._next.clicked.connect(lambda: self.go_to_page(self._page + 1))
        self._number.editingFinished.connect(self._go_to_number)
        self._canvas.turned.connect(self._turn)
        self._canvas.resized.connect(self._timer.start)
        self.setFocusProxy(self._canvas)
        self.show_message("")

    @property
    def page(self) -> int:
        """The page that is shown or waited for, counting from 0."""
        return self._page

    def show_document(self, pages: int) -> None:
        """Show the first page of a PDF with so many pages; it is asked for."""
        self._count = pages
        self._page = 0
        self._asked = None
        self._total.setText(_("of {number}").format(number=count_in_words(pages)))
        self._footer.show()
        self._show_page()

    def show_page(self, page: int, rendered: Rendered) -> None:
        """Show a page that was asked for, unless another one is needed by now."""
        if page == self._page and self._count:
            self._canvas.show_image(image_of(rendered))
            self._pages.setCurrentWidget(self._canvas)

    def show_page_failure(self, page: int, failure: PdfFailure) -> None:
        """Say why a page can't be shown; the others may be all right."""
        if page == self._page and self._count:
            self._canvas.show_image(None)
            self._canvas.say(page_failure_in_words(failure))
            self._pages.setCurrentWidget(self._canvas)

    def show_failure(self, failure: PdfFailure) -> None:
        """Say why the PDF can't be shown at all."""
        self.show_message(failure_in_words(failure))

    def show_message(self, text: str) -> None:
        """Show a text in place of a PDF."""
        self._count = 0
        self._timer.stop()
        self._canvas.show_image(None)
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)
        self._footer.hide()

    def go_to_page(self, page: int) -> None:
        """Show another page, counting from 0, or the nearest there is."""
        page = max(0, min(page, self._count - 1))
        if self._count and page != self._page:
            self._page = page
            self._show_page()

    @Slot()
    def _go_to_number(self) -> None:
        text = self._number.text().strip()
        if text.isascii() and text.isdigit() and len(text) <= _DIGITS + 1:
            self.go_to_page(int(text) - 1)
        self._number.setText(str(self._page + 1))

    @Slot(object, bool)
    def _turn(self, direction: int, at_end: bool) -> None:
        """Go to the page before or after; `at_end` shows the end of the one before."""
        before = self._page
        self.go_to_page(before + direction)
        if self._page != before:
            self._canvas.start_at_end(at_end and direction < 0)

    def _show_page(self) -> None:
        self._number.setText(str(self._page + 1))
        self._previous.setEnabled(self._page > 0)
        self._next.setEnabled(self._page < self._count - 1)
        self._canvas.show_image(None)
        self._canvas.start_at_end(False)
        self._canvas.say(_("Loading…"))
        self._canvas.setAccessibleDescription(
            _("Page {number} of {count}").format(
                number=count_in_words(self._page + 1), count=count_in_words(self._count)
            )
        )
        self._pages.setCurrentWidget(self._canvas)
        self._asked = None
        self._ask()

    @Slot()
    def _ask(self) -> None:
        wanted = (self._page, self._canvas.wanted_width)
        if self._count and wanted != self._asked:
            self._asked = wanted
            self.page_wanted.emit(*wanted)


class _Canvas(QAbstractScrollArea):
    """A page, or a word in its place."""

    turned = Signal(object, bool)
    """Another page is wanted: -1 or 1, and whether to begin at the end of the one before."""
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._words = ""
        self._starts_at_end = False
        self.setProperty("look", "part")
        self.setAccessibleName(_("Page"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A bar that comes and goes would change the width that pages are rendered for.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    @property
    def wanted_width(self) -> int:
        """The width that a page is to be rendered at, in pixels of the screen."""
        width = min(_MAX_WIDTH, max(1, self.viewport().width() - 2 * _MARGIN))
        return round(width * self.devicePixelRatioF())

    def show_image(self, image: QImage | None) -> None:
        """Show a page, or none."""
        is_same_page = self._image is not None and image is not None
        self._image = image
        if image is not None:
            self._words = ""
        self._update_bar()
        bar = self.verticalScrollBar()
        if not is_same_page and image is not None:
            bar.setValue(bar.maximum() if self._starts_at_end else 0)
        self.viewport().update()

    def say(self, words: str) -> None:
        """Show a text while there is no page."""
        self._words = words
        self.viewport().update()

    def start_at_end(self, at_end: bool) -> None:
        """Show the end of the next page first, or its beginning."""
        self._starts_at_end = at_end

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the page at the new width; it's rendered for it once the size rests."""
        super().resizeEvent(event)
        self._update_bar()
        self.resized.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll, or go to another page."""
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Left:
                self.turned.emit(-1, False)
            case Qt.Key.Key_Right:
                self.turned.emit(1, False)
            case Qt.Key.Key_PageUp if bar.value() == bar.minimum():
                self.turned.emit(-1, True)
            case Qt.Key.Key_PageDown if bar.value() == bar.maximum():
                self.turned.emit(1, True)
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case _:
                super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, and beyond the ends of a page to the next."""
        bar = self.verticalScrollBar()
        turned = event.angleDelta().y()
        is_above = turned > 0 and bar.value() == bar.minimum()
        is_below = turned < 0 and bar.value() == bar.maximum()
        # Not while a page is loading: a long turn would leave them all behind.
        if self._image is not None and (is_above or is_below):
            self.turned.emit(-1 if is_above else 1, True)
            event.accept()
        else:
            super().wheelEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the page on a ground, or the words."""
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), color(Role.PAGE, self.palette()))
        if self._image is None:
            painter.setPen(color(Role.MUTED, self.palette()))
            room = self.viewport().rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, flags, self._words)
        else:
            size = self._shown_size()
            place = QRect(0, _MARGIN - self.verticalScrollBar().value(), *size.toTuple())
            place.moveLeft((self.viewport().width() - size.width()) // 2)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
            painter.setPen(QPen(color(Role.BORDER, self.palette()), 1))
            painter.drawRect(place.adjusted(-1, -1, 0, 0))
        painter.end()

    def _shown_size(self) -> QSize:
        if self._image is None:
            return QSize(0, 0)
        width = min(_MAX_WIDTH, max(1, self.viewport().width() - 2 * _MARGIN))
        # A page that is very long is rendered less wide, and shown so.
        width = min(width, round(self._image.width() / self.devicePixelRatioF()))
        height = round(width * self._image.height() / self._image.width())
        return QSize(width, max(1, height))

    def _update_bar(self) -> None:
        bar = self.verticalScrollBar()
        room = self.viewport().height()
        bar.setPageStep(max(1, room - 2 * _MARGIN))
        bar.setSingleStep(max(1, room // 12))
        length = self._shown_size().height() + 2 * _MARGIN
        bar.setRange(0, max(0, length - room) if self._image is not None else 0)


def image_of(rendered: Rendered) -> QImage:
    """A rendered page as an image."""
    shared = QImage(
        rendered.data,
        rendered.width,
        rendered.height,
        rendered.stride,
        QImage.Format.Format_RGB32,
    )
    return shared.copy()  # the bytes may go before the image


def failure_in_words(failure: PdfFailure) -> str:
    """Why a PDF can't be shown."""
    return {
        PdfFailure.ENCRYPTED: _("This PDF is encrypted and can't be shown without its password."),
        PdfFailure.DAMAGED: _("This PDF is damaged, or isn't a PDF at all."),
        PdfFailure.TOO_SLOW: _("This PDF takes too long to open."),
        PdfFailure.CRASHED: _("This PDF can't be opened: it crashed the PDF reader."),
        PdfFailure.UNAVAILABLE: _("The PDF reader can't be started."),
    }[failure]


def page_failure_in_words(failure: PdfFailure) -> str:
    """Why a page can't be shown."""
    return {
        PdfFailure.TOO_SLOW: _("This page takes too long to show."),
        PdfFailure.CRASHED: _("This page can't be shown: it crashed the PDF reader."),
        PdfFailure.DAMAGED: _("This page is damaged."),
    }.get(failure) or failure_in_words(failure)


def _arrow(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setProperty("look", "flat")
    return button
