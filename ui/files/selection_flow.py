"""Updates the window when the selection changes, and opens the context menu."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtWidgets import QMenu, QWidget

from services.accounts.events import AccountOpening
from services.browse.row_chunks import Range
from services.browse.selection_sums import IncrementalSum, SelectionSums
from services.providers.providers import provider_named
from services.transfers.events import ContentRefused
from ui.actions import Actions
from ui.backend import Backend
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.files.status_line import StatusLine
from ui.inspector.inspector import Inspector
from ui.selected_rows import selected_ranges

if TYPE_CHECKING:
    from services.browse.timeline import IncrementalTimeline


class SelectionFlow(QObject):
    """Keeps inspector, status line and actions in sync with the table's selection."""

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
        self._ranges: list[Range] = []
        self._sum = IncrementalSum((), ())
        self._sums = SelectionSums({})
        """The sums of the selected files, once they are known."""
        self._timeline: IncrementalTimeline | None = None
        """Their sizes over time, which are added up after that."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._go_on)
        area.table.selection_changed.connect(self.update)
        area.table.menu_asked.connect(self._open_menu)
        backend.events.on(AccountOpening, self._switch_account)
        backend.events.on(ContentRefused, self._note_refusal)

    @Slot()
    def update(self) -> None:
        """Show the current selection."""
        self._timer.stop()
        shown = self._area.model.files
        self._ranges = ranges = selected_ranges(self._area.table)
        self._commands.show_list(len(shown))
        self._sum = IncrementalSum(shown, ranges)
        self._timeline = None
        if self._sum.count == 1:
            self._inspector.show_files([shown[ranges[0][0]]])
        elif not self._sum.count:
            self._inspector.show_files([])
        self._update_sums()

    def _switch_account(self, event: AccountOpening) -> None:
        self._refused.switch_account(event.account)
        reasons = provider_named(event.account.provider_id).reasons
        self._commands.show_server(reasons)
        self._inspector.show_server(reasons)

    def _note_refusal(self, event: ContentRefused) -> None:
        if self._refused.add(event.account_id, event.purpose, event.reason):
            self._inspector.show_refusals()
            self.update()

    @Slot()
    def _go_on(self) -> None:
        if self._timeline is None:
            self._update_sums()
        else:
            self._update_timeline(self._timeline)

    def _update_sums(self) -> None:
        running_sum = self._sum
        if not running_sum.advance(_FILES_PER_STEP):
            self._status.show_selection(running_sum.count, None)
            self._commands.show_selection(running_sum.count, None)
            self._timer.start()
            return
        sums = running_sum.sums
        self._status.show_selection(running_sum.count, sums.total.size)
        self._commands.show_selection(
            running_sum.count, self._refused.reason_for_all(sums.purposes)
        )
        self._sums = sums
        if running_sum.count > 1:
            self._begin_timeline(sums)

    def _begin_timeline(self, sums: SelectionSums) -> None:
        from services.browse.timeline import IncrementalTimeline, has_timeline

        if not has_timeline(sums):
            self._inspector.show_sums(sums, ())
            return
        self._timeline = IncrementalTimeline(self._area.model.files, self._ranges, sums)
        if sums.total.count > _FILES_PER_STEP // 2:
            self._inspector.show_sums(sums)
            self._timer.start()
        else:
            self._update_timeline(self._timeline)

    def _update_timeline(self, timeline: "IncrementalTimeline") -> None:
        if timeline.advance(_FILES_PER_STEP):
            self._inspector.show_sums(self._sums, timeline.periods)
        else:
            self._timer.start()

    @Slot(QPoint)
    def _open_menu(self, position: QPoint) -> None:
        menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        commands = self._commands
        menu.addActions([commands.look_inside, commands.start_batch])
        menu.addSeparator()
        menu.addActions([commands.download, commands.download_to, commands.download_zip])
        menu.addAction(commands.download_anyway)
        menu.addAction(commands.copy_to_account)
        menu.addSeparator()
        menu.addActions([commands.copy_ids, commands.copy_names, commands.copy_links])
        menu.addAction(commands.copy_as.menuAction())
        menu.addAction(commands.export_selected)
        menu.addSeparator()
        menu.addAction(commands.attach)
        menu.addSeparator()
        menu.addActions([commands.select_purpose.menuAction(), commands.invert_selection])
        menu.addSeparator()
        menu.addActions([commands.change, commands.delete])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(position)


_FILES_PER_STEP = 20_000
"""Files summed without a pause, which takes about a hundredth of a second."""
