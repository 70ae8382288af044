"""The main window's content: one page, a status line below it, and messages over its bottom."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ui.accounts.welcome_page import WelcomePage
from ui.files.status_line import StatusLine
from ui.messages.message_bar import MessageBar
from ui.middle_page import MiddlePage
from ui.widgets.footer_overlay import FooterOverlay
from ui.workspace import Workspace


class WindowPages(QWidget):
    """Shows the workspace while an account is open or opening, else the welcome page."""

    middle_changed = Signal(QWidget)
    """Another widget is in the middle of the window: the area of the files, or a page."""

    def __init__(self, workspace: Workspace, status: StatusLine, messages: MessageBar) -> None:
        """Start with the welcome page. The status line is shown with the workspace."""
        super().__init__()
        self.welcome = WelcomePage()
        self.workspace = workspace
        self._status = status
        self._stack = QStackedWidget()
        self._stack.addWidget(self.welcome)
        self._stack.addWidget(workspace)
        self._page: MiddlePage | None = None
        """Shown in place of the files."""
        self._covered = 0
        """How many pixels a message covers."""
        self._other_status: QWidget | None = None
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        # An overlay rather than part of the column, so that a message moves nothing.
        messages.setParent(self)
        self.foot = FooterOverlay(messages)
        messages.changed.connect(self.foot.place)
        self.foot.covered.connect(self._set_covered_height)
        column.addWidget(status)
        self.show_welcome()

    @property
    def shows_welcome(self) -> bool:
        """Whether the welcome page is shown."""
        return self._stack.currentWidget() is self.welcome

    def show_page(self, page: MiddlePage | None, status: QWidget | None) -> None:
        """Show a page in place of the files, with its own status line; None shows the files."""
        if page is not None and page is self._page:
            return
        self.workspace.show_page(page)
        self._show_status(status)
        covered = self._covered
        self._set_covered_height(0)
        self._page = page
        self._set_covered_height(covered)
        self.foot.cover(page or self.workspace.area)
        self.middle_changed.emit(page or self.workspace.area)

    @Slot()
    def show_files(self) -> None:
        """Show the files, whatever covers them."""
        self.show_page(None, None)

    @Slot(object)
    def _set_covered_height(self, height: int) -> None:
        self._covered = height
        (self._page or self.workspace.area).set_covered_height(height)

    def _show_status(self, line: QWidget | None) -> None:
        if self._other_status is not None:
            self._other_status.hide()
        self._other_status = line
        if line is not None:
            self._column.addWidget(line)
            line.show()
        self._status.setVisible(line is None and not self.shows_welcome)

    def show_welcome(self) -> None:
        """Show the welcome page."""
        self._stack.setCurrentWidget(self.welcome)
        self._status.hide()
        self.foot.cover(self.welcome)

    def show_workspace(self) -> None:
        """Show the workspace."""
        self._stack.setCurrentWidget(self.workspace)
        self._status.show()
        self.foot.cover(self.workspace.area)
