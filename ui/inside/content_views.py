"""The views for the kinds of content, of which one is shown at a time."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.previews.content.content_kind import ContentKind
from services.previews.documents.archive_names import ArchiveNames
from services.previews.documents.pdf_messages import PdfFailure
from services.previews.lines.file_rows import HexRows, TextRows
from services.previews.lines.json_place import JsonPlace
from services.previews.lines.line_value import LineValue
from services.previews.open_content import OpenContent
from services.system.language import _
from services.system.sizes import format_size
from ui.image_decoding import LargePicture, UnshownImage
from ui.inside.content.image_view import ImageView
from ui.inside.content.names_view import NamesView
from ui.inside.content.pdf_view import PdfView
from ui.inside.content.text_view import HexView, TextView
from ui.inside.curves.curves_view import CurvesView
from ui.inside.lines.lines_view import LinesView
from ui.inside.opened_line.line_view import LineView
from ui.inside.opened_line.shown_line import ShownLine
from ui.widgets.labels import label
from ui.wording import one_line

_T = TypeVar("_T", bound=QWidget)

_NEEDS_ALL = (ContentKind.IMAGE, ContentKind.ARCHIVE, ContentKind.PDF)
"""Kinds that can only be shown once all was read."""


class ContentViews(QStackedWidget):
    """Shows the content of a file in the view for its kind, or a sentence in its place."""

    page_requested = Signal(object, object)
    """Render a page of the PDF, counting from 0, at a width in pixels."""
    more_requested = Signal()
    """The end of what was read is in sight."""
    reopen_requested = Signal()
    """Try again to read what couldn't be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content: OpenContent | None = None
        self._rows: HexRows | TextRows | None = None
        self._clear: list[Callable[[], object]] = []
        """What clears the views that were made."""
        self._message = _Message()
        self._message.again.clicked.connect(self.reopen_requested)
        self.addWidget(self._message)
        self.lines = LinesView()
        self.addWidget(self.lines)
        self.lines.more_requested.connect(self.more_requested)

    # Made when first used: together they take 50 ms.

    @cached_property
    def text(self) -> TextView:
        """The lines of a text."""
        view = TextView()
        view.more_requested.connect(self.more_requested)
        return self._added(view, lambda: view.show_text(None))

    @cached_property
    def hex(self) -> HexView:
        """The bytes of anything else."""
        view = HexView()
        view.more_requested.connect(self.more_requested)
        return self._added(view, lambda: view.show_bytes(None))

    @cached_property
    def image(self) -> ImageView:
        """An image."""
        view = ImageView()
        return self._added(view, lambda: view.show_message(""))

    @cached_property
    def names(self) -> NamesView:
        """The names in an archive."""
        view = NamesView()
        return self._added(view, lambda: view.show_names(None))

    @cached_property
    def curves(self) -> CurvesView:
        """The curves of fine-tuning."""
        view = CurvesView()
        return self._added(view, view.clear)

    @cached_property
    def pdf(self) -> PdfView:
        """The pages of a PDF."""
        view = PdfView()
        view.page_requested.connect(self.page_requested)
        return self._added(view, lambda: view.show_message(""))

    @cached_property
    def value(self) -> LineView:
        """One JSON value as a tree."""
        view = LineView()
        return self._added(view, view.clear)

    @property
    def shows_lines(self) -> bool:
        """Whether the table of lines is shown."""
        return self.currentWidget() is self.lines

    @property
    def shows_value(self) -> bool:
        """Whether one JSON value is shown."""
        return isinstance(self.currentWidget(), LineView)

    def clear_search(self) -> bool:
        """Clear the field that searches a JSON value, if it has the focus; return whether it did."""
        line = self.value if self.shows_value else self.lines.line
        return line.clear_search()

    @property
    def shows_curves(self) -> bool:
        """Whether curves are shown."""
        return isinstance(self.currentWidget(), CurvesView)

    @property
    def shows_message(self) -> bool:
        """Whether a sentence is shown."""
        return self.currentWidget() is self._message

    def clear(self) -> None:
        """Show nothing, and free what was shown.

        The table of lines stays, empty, as it will probably show the next file.
        """
        self._content = None
        self.lines.show_content(None)
        for clear in self._clear:
            clear()
        if not self.shows_lines:
            self.show_message("")
        if self._rows is not None:
            self._rows.close()
            self._rows = None

    def show_message(self, text: str, *, can_try_again: bool = False) -> None:
        """Show a sentence in place of the content, with a button to try again where that may help."""
        self._message.words.setText(text)
        self._message.again.setVisible(can_try_again)
        self.setCurrentWidget(self._message)
        if can_try_again and self._message.hasFocus():
            self._message.again.setFocus()

    def show_content(self, content: OpenContent) -> None:
        """Show a content whose kind is known."""
        self._content = content
        kind = content.kind
        if kind is ContentKind.EMPTY:
            self.show_message(_("The file is empty."))
        elif kind in _NEEDS_ALL:
            self._show_waiting(content)
        elif kind in (ContentKind.TEXT, ContentKind.JSON):
            self._rows = TextRows(content.path, content.index, content.encoding)
            self.text.show_text(self._rows, content.encoding)
            self.setCurrentWidget(self.text)
            if kind is ContentKind.JSON:
                self.value.clear()  # makes the view, which takes long, before the value is there
        elif content.has_lines:
            self.lines.show_content(content)
            self.setCurrentWidget(self.lines)
        else:
            self._rows = HexRows(content.path, content.read, is_complete=content.is_whole)
            self.hex.show_bytes(self._rows)
            self.setCurrentWidget(self.hex)

    def grow(self) -> None:
        """Show what has been read since."""
        content = self._content
        if content is None:
            return
        if content.kind in _NEEDS_ALL and self.shows_message:
            self._show_waiting(content)
        elif isinstance(self._rows, HexRows):
            self._rows.grow(content.read, is_complete=content.is_whole)
            self.hex.update_count()
        elif self._rows is not None:
            self.text.update_count()
        else:
            self.lines.grow()

    def show_picture(self, picture: object) -> None:
        """Show the decoded image, or why it can't be shown."""
        content = self._content
        if isinstance(picture, LargePicture) and content is not None:
            self.image.show_picture(picture, content.read)
        elif isinstance(picture, UnshownImage):
            self.image.show_unshown(picture)
        self._change_to(self.image)

    def show_names(self, names: ArchiveNames) -> None:
        """Show the names in an archive, so far or all."""
        self.names.show_names(names)
        self._change_to(self.names)

    def show_curves(self) -> None:
        """Show the curves of the files that were added."""
        self._change_to(self.curves)

    def show_pdf(self, pages: int) -> None:
        """Show the first page of a PDF."""
        self._change_to(self.pdf)
        self.pdf.show_document(pages)

    def show_pdf_failure(self, failure: PdfFailure) -> None:
        """Say why a PDF can't be shown."""
        self.pdf.show_failure(failure)
        self._change_to(self.pdf)

    def show_json_fault(self, fault: JsonPlace) -> None:
        """Show where a JSON value is broken, in its text."""
        self.text.show_fault(fault)

    def show_json(self, file: RemoteFile, data: bytes, value: LineValue) -> None:
        """Show a file with one JSON value as a tree."""
        self.value.show_line(ShownLine(one_line(file.name), data, ContentKind.JSON, value=value))
        self._change_to(self.value)

    def _change_to(self, view: QWidget) -> None:
        """Show another view; it gets the focus if the one before had it."""
        before = self.currentWidget()
        focused = self.window().focusWidget()
        had_focus = before is not None and (before is focused or before.isAncestorOf(focused))
        self.setCurrentWidget(view)
        if had_focus:
            view.setFocus()

    def _show_waiting(self, content: OpenContent) -> None:
        if content.is_paused:
            words = _("This file can be shown once all {size} have been read.")
            self.show_message(words.format(size=format_size(content.total)))
        else:
            self.show_message(_("Loading…"))

    def _added(self, view: _T, clear: Callable[[], object]) -> _T:
        self.addWidget(view)
        self._clear.append(clear)
        return view


class _Message(QWidget):
    """A sentence in the middle, and a button below it."""

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "muted", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.again = QPushButton(_("Try again"))
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 40, 40, 40)
        column.setSpacing(14)
        column.addStretch(1)
        column.addWidget(self.words)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
