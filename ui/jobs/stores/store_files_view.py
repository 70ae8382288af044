"""The files of one vector store, in place of the list of stores."""

from itertools import pairwise

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from services.problems.errors import Problem
from services.system.language import N_, _, ngettext
from ui.icons import icon, space_icon
from ui.jobs.stores.store_file_model import StoreFileModel
from ui.jobs.stores.store_file_table import StoreFileTable
from ui.messages.problem_words import problem_in_words
from ui.middle_page import MiddlePage
from ui.theme import Role
from ui.widgets.buttons import enable_unless, link_button
from ui.widgets.labels import ElidedLabel, IconLabel, label
from ui.widgets.list_box import ListBox
from ui.wording import count_in_words, files_in_words

_FILTERS = (
    (None, N_("All files")),
    ("completed", N_("Ready")),
    ("in_progress", N_("Indexing")),
    ("failed", N_("Failed")),
    ("cancelled", N_("Canceled")),
)


class StoreFilesView(MiddlePage):
    """A head with what can be done, the table, and a line about how many files are listed."""

    back_requested = Signal()
    """Go back to the list of stores."""
    state_chosen = Signal(object)
    """List only the files in this state; None for all."""
    retry_requested = Signal()
    """Request the files again that couldn't be listed."""
    attach_requested = Signal()
    detach_requested = Signal()
    """Detach the selected files."""
    text_requested = Signal()
    """Read the parsed text of the selected file."""
    show_requested = Signal()
    """Show the selected files in the list of files."""
    copy_requested = Signal()
    """Copy the IDs of the selected files."""

    def __init__(self, model: StoreFileModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Files in the vector store"))
        self._model = model
        self.table = StoreFileTable(model)
        self._why_no_attach = ""
        self._is_listing = self._is_whole = False
        self._problem = ""
        """Why not all files could be listed."""
        self._total: int | None = None
        self._build()
        self.table.selection_changed.connect(self._show_selection)
        self.table.opened.connect(self._read_text)
        self.table.delete_pressed.connect(self._detach_selected)
        self.table.menu_asked.connect(self._open_menu)
        self._show_selection()

    def _build(self) -> None:
        back = QPushButton(icon("arrow-left"), _("Vector stores"))
        back.setProperty("look", "flat")
        back.setAccessibleName(_("Back to the vector stores"))
        back.setToolTip(_("Back to the vector stores (Esc)"))
        space_icon(back)
        back.clicked.connect(self.back_requested)
        line = QFrame()
        line.setProperty("look", "rule")
        line.setFixedSize(1, 20)
        self._name = ElidedLabel("strong", elide=Qt.TextElideMode.ElideMiddle)
        self._filter = ListBox()
        self._filter.setAccessibleName(_("Files shown"))
        for state, title in _FILTERS:
            self._filter.addItem(_(title), state)
        self._filter.activated.connect(self._choose)
        upper = QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(back)
        upper.addWidget(line)
        upper.addWidget(self._name, 1)
        upper.addWidget(self._filter)
        self._attach = _button(_("Attach files…"), self.attach_requested)
        self._detach = _button(_("Detach…"), self.detach_requested)
        self._text = _button(_("Read parsed text"), self.text_requested)
        self._show = _button(_("Show in list"), self.show_requested)
        lower = QHBoxLayout()
        lower.setSpacing(6)
        lower.setContentsMargins(6, 0, 0, 0)
        for button in (self._attach, self._detach, self._text, self._show):
            lower.addWidget(button)
        lower.addStretch(1)
        bar = QWidget()
        bar.setProperty("look", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head = QVBoxLayout(bar)
        head.setContentsMargins(8, 7, 14, 9)
        head.setSpacing(7)
        head.addLayout(upper)
        head.addLayout(lower)
        self._state = _State()
        self._state.retry.clicked.connect(self.retry_requested)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.table)
        self._middle.addWidget(self._state)
        self._count = ElidedLabel()
        self._again = link_button(_("Try again"))
        self._again.clicked.connect(self.retry_requested)
        self._again.hide()
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 4, 14, 5)
        foot.setSpacing(8)
        foot.addWidget(self._count, 1)
        foot.addWidget(self._again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._middle, 1)
        column.addLayout(foot)
        # In the order on the screen.
        buttons = (self._attach, self._detach, self._text, self._show)
        chain = (back, self._filter, *buttons, self.table, self._state.retry, self._again)
        for first, second in pairwise(chain):
            self.setTabOrder(first, second)

    @property
    def state(self) -> str | None:
        """The state of the files that are shown; None for all."""
        chosen = self._filter.currentData()
        return chosen if isinstance(chosen, str) else None

    @property
    def count_words(self) -> str:
        """What the line below the table says."""
        return self._count.text()

    def show_store(self, name: str, total: int | None, why_no_attach: str) -> None:
        """Name the store; `total` is how many files it has, if that is known.

        `why_no_attach` says why nothing can be attached to it; empty if it can.
        """
        self._name.setText(name)
        self._total, self._why_no_attach = total, why_no_attach
        enable_unless(self._attach, why_no_attach)
        self._show_count()

    def reset(self) -> None:
        """Show all files of another store."""
        self._filter.setCurrentIndex(0)
        self.table.clearSelection()

    def show_listing(self) -> None:
        """Show that files are being requested."""
        self._is_listing, self._is_whole, self._problem = True, False, ""
        self._show_middle()

    def show_listed(self, *, is_whole: bool, problem: Problem | None) -> None:
        """Show that no more files arrive by themselves, and why."""
        self._is_listing, self._is_whole = False, is_whole
        self._problem = "" if problem is None else problem_in_words(problem)
        self._show_middle()
        self.table.fetch_if_end_shows()

    def show_rows(self) -> None:
        """Show the table, or why it has no rows, after some were removed."""
        self._show_middle()

    def focus_content(self) -> None:
        """Focus the table, or what is in its place."""
        if self._middle.currentWidget() is self.table:
            self.table.setFocus()
        elif not self._state.retry.isHidden():
            self._state.retry.setFocus()
        else:
            self._state.setFocus()  # until there are rows

    def _show_middle(self) -> None:
        has_rows = self._model.rowCount() > 0
        focused = self.window().focusWidget()
        had_focus = focused is not None and self._middle.isAncestorOf(focused)
        if self._is_listing and not has_rows:
            self._state.show_words("hourglass", _("Loading files…"))
        elif self._problem:
            self._state.show_words("cloud-off", self._problem, can_retry=True)
        elif self.state is not None:
            self._state.show_words("search-x", _("No files in this state"))
        else:
            self._state.show_words("database", _("No files in this vector store"))
        self._middle.setCurrentWidget(self.table if has_rows else self._state)
        if had_focus:
            self.focus_content()
        self._again.setVisible(bool(self._problem) and has_rows)
        self._show_count()

    def _show_count(self) -> None:
        number, selected = self._model.rowCount(), self.table.selected_count
        words = files_in_words(number)
        if not self._is_whole and number:
            words = _("{files} so far").format(files=words)
            if self._total is not None and self.state is None and self._total > number:
                words = _("{number} of {files}").format(
                    number=count_in_words(number), files=files_in_words(self._total)
                )
        parts = [words] if number else []
        if self._is_listing and number:
            parts.append(_("loading more…"))
        if selected:
            text = ngettext("{number} selected", "{number} selected", selected)
            parts.append(text.format(number=count_in_words(selected)))
        if number and self._problem:
            parts.append(self._problem)
        self._count.setText(" · ".join(parts))

    @Slot()
    def _show_selection(self) -> None:
        nothing = "" if self.table.selected_count else _("Select a file first.")
        enable_unless(self._detach, nothing)
        enable_unless(self._show, nothing)
        enable_unless(self._text, self._why_no_text())
        self._show_count()

    def _why_no_text(self) -> str:
        selected = self.table.only_selected
        if selected is None:
            return _("Select one file.")
        if selected.status not in (None, "completed"):
            return _("Only files that are ready have a parsed text.")
        return ""

    @Slot()
    def _read_text(self) -> None:
        if not self._why_no_text():
            self.text_requested.emit()

    @Slot()
    def _detach_selected(self) -> None:
        if self.table.selected_count:
            self.detach_requested.emit()

    @Slot(int)
    def _choose(self, _place: int) -> None:
        self.state_chosen.emit(self.state)

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        for button in (self._text, self._show, self._detach):
            action = menu.addAction(button.text())
            action.triggered.connect(button.click)
            action.setEnabled(button.isEnabled())
            action.setToolTip(button.toolTip())
        menu.addSeparator()
        number = self.table.selected_count
        copy = menu.addAction(_("Copy IDs") if number > 1 else _("Copy ID"))
        copy.triggered.connect(self.copy_requested)
        menu.popup(place)


class _State(QWidget):
    """An icon and a sentence in place of the table."""

    def __init__(self) -> None:
        super().__init__()
        self._icon = IconLabel(icon("database", Role.MUTED), 2.4)
        self._words = label("", "muted", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.retry = QPushButton(_("Try again"))
        self.retry.setAutoDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._words)
        column.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

    def show_words(self, icon_name: str, words: str, *, can_retry: bool = False) -> None:
        self._icon.show_icon(icon(icon_name, Role.MUTED))
        self._words.setText(words)
        self.retry.setVisible(can_retry)
        self.setAccessibleName(words)


def _button(words: str, clicked: object) -> QPushButton:
    button = QPushButton(words)
    button.clicked.connect(clicked)
    return button
