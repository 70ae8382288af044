"""The results of a connection test, below the account form."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.accounts.connection_steps import ConnectionStep, ConnectionTest, StepState
from services.problems.errors import Problem
from services.system.language import _, ngettext
from services.system.locale_format import clock, whole
from ui.icons import icon
from ui.messages.problem_words import response_in_words, server_message_in_words
from ui.theme import Role
from ui.widgets.labels import IconLabel, label
from ui.wording import milliseconds_in_words, one_line

_FEWEST_ROWS = 3
"""So many steps go into the first column even if there are only so few, so that they stay there."""
_MARKS = {
    StepState.RUNNING: ("hourglass", Role.MUTED),
    StepState.PASSED: ("circle-check", Role.SUCCESS),
    StepState.WARNING: ("triangle-alert", Role.WARNING),
    StepState.FAILED: ("circle-x", Role.DANGER),
}
_NO_BREAK = "\u00a0"
_LOOKS = {StepState.RUNNING: "muted", StepState.WARNING: "warning"}


class ConnectionResults(QFrame):
    """Shows the steps in two columns with a mark each, then the problem and its advice."""

    better_url_chosen = Signal(str)
    """Carries a base URL that the test has found, to use instead."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "set-off")
        self.setAccessibleName(_("Test results"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 8)
        self._column.setSpacing(6)
        self._content: QWidget | None = None
        self.hide()

    def show_steps(self, steps: Sequence[ConnectionStep]) -> None:
        """Show the steps of a test that is running."""
        with self._replaced() as column:
            column.addWidget(_text(_("Testing…"), "strong"))
            column.addLayout(_grid(steps))

    def show_test(self, test: ConnectionTest) -> None:
        """Show the result of a test: its steps, and the problem if one failed."""
        with self._replaced() as column:
            if test.steps:
                head = QHBoxLayout()
                head.addWidget(_text(_summary(test.steps), "strong"), 1)
                head.addWidget(label(_when(test), "muted"))
                column.addLayout(head)
                column.addLayout(_grid([step for step in test.steps if not _has_failed(step)]))
            if test.problem is not None:
                _add_problem(column, test.problem)
            if test.better_url:
                column.addLayout(self._offer(test.better_url))

    def show_problem(self, problem: Problem) -> None:
        """Show only a problem."""
        with self._replaced() as column:
            _add_problem(column, problem)

    def show_sentence(self, text: str, look: str) -> None:
        """Show only a sentence, in one of the style sheet's looks."""
        with self._replaced() as column:
            column.addWidget(_text(text, look))

    def clear(self) -> None:
        """Remove everything and hide."""
        self.hide()
        if self._content is not None:
            self._content.hide()
            self._column.removeWidget(self._content)
            self._content.deleteLater()
            self._content = None

    def _offer(self, better_url: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(_text(_("There is a Files API at {url}").format(url=better_url), ""), 1)
        button = QPushButton(_("Use this address"))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.better_url_chosen.emit(better_url))
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    @contextlib.contextmanager
    def _replaced(self) -> Iterator[QVBoxLayout]:
        """A column for new content, which is shown after the block."""
        self.clear()
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        yield column
        self._column.addWidget(self._content)
        self.show()


def _has_failed(step: ConnectionStep) -> bool:
    return step.state is StepState.FAILED


def _summary(steps: Sequence[ConnectionStep]) -> str:
    """“5 steps passed, 1 warning”."""
    states = [step.state for step in steps]
    passed, warnings = states.count(StepState.PASSED), states.count(StepState.WARNING)
    parts = [
        ngettext("{number} step passed", "{number} steps passed", passed).format(
            number=whole(passed)
        )
    ]
    if warnings:
        text = ngettext("{number} warning", "{number} warnings", warnings)
        parts.append(text.format(number=whole(warnings)))
    if StepState.FAILED in states:
        parts.append(_("1 failed"))
    return ", ".join(parts)


def _when(test: ConnectionTest) -> str:
    began = datetime.fromtimestamp(test.began_at).astimezone()
    return _("Test of {time}, took {duration}").format(
        time=clock(began.time()), duration=milliseconds_in_words(test.seconds)
    )


def _grid(steps: Sequence[ConnectionStep]) -> QGridLayout:
    """The steps in two columns, each from top to bottom."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    rows = max(_FEWEST_ROWS, (len(steps) + 1) // 2)
    for place, step in enumerate(steps):
        _add_step(grid, step, place % rows, 2 * (place // rows))
    for column in (1, 3):
        grid.setColumnStretch(column, 1)
    return grid


def _add_step(grid: QGridLayout, step: ConnectionStep, row: int, column: int) -> None:
    words = one_line(step.text)
    if step.seconds is not None:
        duration = milliseconds_in_words(step.seconds).replace(" ", _NO_BREAK)
        words = _("{step} · {duration}").format(step=words, duration=duration)
    grid.addWidget(_mark(step.state), row, column, Qt.AlignmentFlag.AlignTop)
    grid.addWidget(_text(words, _LOOKS.get(step.state, "")), row, column + 1)


def _add_problem(column: QVBoxLayout, problem: Problem) -> None:
    title = QHBoxLayout()
    title.setSpacing(8)
    title.addWidget(_mark(StepState.FAILED), 0, Qt.AlignmentFlag.AlignTop)
    lines = QVBoxLayout()
    lines.setSpacing(4)
    for look, words in (
        ("", one_line(problem.title)),
        ("", server_message_in_words(problem)),
        ("muted", problem.advice),
        ("small", response_in_words(problem)),
    ):
        if words:
            lines.addWidget(_text(words, look))
    title.addLayout(lines, 1)
    column.addLayout(title)


def _mark(state: StepState) -> IconLabel:
    name, role = _MARKS[state]
    mark = IconLabel(icon(name, role))
    # Screen readers can't see the icon.
    words = {
        StepState.RUNNING: _("under way"),
        StepState.PASSED: _("passed"),
        StepState.WARNING: _("warning"),
        StepState.FAILED: _("failed"),
    }
    mark.setAccessibleName(words[state])
    return mark


def _text(words: str, look: str) -> QLabel:
    text = label(words, look, wrap=True)
    text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text
