"""What the check found in the original, in the dialog that changes a file."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from services.checks.finding import CheckReport
from ui.changing.change_words import checking_in_words, findings_in_words
from ui.icons import icon
from ui.theme import Role
from ui.widgets.labels import IconLabel, label, set_look


class FindingsPart(QWidget):
    """Hidden until something is checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.has_errors = False
        """Whether the file would be held back."""
        self._icon = IconLabel(icon("list-checks", Role.MUTED), 1.0)
        self._words = label("", wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        self.hide()

    def show_checking(self, purpose: str) -> None:
        """Show that it is being checked for a purpose."""
        self._show(checking_in_words(purpose), "list-checks", Role.MUTED, "muted")

    def show_report(self, report: CheckReport | None, purpose: str) -> None:
        """Show the result, or nothing with None: it couldn't be checked."""
        if report is None:
            self.clear()
        elif report.errors:
            self._show(findings_in_words(report, purpose), "circle-x", Role.DANGER, "error")
        elif report.warnings:
            self._show(findings_in_words(report, purpose), "triangle-alert", Role.WARNING, "")
        else:
            self._show(findings_in_words(report, purpose), "circle-check", Role.SUCCESS, "muted")
        self.has_errors = report is not None and report.errors > 0

    def clear(self) -> None:
        """Show nothing: there is nothing to be checked here."""
        self.has_errors = False
        self.hide()

    def _show(self, words: str, sign: str, role: Role, look: str) -> None:
        self.has_errors = False
        self._words.setText(words)
        set_look(self._words, look)
        self._icon.show_icon(icon(sign, role))
        self.show()
