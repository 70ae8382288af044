"""What is shown instead of the table while there is nothing to list."""

from enum import Enum, auto

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.browse.file_filter import FileFilter
from services.problems.errors import Problem, ProblemKind
from services.system.language import _
from ui.icons import icon
from ui.messages.problem_words import response_in_words, server_message_in_words
from ui.theme import Role
from ui.widgets.labels import IconLabel, label
from ui.wording import one_line


class ListState(Enum):
    """Why there is no row to show."""

    LOADING = auto()
    EMPTY = auto()
    FAILED = auto()
    """The listing failed; the problem says why."""


class StatePage(QWidget):
    """An icon, a sentence and the next step."""

    retry_asked = Signal()
    go_on_asked = Signal()
    """The rest of a listing that broke off is wanted."""
    clear_filter_asked = Signal()
    account_asked = Signal()
    """The account is to be edited, because of its key or its address."""
    upload_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon("hourglass", Role.MUTED), 2.6)
        self._title = label("", "heading", wrap=True)
        self._said = label("", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self._report = label("", "small", wrap=True)
        for text in (self._said, self._report):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for text in (self._title, self._said, self._advice, self._report):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        steps = {
            _Step.KEY: (_("Change the key…"), self.account_asked),
            _Step.ADDRESS: (_("Edit account…"), self.account_asked),
            _Step.GO_ON: (_("Try again from here"), self.go_on_asked),
            _Step.RETRY: (_("Try again"), self.retry_asked),
            _Step.CLEAR: (_("Clear search and filter"), self.clear_filter_asked),
            _Step.UPLOAD: (_("Upload…"), self.upload_asked),
        }
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self._buttons = {}
        for step, (words, asked) in steps.items():
            self._buttons[step] = QPushButton(words)
            self._buttons[step].setAutoDefault(True)  # Enter presses it, not Space alone
            self._buttons[step].clicked.connect(asked)
            buttons.addWidget(self._buttons[step])
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._said)
        column.addWidget(self._advice)
        column.addWidget(self._report)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)
        self.show_state(ListState.LOADING, None, "")

    def show_state(
        self, state: ListState, problem: Problem | None, text: str, *, can_go_on: bool = False
    ) -> None:
        """Show why there is nothing.

        `text` is the progress of a listing, or what was odd about one that failed without a
        problem; `problem` is why it failed; `can_go_on` is whether the rest can be loaded.
        """
        page = _page(state, problem, one_line(text))
        told = problem if state is ListState.FAILED else None
        self._show(page, response_in_words(told), can_go_on, said=server_message_in_words(told))

    def show_no_match(self, shown: FileFilter, *, can_go_on: bool = False) -> None:
        """There are files, but none match the filter and search."""
        from ui.files.no_match_words import no_match_in_words

        match = no_match_in_words(shown)
        page = _Page("search-x", Role.MUTED, match.title, match.advice, (_Step.CLEAR,))
        self._show(page, match.left_out, can_go_on)

    def focus_step(self) -> bool:
        """Put the keyboard on the first of the next steps, unless one has it; whether there is one."""
        steps = [button for button in self._buttons.values() if not button.isHidden()]
        if steps and not any(button.hasFocus() for button in steps):
            steps[0].setFocus()
        return bool(steps)

    def _show(self, page: "_Page", report: str, can_go_on: bool, *, said: str = "") -> None:
        self._icon.show_icon(icon(page.icon_name, page.role))
        self._title.setText(page.title)
        parts = ((self._said, said), (self._advice, page.advice), (self._report, report))
        for part, words in parts:
            part.setText(words)
            part.setVisible(bool(words))
        self.setAccessibleName(page.title)
        self.setAccessibleDescription("\n".join(filter(None, (said, page.advice, report))))
        for step, button in self._buttons.items():
            button.setVisible(step in page.steps or (step is _Step.GO_ON and can_go_on))


class _Step(Enum):
    """What can be done next, in the order of the buttons."""

    KEY = auto()
    ADDRESS = auto()
    GO_ON = auto()
    RETRY = auto()
    CLEAR = auto()
    UPLOAD = auto()


class _Page(msgspec.Struct, frozen=True):
    icon_name: str
    role: Role
    title: str
    advice: str
    steps: tuple[_Step, ...] = ()


def _page(state: ListState, problem: Problem | None, text: str) -> _Page:
    match state:
        case ListState.LOADING:
            return _Page("hourglass", Role.MUTED, _("Loading files…"), text)
        case ListState.EMPTY:
            return _Page(
                "inbox",
                Role.MUTED,
                _("No files yet"),
                _("Drag files here or press Upload…"),
                (_Step.UPLOAD,),
            )
        case ListState.FAILED:
            return _failed(problem, text)


_Trouble = tuple[str, tuple[_Step, ...]]

# The icon and the next steps of a failed listing; what is not here can only be tried again.
_KEY_TROUBLE = ("key-round", (_Step.KEY, _Step.RETRY))
_ADDRESS_TROUBLE = ("unlink", (_Step.ADDRESS, _Step.RETRY))
_NO_CONNECTION = ("wifi-off", (_Step.ADDRESS, _Step.RETRY))
_OTHER_TROUBLE: _Trouble = ("cloud-off", (_Step.RETRY,))
_TROUBLES: dict[ProblemKind, _Trouble] = {
    ProblemKind.KEY_MISSING: _KEY_TROUBLE,
    ProblemKind.KEY_REFUSED: _KEY_TROUBLE,
    ProblemKind.NOT_PERMITTED: _KEY_TROUBLE,
    ProblemKind.KEYRING_FAILED: _KEY_TROUBLE,
    ProblemKind.NOT_A_FILES_API: _ADDRESS_TROUBLE,
    ProblemKind.BAD_ADDRESS: _ADDRESS_TROUBLE,
    ProblemKind.TLS_FAILED: _ADDRESS_TROUBLE,
    ProblemKind.NOT_FOUND: _ADDRESS_TROUBLE,
    ProblemKind.UNREACHABLE: _NO_CONNECTION,
    ProblemKind.CONNECTION_LOST: _NO_CONNECTION,
    ProblemKind.TIMED_OUT: _NO_CONNECTION,
}


def _failed(problem: Problem | None, odd: str) -> _Page:
    if problem is None:
        icon_name, steps = _OTHER_TROUBLE
        return _Page(icon_name, Role.DANGER, _("The list couldn't be loaded"), odd, steps)
    icon_name, steps = _TROUBLES.get(problem.kind, _OTHER_TROUBLE)
    return _Page(icon_name, Role.DANGER, problem.title, problem.advice, steps)
