"""Shows the pages of a PDF one after the other, each as wide as the view."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.previews.documents.pdf_messages import PdfFailure, Rendered
from services.system.language import _
from ui.icons import icon
from ui.inside.content.pdf_canvas import PdfCanvas
from ui.widgets.buttons import icon_button
from ui.widgets.labels import label
from ui.wording import count_in_words

_REST_MS = 150
"""How long the size has to rest before the page is rendered for it."""
_DIGITS = 5


class PdfView(QWidget):
    """One page with buttons to the others.

    The arrow keys left and right, and Page Up and Down at the ends of a page, go to other pages.
    """

    page_requested = Signal(object, object)
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
        self._canvas = PdfCanvas()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._canvas)
        self._previous = icon_button(icon("chevron-left"), _("Previous page"))
        self._next = icon_button(icon("chevron-right"), _("Next page"))
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
        """Show the first page of a PDF with this many pages."""
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
            self.page_requested.emit(*wanted)


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
