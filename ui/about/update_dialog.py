"""What is new in a version that isn't installed yet."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from services.releases.update_feed import Update
from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label


class UpdateDialog(QDialog):
    """Shows the changes as plain text, because a server sent them."""

    page_requested = Signal()
    """Requests to open the version's page in the browser."""

    def __init__(self, update: Update, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _("What's new in {version}").format(version=update.version)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        text = QPlainTextEdit(update.news)
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setProperty("look", "field")
        text.setAccessibleName(_("Changes"))
        buttons = ButtonRow()
        if update.page:
            page = buttons.addButton(_("Open page"), QDialogButtonBox.ButtonRole.ActionRole)
            page.setToolTip(update.page)
            page.setAutoDefault(False)
            page.clicked.connect(self.page_requested)
        close = buttons.addButton(_("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(12)
        column.addWidget(label(title, "heading"))
        column.addWidget(text, 1)
        column.addWidget(buttons)
        line = self.fontMetrics().height()
        self.resize(44 * line, 36 * line)
        close.setFocus()
