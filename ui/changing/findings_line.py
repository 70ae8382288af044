"""What the check found in the original, in the dialog that changes a file."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from services.checks.finding import CheckReport
from ui.changing.change_words import checking_in_words, findings_in_words
from ui.icons import icon
from ui.theme import Role
from ui.widgets.labels import IconLabel, label, set_look


class FindingsLine(QHBoxLayout):
    """Empty until something is checked.

    A layout, because a dialog learns only later that the content of a widget needs more room.
    """

    def __init__(self) -> None:
        super().__init__()
        self.report: CheckReport | None = None
        """The result that is shown."""
        self._icon = IconLabel(icon("list-checks", Role.MUTED), 1.0)
        self._words = label("", wrap=True)
        self.setSpacing(10)
        self.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self.addWidget(self._words, 1)
        self._hide(True)

    @property
    def has_errors(self) -> bool:
        """Whether the file would be held back."""
        return self.report is not None and self.report.errors > 0

    def show_checking(self, purpose: str) -> None:
        """Show that it is being checked for a purpose."""
        self.report = None
        self._show(checking_in_words(purpose), "list-checks", Role.MUTED, "muted")

    def show_report(self, report: CheckReport | None, purpose: str) -> None:
        """Show the result, or nothing with None: it couldn't be checked."""
        self.report = report
        if report is None:
            self._hide(True)
            return
        words = findings_in_words(report, purpose)
        if report.errors:
            self._show(words, "circle-x", Role.DANGER, "error")
        elif report.warnings:
            self._show(words, "triangle-alert", Role.WARNING, "")
        else:
            self._show(words, "circle-check", Role.SUCCESS, "muted")

    def _show(self, words: str, sign: str, role: Role, look: str) -> None:
        self._words.setText(words)
        set_look(self._words, look)
        self._icon.show_icon(icon(sign, role))
        self._hide(False)

    def _hide(self, hidden: bool) -> None:
        self._icon.setHidden(hidden)
        self._words.setHidden(hidden)
