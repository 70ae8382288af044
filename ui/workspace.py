"""The layout of the window while an account is in use."""

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from services.accounts.settings import Settings
from services.browse.file_list import FileFilter
from services.browse.seen_values import SeenValues
from ui.actions import Actions
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.inspector.inspector import Inspector
from ui.middle_page import MiddlePage
from ui.sidebar.sidebar import Sidebar
from ui.top_bar import TopBar
from ui.transfers.transfer_panel import TransferPanel


class Workspace(QWidget):
    """The top bar, sidebar, file table, inspector and transfer panel."""

    def __init__(
        self, actions: Actions, refused: RefusedContent, clock: Callable[[], float]
    ) -> None:
        """`refused` knows what can't be downloaded; `clock` gives seconds since 1970."""
        super().__init__()
        self.bar = TopBar(actions)
        self.sidebar = Sidebar()
        self.area = FilesArea(clock)
        self.bar.search.seen = SeenValues(
            lambda: self.area.files.counts().purposes, lambda most: self.area.files.sample(most)
        )
        self.inspector = Inspector(refused, clock)
        self.transfers = TransferPanel()
        self._files = _splitter(Qt.Orientation.Horizontal, self.area, self.inspector)
        self.middle = QStackedWidget()
        """The table with the inspector, or a page in their place: files are dropped here."""
        self.middle.addWidget(self._files)
        self._columns = _splitter(Qt.Orientation.Horizontal, self.sidebar, self.middle)
        self._columns.setStretchFactor(0, 0)
        self._columns.setStretchFactor(1, 1)
        self._rows = _splitter(Qt.Orientation.Vertical, self._columns, self.transfers)
        self._pulled_height: int | None = None
        """The height of the transfer panel in pixels, once the person has dragged its edge."""
        self.transfers.height_changed.connect(self._share_height)
        self._rows.splitterMoved.connect(self._note_pulled)
        self._inspector_unsized = True
        """Whether nothing has set the width of the inspector yet."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._rows, 1)

    def add_page(self, page: MiddlePage) -> None:
        """Add a page that can be shown in place of the table and the inspector."""
        self.middle.addWidget(_Frame(page))

    def show_page(self, page: MiddlePage | None) -> None:
        """Show such a page; None shows the table and the inspector again."""
        frame = page.parentWidget() if page is not None else None
        self.middle.setCurrentWidget(frame or self._files)

    def focus_middle(self) -> None:
        """Focus the page that is shown, or the table of files."""
        page = self._current_page()
        # Qt hides the last page while it still is the current one.
        if page is not None and page.isVisible():
            page.focus_content()
        else:
            self.area.focus_files()

    def focus_search(self) -> None:
        """Focus the search field of the page that is shown, or that of the files."""
        page = self._current_page()
        if page is not None:
            page.focus_search()
        else:
            self.bar.search.setFocus()
            self.bar.search.selectAll()

    def _current_page(self) -> MiddlePage | None:
        frame = self.middle.currentWidget()
        return frame.page if isinstance(frame, _Frame) else None

    def restore(self, settings: Settings) -> None:
        """Restore the layout of the last session."""
        if settings.columns_splitter:
            self._columns.restoreState(QByteArray(settings.columns_splitter))
        if settings.middle_splitter:
            self._inspector_unsized = False
            self._files.restoreState(QByteArray(settings.middle_splitter))
        self.inspector.setVisible(settings.inspector_shown)
        if settings.transfers_height > 0:
            self._pulled_height = settings.transfers_height
        self.transfers.set_collapsed(not settings.transfers_shown)

    def layout_values(self) -> dict[str, object]:
        """The current layout, as values for the settings."""
        return {
            "columns_splitter": bytes(self._columns.saveState().data()),
            "middle_splitter": bytes(self._files.saveState().data()),
            "transfers_height": self._pulled_height or 0,
        }

    def showEvent(self, event: QShowEvent) -> None:
        """Set the first width of the inspector, now that the window has its size."""
        super().showEvent(event)
        if self._inspector_unsized:
            self._inspector_unsized = False
            width = self.inspector.initial_width()
            self._columns.refresh()
            self._files.setSizes([max(0, self._files.width() - width - 1), width])

    @Slot()
    def refresh_times(self) -> None:
        """Refresh everything that depends on the time or the time zone."""
        self.area.table.refresh_times()
        self.inspector.refresh_times()

    @Slot()
    def clear_filter(self) -> None:
        """Show all files: clear the search and the sidebar's filter."""
        self.bar.search.clear()
        self.sidebar.choose(FileFilter())
        self.area.choose(FileFilter())

    @Slot()
    def _share_height(self) -> None:
        """Give the transfers the height they want, or that they were pulled to, and the files the rest.

        A splitter takes no notice of a part that becomes smaller or larger by itself.
        """
        if not self.isVisible():
            return
        above, below = self._rows.sizes()
        if self.transfers.folded:
            wanted = self.transfers.maximumHeight()
        elif self._pulled_height is not None:
            least = self._columns.minimumSizeHint().height()
            wanted = max(min(self._pulled_height, above + below - least), 0)
        else:
            wanted = min(self.transfers.sizeHint().height(), (above + below) // 2)
        if wanted != below:
            self._rows.setSizes([above + below - wanted, wanted])

    @Slot()
    def _note_pulled(self) -> None:
        if not self.transfers.folded:
            self._pulled_height = self._rows.sizes()[1]


class _Frame(QWidget):
    """Has no layout, so that a page that changes lays out nothing around it.

    Otherwise, all of the window would be asked for its size again: in Python, and so up to 20 times
    for each file that is looked into.
    """

    def __init__(self, page: MiddlePage) -> None:
        super().__init__()
        self.page = page
        page.setParent(self)

    def minimumSizeHint(self) -> QSize:
        return self.page.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.page.setGeometry(self.rect())


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget) -> QSplitter:
    """Two widgets with a thin line between them; extra space goes to the first."""
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.addWidget(first)
    splitter.addWidget(second)
    splitter.setStretchFactor(0, 1)
    splitter.setChildrenCollapsible(False)
    return splitter
