"""One opened line: its title and status, and the line as a conversation, as a tree and as it is."""

from enum import IntEnum
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShortcut,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from services.previews.conversations.conversation import Conversation, conversation_in
from services.previews.conversations.json_tree import top_of
from services.previews.lines.line_value import LineValue, read_line
from services.system.language import _
from services.system.safe_text import one_line
from ui.icons import icon, space_icon
from ui.inside.opened_line.conversation_view import ConversationView
from ui.inside.opened_line.json_tree import JsonTree
from ui.inside.opened_line.message_words import heading_of
from ui.inside.opened_line.raw_view import RawView
from ui.inside.opened_line.shown_line import ShownLine
from ui.theme import Role
from ui.widgets.labels import ElidedLabel, IconLabel, label, set_look


class Tab(IntEnum):
    """How a line is shown."""

    CONVERSATION = 0
    TREE = 1
    RAW = 2


class LineView(QWidget):
    """Shows one line. The chosen tab stays for the next lines, as far as they have it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: ShownLine | None = None
        self._value = LineValue()
        self._conversation = Conversation()
        self._wanted = Tab.CONVERSATION
        """The tab that was chosen last."""
        self._filled: set[Tab] = set()
        """The tabs that show the line already."""
        self._title = ElidedLabel("heading")
        self._subtitle = ElidedLabel("muted")
        self._status_icon = IconLabel(icon("circle-check", Role.SUCCESS), 1.0)
        self._status = ElidedLabel()
        self._tabs = QTabBar()
        self._tabs.setProperty("look", "underlined")
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        for text in (_("Conversation"), _("Tree"), _("Raw")):
            self._tabs.addTab(text)
        for tab in Tab:
            keys = QKeySequence(f"Ctrl+{tab + 1}")
            self._tabs.setTabToolTip(tab, keys.toString(QKeySequence.SequenceFormat.NativeText))
            shortcut = QShortcut(keys, self)
            shortcut.activated.connect(partial(self.choose_tab, tab))
        self._tabs.currentChanged.connect(self._tab_changed)
        self._copy = QPushButton(icon("copy"), _("Copy"))
        self._copy.setProperty("look", "flat")
        space_icon(self._copy)
        self._copy.clicked.connect(self.copy)
        self.conversation = ConversationView()
        self.tree = JsonTree()
        self.raw = RawView()
        self._pages = QStackedWidget()
        for page in (self.conversation, self.tree, self.raw):
            self._pages.addWidget(page)
        self._build()
        self.clear()
        self._show_content(is_there=False)

    @property
    def shown_tab(self) -> Tab:
        """The tab that is shown."""
        return Tab(self._tabs.currentIndex())

    @property
    def tabs(self) -> QTabBar:
        """The tabs; those that the line doesn't have are disabled."""
        return self._tabs

    def show_line(self, line: ShownLine) -> None:
        """Show another line."""
        self._line = line
        self._value = line.value or read_line(line.fields or line.content, is_whole=line.is_whole)
        self._conversation = conversation_in(
            self._value, line.kind, line.request, len(line.content)
        )
        self._title.setText(one_line(line.title))
        self._subtitle.setText(one_line(line.subtitle))
        self._show_status(line)
        self._notice.setText(self._value.notice)
        self._notice.setVisible(bool(self._value.notice))
        self._show_content(is_there=True)
        self._show_tabs()

    def clear(self, words: str = "") -> None:
        """Show no line; `words` say why there is none to choose."""
        self._nothing.setText(words or _("Select a line to see all of it."))
        if self._line is None:
            return
        self._line = None
        self._value = LineValue()
        self._conversation = Conversation()
        self.conversation.clear()
        self.tree.show_value(None)
        self.raw.show_line(b"")
        self._filled = set()
        self._show_content(is_there=False)

    @Slot()
    def choose_tab(self, tab: Tab) -> None:
        """Show a tab, for the next lines too, unless this line doesn't have it."""
        if self._line is not None and self._tabs.isTabEnabled(tab):
            self._wanted = tab
            self._tabs.setCurrentIndex(tab)

    @Slot()
    def copy(self) -> None:
        """Copy what is shown: the answer, the selected value of the tree, or the whole line."""
        if self._line is None:
            return
        match self.shown_tab:
            case Tab.CONVERSATION:
                text = self._conversation.answer or _all_texts(self._conversation)
                QGuiApplication.clipboard().setText(text)
            case Tab.TREE:
                self.tree.view.copy_value()
            case Tab.RAW:
                QGuiApplication.clipboard().setText(self.raw.text.source)

    def clear_search(self) -> bool:
        """Clear the field of the tree if it has the focus and a text; return whether it had."""
        field = self.tree.field
        if not field.hasFocus() or not field.text():
            return False
        field.clear()
        return True

    def focus_search(self) -> None:
        """Focus the field that searches the tree, if the line has one."""
        self.choose_tab(Tab.TREE)
        if self.shown_tab is Tab.TREE:
            self.tree.field.setFocus()
            self.tree.field.selectAll()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Pass the focus on to what is shown of the line."""
        page = self._pages.currentWidget()
        if page is not None and self._line is not None:
            page.setFocus(event.reason())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave room for the title beside a long status."""
        super().resizeEvent(event)
        self._status.setMaximumWidth(self.width() * 3 // 5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is shown, unless a part with a selection has done so."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._title, 1)
        head.addWidget(self._status_icon)
        head.addWidget(self._status)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._tabs)
        row.addStretch(1)
        row.addWidget(self._copy)
        self._rule = QFrame()
        self._rule.setProperty("look", "rule")
        self._rule.setFixedHeight(1)
        self._notice = label(look="muted", wrap=True)
        self._notice.setContentsMargins(0, 8, 0, 0)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addSpacing(2)
        column.addWidget(self._subtitle)
        column.addLayout(row)
        column.addWidget(self._rule)
        column.addWidget(self._notice)
        column.addWidget(self._pages, 1)
        self._nothing = label("", "muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(_SIDE, 8, _SIDE, 0)
        outer.addWidget(self._content, 1)
        outer.addWidget(self._nothing, 1)

    def _show_content(self, *, is_there: bool) -> None:
        self._content.setVisible(is_there)
        self._nothing.setVisible(not is_there)
        self._outer.activate()  # the cards are laid out for the width there is

    def _show_status(self, line: ShownLine) -> None:
        looks = {
            True: ("success", "circle-check", Role.SUCCESS),
            False: ("error", "circle-x", Role.DANGER),
            None: ("muted", "", Role.MUTED),
        }
        look, icon_name, role = looks[line.has_succeeded]
        self._status.setText(one_line(line.status))
        set_look(self._status, look)
        self._status_icon.setVisible(bool(icon_name and line.status))
        if icon_name:
            self._status_icon.show_icon(icon(icon_name, role))

    def _show_tabs(self) -> None:
        """Enable the tabs that the line has, and show the one that was chosen or the next best."""
        is_readable = not self._value.problem
        there = {
            Tab.CONVERSATION: is_readable and not self._conversation.is_empty,
            Tab.TREE: is_readable,
            Tab.RAW: True,
        }
        self._filled = set()
        with QSignalBlocker(self._tabs):
            for tab, is_there in there.items():
                self._tabs.setTabEnabled(tab, is_there)
            best = self._wanted if there[self._wanted] else next(filter(there.get, Tab))
            self._tabs.setCurrentIndex(best)
        self._fill()

    @Slot(int)
    def _tab_changed(self, number: int) -> None:
        self._wanted = Tab(number)
        self._fill()

    def _fill(self) -> None:
        """Show the line in the current tab, unless it's there already."""
        line, tab = self._line, self.shown_tab
        self._pages.setCurrentIndex(tab)
        self._copy.setToolTip(_what_is_copied(tab, self._conversation))
        if line is None or tab in self._filled:
            return
        self._filled.add(tab)
        match tab:
            case Tab.CONVERSATION:
                self.conversation.show_conversation(
                    self._conversation, request_source=line.request_source, source=line.source
                )
            case Tab.TREE:
                self.tree.show_value(top_of(self._value.json))
            case Tab.RAW:
                self.raw.show_line(line.content, self._value.problem, self._value.position)


_SIDE = 15


def _what_is_copied(tab: Tab, conversation: Conversation) -> str:
    if tab is Tab.TREE:
        return _("Copy the selected value")
    if tab is Tab.RAW:
        return _("Copy the line")
    return _("Copy the answer") if conversation.answer else _("Copy the messages")


def _all_texts(conversation: Conversation) -> str:
    return "\n\n".join(f"{heading_of(one)}\n{one.text}" for one in conversation.messages)
