"""Selecting many files: all, the others, by purpose, or by pasted IDs."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.browse.file_list import FileFilter
from services.system.language import _
from services.system.safe_text import menu_entry
from ui.account_dialogs import AccountDialogs
from ui.actions import Actions
from ui.backend import AccountLeaving, Backend
from ui.files.files_area import FilesArea
from ui.icons import purpose_icon
from ui.messages.message_bar import MessageBar
from ui.selected_rows import selected_ranges
from ui.sidebar.sidebar import Sidebar
from ui.table.file_table_model import ranges_of
from ui.wording import one_line

if TYPE_CHECKING:
    from services.browse.paste_ids import FoundIds


class PickingFlow(QObject):
    """Selects files in the table, for the commands of the Select menu."""

    list_wanted = Signal()
    """Files are selected that are to be seen, also if something covers the list."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        area: FilesArea,
        sidebar: Sidebar,
        messages: MessageBar,
        clear_filter: Callable[[], None],
        backend: Backend,
    ) -> None:
        """`clear_filter` clears search and filter, so that all files are shown."""
        super().__init__(window)
        self._window = window
        self._area = area
        self._sidebar = sidebar
        self._messages = messages
        self._clear_filter = clear_filter
        self._dialogs = AccountDialogs(backend)
        self._purposes = commands.select_purpose
        self._pending_selection: Callable[[], None] | None = None
        commands.select_all.triggered.connect(area.table.selectAll)
        commands.invert_selection.triggered.connect(self._select_others)
        commands.select_by_ids.triggered.connect(self._ask_for_ids)
        self._purposes.aboutToShow.connect(self._fill_purposes)
        self._purposes.triggered.connect(self._purpose_chosen)
        area.list_changed.connect(self._select_pending)
        backend.events.on(AccountLeaving, self._forget_pending)

    @Slot()
    def _select_others(self) -> None:
        last = len(self._area.model.files) - 1
        others: list[tuple[int, int]] = []
        start = 0
        for first, end in selected_ranges(self._area.table):
            if first > start:
                others.append((start, first - 1))
            start = end + 1
        if start <= last:
            others.append((start, last))
        self._area.table.select_ranges(others)

    # By purpose

    @Slot()
    def _fill_purposes(self) -> None:
        """List the purposes of the selected (or current) files first, then the others."""
        menu = self._purposes
        menu.clear()
        selected = self._selected_purposes()
        counts = self._area.files.counts().purposes
        for purpose in (
            *selected,
            None,
            *(name for name in sorted(counts) if name not in selected),
        ):
            if purpose is None:
                menu.addSeparator()
                continue
            title = menu_entry(purpose) or _("No purpose")
            action = menu.addAction(purpose_icon(purpose), title)
            action.setData(purpose)

    def _selected_purposes(self) -> list[str]:
        table, files = self._area.table, self._area.model.files
        rows = (
            row
            for first, last in selected_ranges(table)
            for row in range(first, min(last, first + _SAMPLE_SIZE) + 1)
        )
        selected = {files[row].purpose or "" for row in islice(rows, _SAMPLE_SIZE)}
        current = table.current_file()
        if not selected and current is not None:
            selected = {current.purpose or ""}
        return sorted(selected)

    @Slot(QAction)
    def _purpose_chosen(self, action: QAction) -> None:
        self.select_purpose(str(action.data()))

    def select_purpose(self, purpose: str) -> None:
        """Select all shown files with a purpose; the empty name selects those without one."""
        files = self._area.model.files
        if len(files) <= _MAX_SCANNED:
            ranges = ranges_of(
                row for row, file in enumerate(files) if (file.purpose or "") == purpose
            )
            if len(ranges) <= _MAX_RANGES:
                self._area.table.select_ranges(ranges)
                self._area.table.setFocus()
                return
        # Qt searches all ranges for every cell that it paints, and these are too many. So only
        # these files are shown, as a single range.
        alone = structs.replace(self._area.files.file_filter, purposes=frozenset({purpose}))
        self._sidebar.choose(FileFilter(alone.purposes, alone.view))
        self._area.choose(alone)
        self._when_ready(self._area.table.selectAll)
        self._area.table.setFocus()
        name = one_line(purpose) or _("No purpose")
        self._messages.show_notice(
            _("Now showing only this purpose: {purpose}").format(purpose=name)
        )

    # By IDs

    @Slot()
    def _ask_for_ids(self) -> None:
        from ui.files.ids_dialog import IdsDialog

        copied = QGuiApplication.clipboard().text()
        picked = self._find_ids(copied if len(copied) <= _MAX_CLIPBOARD else "")
        # In a list, any word could be an ID; only likely ones are filled in automatically.
        prefixes = tuple(self._prefixes())
        missing = (one for one in picked.missing if one.startswith(prefixes))
        text = "\n".join((*picked.found, *missing))
        dialog = IdsDialog(self._find_ids, self._area.model.is_shown, self._window, text)
        dialog.chosen.connect(self._ids_chosen)
        dialog.finished.connect(dialog.deleteLater)
        self._dialogs.open(dialog)

    def _find_ids(self, text: str) -> "FoundIds":
        from services.browse.paste_ids import find_ids

        files = self._area.files
        return find_ids(text, lambda one: files.get(one) is not None, self._prefixes())

    def _prefixes(self) -> frozenset[str]:
        from services.browse.paste_ids import id_prefixes

        return id_prefixes(file.id for file in islice(self._area.model.files, _SAMPLE_SIZE))

    @Slot(object, bool)
    def _ids_chosen(self, ids: tuple[str, ...], show_hidden: bool) -> None:
        if show_hidden:
            self._clear_filter()
        self._when_ready(lambda: self._area.table.select_ids(ids))
        self._area.table.setFocus()

    def show_ids(self, ids: Sequence[str]) -> bool:
        """Select files, clearing the filter if it hides one; return whether any of them exist."""
        known = [one for one in ids if self._area.files.get(one) is not None]
        if not known:
            return False
        self.list_wanted.emit()
        self._ids_chosen(tuple(known), not all(map(self._area.model.is_shown, known)))
        return True

    def _when_ready(self, select: Callable[[], None]) -> None:
        """Call `select` as soon as the table is up to date: very long lists take a moment."""
        self._pending_selection = select
        self._select_pending()

    @Slot()
    def _select_pending(self) -> None:
        if self._pending_selection is not None and not self._area.model.is_arranging:
            select, self._pending_selection = self._pending_selection, None
            select()

    def _forget_pending(self, _event: AccountLeaving) -> None:
        self._pending_selection = None


_SAMPLE_SIZE = 1000
"""Files examined to collect purposes and ID prefixes."""
_MAX_SCANNED = 200_000
"""Files searched without a pause, which takes a few hundredths of a second."""
_MAX_RANGES = 20_000
"""More ranges would make painting slow."""
_MAX_CLIPBOARD = 1_000_000
"""The longest clipboard text that is searched automatically, in characters."""
