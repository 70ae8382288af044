"""The dialog that shows a report for a bug before it is saved."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label


class BugReportDialog(QDialog):
    """Shows the report, and lets it be copied or saved. Nothing is sent anywhere."""

    save_requested = Signal(str)
    """Requests to save the report, which is the argument."""
    log_requested = Signal()
    """Requests to show the log in the file manager."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Report a problem"))
        self.setAccessibleName(_("Report a problem"))
        self.text = text = QPlainTextEdit()
        text.setAccessibleName(_("Report"))
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setPlainText(_("Collecting…"))
        buttons = ButtonRow()
        roles = QDialogButtonBox.ButtonRole
        self.log_button = buttons.addButton(_("Show log"), roles.HelpRole)
        self.copy_button = buttons.addButton(_("Copy"), roles.ActionRole)
        self.save_button = buttons.addButton(_("Save…"), roles.ActionRole)
        buttons.add_close(self)
        self.log_button.clicked.connect(self.log_requested)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        remark = _(
            "Attach this to your description of the problem. It has versions, settings and the last "
            "errors, but no keys, passwords, addresses or names of accounts. Names of files may be "
            "in the errors: read it before you pass it on. Filewharf sends it nowhere."
        )
        column.addWidget(label(remark, wrap=True))
        column.addWidget(text, 1)
        column.addWidget(buttons)
        self.resize(100 * self.fontMetrics().averageCharWidth(), 34 * self.fontMetrics().height())
        text.setFocus()

    def show_report(self, report: str) -> None:
        """Show the report, once it is made."""
        self.text.setPlainText(report)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(True)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())

    @Slot()
    def _save(self) -> None:
        self.save_requested.emit(self.text.toPlainText())
