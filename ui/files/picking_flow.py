"""The ways to select many files: all, the others, those of a purpose, those of pasted ids."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QWidget

from services.browse.file_list import FileFilter
from services.system.language import _
from services.system.safe_text import menu_entry
from ui.actions import Actions
from ui.files.files_area import FilesArea
from ui.icons import purpose_icon
from ui.messages.message_bar import MessageBar
from ui.selected_rows import selected_ranges
from ui.sidebar.sidebar import Sidebar
from ui.table.file_table_model import ranges_of
from ui.wording import one_line

if TYPE_CHECKING:
    from services.browse.paste_ids import PickedIds


class PickingFlow(QObject):
    """Selects in the table what is asked for."""

    def __init__(
        self,
        window: QWidget,
        commands: Actions,
        area: FilesArea,
        sidebar: Sidebar,
        messages: MessageBar,
        clear_filter: Callable[[], None],
    ) -> None:
        """`clear_filter` ends search and filter, so that all files are shown."""
        super().__init__(window)
        self._window = window
        self._area = area
        self._sidebar = sidebar
        self._messages = messages
        self._clear_filter = clear_filter
        self._purposes = commands.select_purpose
        self._awaited: Callable[[], None] | None = None
        commands.select_all.triggered.connect(area.table.selectAll)
        commands.invert_selection.triggered.connect(self._select_others)
        commands.select_by_ids.triggered.connect(self._ask_for_ids)
        self._purposes.aboutToShow.connect(self._fill_purposes)
        self._purposes.triggered.connect(self._purpose_chosen)
        area.list_changed.connect(self._select_awaited)

    @Slot()
    def _select_others(self) -> None:
        last = len(self._area.model.files) - 1
        others: list[tuple[int, int]] = []
        begin = 0
        for first, end in selected_ranges(self._area.table):
            if first > begin:
                others.append((begin, first - 1))
            begin = end + 1
        if begin <= last:
            others.append((begin, last))
        self._area.table.select_ranges(others)

    # By purpose

    @Slot()
    def _fill_purposes(self) -> None:
        """Offer the purposes of the selected files first, or of the current one, then the others."""
        menu = self._purposes
        menu.clear()
        near = self._near_purposes()
        counts = self._area.files.counts().purposes
        for purpose in (*near, None, *(name for name in sorted(counts) if name not in near)):
            if purpose is None:
                menu.addSeparator()
                continue
            title = menu_entry(purpose) or _("No purpose")
            action = menu.addAction(purpose_icon(purpose), title)
            action.setData(purpose)

    def _near_purposes(self) -> list[str]:
        table, files = self._area.table, self._area.model.files
        rows = (
            row
            for first, last in selected_ranges(table)
            for row in range(first, min(last, first + _LOOKED_AT) + 1)
        )
        near = {files[row].purpose or "" for row in islice(rows, _LOOKED_AT)}
        current = table.current_file()
        if not near and current is not None:
            near = {current.purpose or ""}
        return sorted(near)

    @Slot(QAction)
    def _purpose_chosen(self, action: QAction) -> None:
        self.select_purpose(str(action.data()))

    def select_purpose(self, purpose: str) -> None:
        """Select all files of a purpose that are shown; the empty name stands for none."""
        files = self._area.model.files
        if len(files) <= _LOOKED_THROUGH:
            ranges = ranges_of(
                row for row, file in enumerate(files) if (file.purpose or "") == purpose
            )
            if len(ranges) <= _MOST_RANGES:
                self._area.table.select_ranges(ranges)
                self._area.table.setFocus()
                return
        # Qt looks through all ranges for every cell that it paints: these are too many, so the
        # files are shown alone and are one range.
        alone = structs.replace(self._area.files.shown, purposes=frozenset({purpose}))
        self._sidebar.choose(FileFilter(alone.purposes, alone.view))
        self._area.choose(alone)
        self._when_arranged(self._area.table.selectAll)
        self._area.table.setFocus()
        name = one_line(purpose) or _("No purpose")
        self._messages.show_notice(
            _("Now showing only this purpose: {purpose}").format(purpose=name)
        )

    # By ids

    @Slot()
    def _ask_for_ids(self) -> None:
        from ui.files.ids_dialog import IdsDialog

        copied = QGuiApplication.clipboard().text()
        picked = self._pick(copied if len(copied) <= _LONGEST else "")
        # Any word may stand in a list; what does not look like an id is not put in unasked.
        beginnings = tuple(self._beginnings())
        missing = (one for one in picked.missing if one.startswith(beginnings))
        text = "\n".join((*picked.found, *missing))
        dialog = IdsDialog(self._pick, self._area.model.shows, self._window, text)
        dialog.chosen.connect(self._ids_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _pick(self, text: str) -> "PickedIds":
        from services.browse.paste_ids import pick_ids

        files = self._area.files
        return pick_ids(text, lambda one: files.get(one) is not None, self._beginnings())

    def _beginnings(self) -> frozenset[str]:
        from services.browse.paste_ids import id_beginnings

        return id_beginnings(file.id for file in islice(self._area.model.files, _LOOKED_AT))

    @Slot(object, bool)
    def _ids_chosen(self, ids: tuple[str, ...], show_hidden: bool) -> None:
        if show_hidden:
            self._clear_filter()
        self._when_arranged(lambda: self._area.table.select_ids(ids))
        self._area.table.setFocus()

    def show_ids(self, ids: Sequence[str]) -> bool:
        """Select these files, and show all where one of them is hidden; whether there are any."""
        there = [one for one in ids if self._area.files.get(one) is not None]
        if not there:
            return False
        self._ids_chosen(tuple(there), not all(map(self._area.model.shows, there)))
        return True

    def _when_arranged(self, select: Callable[[], None]) -> None:
        """Select once the rows are those that were asked for: very long lists take a moment."""
        self._awaited = select
        self._select_awaited()

    @Slot()
    def _select_awaited(self) -> None:
        if self._awaited is not None and not self._area.model.is_arranging:
            select, self._awaited = self._awaited, None
            select()


_LOOKED_AT = 1000
"""Files that are looked at for their purposes, and for how ids begin here."""
_LOOKED_THROUGH = 200_000
"""Files that are looked through at once, which takes some hundredths of a second."""
_MOST_RANGES = 20_000
"""More of them would make painting a screen slow."""
_LONGEST = 1_000_000
"""Characters in the clipboard that are looked through without being asked to."""
