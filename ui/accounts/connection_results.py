"""The results of a connection test, below the account form."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from services.problems.errors import Problem
from services.system.language import _
from ui.icons import icon
from ui.messages.problem_words import response_in_words, server_message_in_words
from ui.theme import Role
from ui.widgets.labels import IconLabel, label
from ui.wording import one_line


class ConnectionResults(QFrame):
    """Shows one line per step with a check mark or a cross, then the problem and its advice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "set-off")
        self.setAccessibleName(_("Test results"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_steps(self, passed: Sequence[str], problem: Problem | None) -> None:
        """Show the steps that passed, and the problem if one failed."""
        self.clear()
        for text in passed:
            self._add(True, text)
        if problem is not None:
            self.show_problem(problem)
        self.setVisible(self._grid.count() > 0)

    def show_problem(self, problem: Problem) -> None:
        """Add a problem below the steps."""
        self._add(False, problem.title)
        for look, words in (
            ("", server_message_in_words(problem)),
            ("muted", problem.advice),
            ("small", response_in_words(problem)),
        ):
            if words:
                self._put(label(words, look, wrap=True), self._grid.rowCount())
        self.show()

    def show_sentence(self, text: str, look: str) -> None:
        """Show only a sentence, in one of the style sheet's looks."""
        self.clear()
        self._put(label(text, look, wrap=True), 0)
        self.show()

    def clear(self) -> None:
        """Remove everything and hide."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.hide()

    def _add(self, passed: bool, text: str) -> None:
        row = self._grid.rowCount()
        mark = IconLabel(
            icon("circle-check", Role.SUCCESS) if passed else icon("circle-x", Role.DANGER)
        )
        # Screen readers can't see the icon.
        mark.setAccessibleName(_("passed") if passed else _("failed"))
        self._grid.addWidget(mark, row, 0, Qt.AlignmentFlag.AlignTop)
        self._put(label(one_line(text), wrap=True), row)

    def _put(self, text: QLabel, row: int) -> None:
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(text, row, 1)
