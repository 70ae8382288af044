"""What the window shows of the selected files, and their menu."""

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QMenu, QWidget

from services.accounts.events import AccountOpening
from services.browse.selection_sums import Summing
from services.transfers.events import ContentRefused
from ui.actions import Actions
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.files.status_line import StatusLine
from ui.inspector.inspector import Inspector
from ui.selected_rows import selected_ranges


class SelectionFlow(QObject):
    """Keeps inspector, status line and actions in step with the selection of the table."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        commands: Actions,
        area: FilesArea,
        inspector: Inspector,
        status: StatusLine,
        refused: RefusedContent,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._commands = commands
        self._area = area
        self._inspector = inspector
        self._status = status
        self._refused = refused
        self._summing = Summing((), ())
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._add_up)
        area.table.selection_changed.connect(self.show)
        area.table.menu_asked.connect(self._open_menu)
        area.table.opened.connect(self._open_inspector)
        backend.events.on(AccountOpening, self._begin)
        backend.events.on(ContentRefused, self._learn)

    @Slot()
    def show(self) -> None:
        """Show what is selected now, and what is known of it now."""
        self._later.stop()
        shown = self._area.model.files
        ranges = selected_ranges(self._area.table)
        self._commands.show_list(len(shown))
        self._summing = Summing(shown, ranges)
        if self._summing.count == 1:
            self._inspector.show_files([shown[ranges[0][0]]])
        elif not self._summing.count:
            self._inspector.show_files([])
        self._add_up()

    def _begin(self, event: AccountOpening) -> None:
        self._refused.begin(event.account)

    def _learn(self, event: ContentRefused) -> None:
        if self._refused.learn(event.account_id, event.purpose, event.reason):
            self._inspector.show_refusals()
            self.show()

    @Slot()
    def _add_up(self) -> None:
        summing = self._summing
        if not summing.go_on(_AT_ONCE):
            self._status.show_selection(summing.count, None)
            self._commands.show_selection(summing.count, None)
            self._later.start()
            return
        sums = summing.sums
        self._status.show_selection(summing.count, sums.total.size)
        self._commands.show_selection(summing.count, self._refused.why_none_of(sums.purposes))
        if summing.count > 1:
            self._inspector.show_sums(sums)

    @Slot(object)
    def _open_inspector(self, _file: object) -> None:
        self._commands.inspector.setChecked(True)

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self._window)
        commands = self._commands
        menu.addActions([commands.download, commands.download_to, commands.download_zip])
        menu.addAction(commands.download_anyway)
        menu.addSeparator()
        menu.addActions([commands.copy_ids, commands.copy_names, commands.copy_as.menuAction()])
        menu.addAction(commands.export_selected)
        menu.addSeparator()
        menu.addActions([commands.select_purpose.menuAction(), commands.invert_selection])
        menu.addSeparator()
        menu.addAction(commands.delete)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)


_AT_ONCE = 100_000
"""Files that are added up without a pause, which takes some hundredths of a second."""
