"""The page in the middle of the window with one list of jobs."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from services.system.language import _
from ui.icons import icon
from ui.jobs.job_model import JobModel
from ui.jobs.job_state import JobState
from ui.jobs.job_status import JobStatus
from ui.jobs.job_table import JobTable
from ui.middle_page import MiddlePage
from ui.theme import Role

_INSPECTOR_WIDTH = 330


class JobsPage(MiddlePage):
    """A table with an inspector at its right; the search and the status line are shown elsewhere."""

    leave_requested = Signal()
    """Go back to the files."""
    detail_closed = Signal()
    """The list is shown again."""

    def __init__(
        self,
        model: JobModel,
        inspector: QWidget,
        clock: Callable[[], float],
        parent: QWidget | None = None,
    ) -> None:
        """`inspector` shows the selected job. `clock` gives seconds since 1970."""
        super().__init__(parent)
        look = model.look
        self.setAccessibleName(_(look.name))
        self._model = model
        self._unsized = True
        self.table = JobTable(model)
        self.state = JobState(look)
        self.status = JobStatus(clock)
        """Shown at the bottom of the window, in place of that of the files."""
        self.search = JobSearch(_(look.search_hint))
        """Shown at the top of the window, in place of that of the files."""
        self._detail: MiddlePage | None = None
        """Shown in place of the list."""
        self._shows_rows = False
        self._list = QStackedWidget()
        self._list.addWidget(self.table)
        self._list.addWidget(self.state)
        self.inspector = inspector
        self._parts = parts = QSplitter(Qt.Orientation.Horizontal)
        parts.setHandleWidth(1)
        parts.setChildrenCollapsible(False)
        for part in (self._list, inspector):
            parts.addWidget(part)
        parts.setStretchFactor(0, 1)
        parts.setStretchFactor(1, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(parts)
        # In the order on the screen.
        self.setTabOrder(self.table.heads, self.table)
        self.search.textChanged.connect(model.search)
        self.search.textChanged.connect(self.close_detail)
        self.search.down_pressed.connect(self.focus_content)
        self.state.clear_requested.connect(self.search.clear)
        back = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)  # from anywhere in the window
        back.activated.connect(self._step_back)

    @property
    def shows_detail(self) -> bool:
        """Whether something about a job is shown in place of the list."""
        return self._detail is not None

    def show_rows(self, shown: bool) -> None:
        """Show the table, or the state in its place."""
        self._shows_rows = shown
        self._show_part()

    def show_detail(self, detail: MiddlePage) -> None:
        """Show something about the selected job in place of the list, until Escape is pressed."""
        if self._list.indexOf(detail) < 0:
            self._list.addWidget(detail)
        self._detail = detail
        self._show_part()

    @Slot()
    def close_detail(self) -> None:
        """Show the list again."""
        if self._detail is not None:
            self._detail = None
            self._show_part()
            self.detail_closed.emit()

    def _show_part(self) -> None:
        wanted = self._detail or (self.table if self._shows_rows else self.state)
        if self._list.currentWidget() is not wanted:
            focused = self.window().focusWidget()
            had_focus = focused is not None and self._list.isAncestorOf(focused)
            self._list.setCurrentWidget(wanted)
            if had_focus:
                self.focus_content()

    def focus_content(self) -> None:
        """Focus the table, or what is in its place."""
        if self._detail is not None:
            self._detail.focus_content()
        elif self._shows_rows:
            self.table.setFocus()
        else:
            self.state.focus_step()

    def focus_search(self) -> None:
        """Focus the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Set the first width of the inspector, now that the page has its size."""
        super().showEvent(event)
        if self._unsized:
            self._unsized = False
            width = min(_INSPECTOR_WIDTH, max(300, self.width() // 3))
            self._parts.setSizes([max(0, self.width() - width - 1), width])

    @Slot()
    def _step_back(self) -> None:
        if self._detail is not None:
            self.close_detail()
        elif self.search.text():
            self.search.clear()
        else:
            self.leave_requested.emit()


class JobSearch(QLineEdit):
    """The field that searches a list of jobs."""

    down_pressed = Signal()
    """Go to the list."""

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setAcceptDrops(False)  # the window handles dropped files
        self.setMaxLength(1000)
        self.addAction(icon("search", Role.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        # Instead of Qt's own clear button, whose icon doesn't follow the palette.
        self._clear = QAction(icon("x", Role.MUTED), _("Clear the search"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(self._show_clear)

    def event(self, event: QEvent) -> bool:
        """Keep Escape while there is something to clear, although it is a shortcut."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(bool(self.text()))
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter go to the list, and Escape clears the field."""
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.down_pressed.emit()
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case _:
                super().keyPressEvent(event)

    @Slot(str)
    def _show_clear(self, text: str) -> None:
        self._clear.setVisible(bool(text))
