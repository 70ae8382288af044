"""Shown in place of a list of jobs that has no rows: why, and what to do."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.problems.errors import Problem
from services.system.language import _
from ui.icons import icon
from ui.jobs.job_look import JobLook
from ui.messages.problem_words import response_in_words, server_message_in_words
from ui.theme import Role
from ui.widgets.labels import IconLabel, label
from ui.wording import one_line


class JobState(QWidget):
    """An icon, a title, a few sentences and at most one button."""

    retry_requested = Signal()
    """Ask the server again."""
    clear_requested = Signal()
    """Clear the search."""

    def __init__(self, look: JobLook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._icon = IconLabel(icon(look.icon, Role.MUTED), 2.6)
        self._title = label("", "heading", wrap=True)
        self._said = label("", wrap=True)
        self._advice = label("", "muted", wrap=True)
        self._report = label("", "small", wrap=True)
        texts = (self._title, self._said, self._advice, self._report)
        for text in texts:
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for text in (self._said, self._report):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._retry = QPushButton(_("Try again"))
        self._retry.clicked.connect(self.retry_requested)
        self._clear = QPushButton(_("Clear search"))
        self._clear.clicked.connect(self.clear_requested)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for button in (self._retry, self._clear):
            button.setAutoDefault(True)  # Enter presses it, not Space alone
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 24, 32, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        for text in texts:
            column.addWidget(text)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addStretch(3)
        self.show_loading()

    def show_loading(self) -> None:
        """The first page is on its way."""
        self._show("hourglass", _(self._look.loading))

    def show_empty(self) -> None:
        """There are none."""
        self._show(self._look.icon, _(self._look.empty), _(self._look.how_to_start))

    def show_no_match(self, words: str) -> None:
        """There are some, but the search finds none of them."""
        title = _(self._look.no_match).format(text=one_line(words))
        self._show("search-x", title, clear=True)

    def show_not_offered(self, problem: Problem | None) -> None:
        """The server has no such list."""
        self._show("cloud-off", _(self._look.not_offered), problem=problem, retry=True)

    def show_problem(self, problem: Problem | None) -> None:
        """The list couldn't be loaded."""
        title = _("The list couldn't be loaded") if problem is None else one_line(problem.title)
        advice = "" if problem is None else one_line(problem.advice)
        self._show("cloud-off", title, advice, problem, role=Role.DANGER, retry=True)

    def focus_step(self) -> None:
        """Focus the button, or the page itself."""
        for button in (self._retry, self._clear):
            if not button.isHidden():
                button.setFocus()
                return
        self.setFocus()

    def _show(
        self,
        icon_name: str,
        title: str,
        advice: str = "",
        problem: Problem | None = None,
        *,
        role: Role = Role.MUTED,
        retry: bool = False,
        clear: bool = False,
    ) -> None:
        self._icon.show_icon(icon(icon_name, role))
        self._title.setText(title)
        said, report = server_message_in_words(problem), response_in_words(problem)
        for part, words in ((self._said, said), (self._advice, advice), (self._report, report)):
            part.setText(words)
            part.setVisible(bool(words))
        self._retry.setVisible(retry)
        self._clear.setVisible(clear)
        self.setAccessibleName(title)
        self.setAccessibleDescription("\n".join(filter(None, (said, advice, report))))
