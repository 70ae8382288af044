"""The page shown instead of the table when there is nothing to list."""

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
    """Why there are no rows to show."""

    LOADING = auto()
    EMPTY = auto()
    FAILED = auto()
    """The listing failed; the problem says why."""


class StatePage(QWidget):
    """Shows an icon, a message and buttons for the next steps."""

    retry_requested = Signal()
    resume_requested = Signal()
    """Emitted to resume an interrupted listing."""
    clear_filter_requested = Signal()
    account_requested = Signal()
    """Emitted to edit the account, because of its key or URL."""
    upload_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconLabel(icon("hourglass", Role.MUTED), 2.6)
        self._title = label("", "heading", wrap=True)
        self._server_message = label("", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self._report = label("", "small", wrap=True)
        for text in (self._server_message, self._report):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for text in (self._title, self._server_message, self._advice, self._report):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        steps = {
            _Step.KEY: (_("Change the key…"), self.account_requested),
            _Step.URL: (_("Edit account…"), self.account_requested),
            _Step.RESUME: (_("Try again from here"), self.resume_requested),
            _Step.RETRY: (_("Try again"), self.retry_requested),
            _Step.CLEAR: (_("Clear search and filter"), self.clear_filter_requested),
            _Step.UPLOAD: (_("Upload…"), self.upload_requested),
        }
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self._buttons = {}
        for step, (words, requested) in steps.items():
            self._buttons[step] = QPushButton(words)
            self._buttons[step].setAutoDefault(True)  # Enter presses it, not Space alone
            self._buttons[step].clicked.connect(requested)
            buttons.addWidget(self._buttons[step])
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self._server_message)
        column.addWidget(self._advice)
        column.addWidget(self._report)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)
        self._why_no_upload = ""
        self.show_state(ListState.LOADING, None, "")

    def show_state(
        self, state: ListState, problem: Problem | None, text: str, *, can_resume: bool = False
    ) -> None:
        """Show why there are no rows.

        `text` is the progress of a listing, or the oddities of one that failed without a problem;
        `problem` is why it failed; `can_resume` is whether the rest can be loaded.
        """
        page = _page(state, problem, one_line(text), self._why_no_upload)
        reported = problem if state is ListState.FAILED else None
        self._show(
            page,
            response_in_words(reported),
            can_resume,
            server_message=server_message_in_words(reported),
        )

    def allow_upload(self, why_not: str) -> None:
        """Say from now on how to upload if there are no files, or why that's impossible."""
        self._why_no_upload = why_not

    def show_no_match(self, shown: FileFilter, *, can_resume: bool = False) -> None:
        """Show that there are files, but none match the filter and search."""
        from ui.files.no_match_words import no_match_in_words

        match = no_match_in_words(shown)
        page = _Page("search-x", Role.MUTED, match.title, match.advice, (_Step.CLEAR,))
        self._show(page, match.left_out, can_resume)

    def focus_step(self) -> bool:
        """Focus the first button unless one has the focus; return whether there is a button."""
        steps = [button for button in self._buttons.values() if not button.isHidden()]
        if steps and not any(button.hasFocus() for button in steps):
            steps[0].setFocus()
        return bool(steps)

    def _show(
        self, page: "_Page", report: str, can_resume: bool, *, server_message: str = ""
    ) -> None:
        self._icon.show_icon(icon(page.icon_name, page.role))
        self._title.setText(page.title)
        parts = (
            (self._server_message, server_message),
            (self._advice, page.advice),
            (self._report, report),
        )
        for part, words in parts:
            part.setText(words)
            part.setVisible(bool(words))
        self.setAccessibleName(page.title)
        self.setAccessibleDescription(
            "\n".join(filter(None, (server_message, page.advice, report)))
        )
        for step, button in self._buttons.items():
            button.setVisible(step in page.steps or (step is _Step.RESUME and can_resume))


class _Step(Enum):
    """The next steps, in the order of the buttons."""

    KEY = auto()
    URL = auto()
    RESUME = auto()
    RETRY = auto()
    CLEAR = auto()
    UPLOAD = auto()


class _Page(msgspec.Struct, frozen=True):
    icon_name: str
    role: Role
    title: str
    advice: str
    steps: tuple[_Step, ...] = ()


def _page(state: ListState, problem: Problem | None, text: str, why_no_upload: str) -> _Page:
    match state:
        case ListState.LOADING:
            return _Page("hourglass", Role.MUTED, _("Loading files…"), text)
        case ListState.EMPTY:
            return _Page(
                "inbox",
                Role.MUTED,
                _("No files yet"),
                why_no_upload or _("Drag files here or press Upload…"),
                () if why_no_upload else (_Step.UPLOAD,),
            )
        case ListState.FAILED:
            return _failed(problem, text)


_Failure = tuple[str, tuple[_Step, ...]]

# The icon and the next steps of a failed listing; other problems only offer a retry.
_KEY_FAILURE = ("key-round", (_Step.KEY, _Step.RETRY))
_URL_FAILURE = ("unlink", (_Step.URL, _Step.RETRY))
_NO_CONNECTION = ("wifi-off", (_Step.URL, _Step.RETRY))
_OTHER_FAILURE: _Failure = ("cloud-off", (_Step.RETRY,))
_FAILURES: dict[ProblemKind, _Failure] = {
    ProblemKind.KEY_MISSING: _KEY_FAILURE,
    ProblemKind.KEY_REFUSED: _KEY_FAILURE,
    ProblemKind.NOT_PERMITTED: _KEY_FAILURE,
    ProblemKind.KEYRING_FAILED: _KEY_FAILURE,
    ProblemKind.NOT_A_FILES_API: _URL_FAILURE,
    ProblemKind.BAD_ADDRESS: _URL_FAILURE,
    ProblemKind.TLS_FAILED: _URL_FAILURE,
    ProblemKind.NOT_FOUND: _URL_FAILURE,
    ProblemKind.UNREACHABLE: _NO_CONNECTION,
    ProblemKind.CONNECTION_LOST: _NO_CONNECTION,
    ProblemKind.TIMED_OUT: _NO_CONNECTION,
}


def _failed(problem: Problem | None, oddities: str) -> _Page:
    if problem is None:
        icon_name, steps = _OTHER_FAILURE
        return _Page(icon_name, Role.DANGER, _("The list couldn't be loaded"), oddities, steps)
    icon_name, steps = _FAILURES.get(problem.kind, _OTHER_FAILURE)
    return _Page(icon_name, Role.DANGER, problem.title, problem.advice, steps)
