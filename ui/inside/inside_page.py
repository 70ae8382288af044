"""The page in the middle of the window that shows the whole of a file."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.previews.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.problems.errors import Problem
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.inside.inside_header import InsideHeader
from ui.inside.lines_view import LinesView
from ui.messages.problem_words import server_message_in_words
from ui.widgets.labels import label
from ui.wording import count_in_words, one_line


class InsidePage(QWidget):
    """Shows one file: its lines, or the view for its kind of content."""

    leave_requested = Signal()
    """Go back to the list of files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "page")
        self.setAccessibleName(_("Inside the file"))
        self.header = InsideHeader()
        self.lines = LinesView()
        self._content: OpenContent | None = None
        self._file: RemoteFile | None = None
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setContentsMargins(40, 40, 40, 40)
        self._views = QStackedWidget()
        self._views.addWidget(self._message)
        self._views.addWidget(self.lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._views, 1)
        self.header.back_requested.connect(self.leave_requested)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self._step_back)

    @property
    def file(self) -> RemoteFile | None:
        """The file that is shown, or about to be."""
        return self._file

    def begin(self, file: RemoteFile, why_no_download: str | None) -> None:
        """Show that a file is being opened."""
        self._file = file
        self._content = None
        self.header.show_file(file, why_no_download)
        self.lines.show_content(None)
        self.show_message(_("Loading…"))

    def end(self) -> None:
        """Show nothing: the page was left."""
        self._file = self._content = None
        self.lines.show_content(None)

    def show_content(self, content: OpenContent) -> None:
        """Show a file whose kind is known."""
        self._content = content
        if content.has_lines:
            self.lines.show_content(content)
            self._views.setCurrentWidget(self.lines)
            self.lines.focus_lines()
        elif content.kind is ContentKind.EMPTY:
            self.show_message(_("The file is empty."))
        else:
            self.show_message(_("There is nothing to show."))
        self._show_size()

    def grow(self) -> None:
        """Show what has been read since."""
        if self._content is not None:
            self.lines.grow()
            self._show_size()

    def show_message(self, text: str) -> None:
        """Show a sentence in place of the content."""
        self._message.setText(text)
        self._views.setCurrentWidget(self._message)

    def show_problem(self, problem: Problem) -> None:
        """Say why the content couldn't be read; what was read of it stays."""
        words = f"{one_line(problem.title)}. {server_message_in_words(problem)}".strip()
        if self._content is None:
            self.show_message(words)

    def _show_size(self) -> None:
        content = self._content
        if content is None:
            return
        words = format_size(content.total or content.read)
        if content.has_lines:
            count = self.lines.model.line_count
            lines = ngettext("{number} line", "{number} lines", count)
            words = f"{words} · {lines.format(number=count_in_words(count))}"
        if not content.is_whole:
            read = _("{read} read").format(read=format_size(content.read))
            words = f"{words} · {read}"
        self.header.show_size(words)

    @Slot()
    def _step_back(self) -> None:
        if not self.lines.clear_search():
            self.leave_requested.emit()
