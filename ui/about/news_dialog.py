"""What is new in this version, from the changelog."""

from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QDialog, QTextBrowser, QVBoxLayout, QWidget

from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label

_MARKDOWN = (
    QTextDocument.MarkdownFeature.MarkdownDialectGitHub
    | QTextDocument.MarkdownFeature.MarkdownNoHTML
)


class NewsDialog(QDialog):
    """Shows parts of the changelog."""

    def __init__(self, news: str, parent: QWidget | None = None) -> None:
        """`news` is Markdown; empty if there is none."""
        super().__init__(parent)
        self.setWindowTitle(_("What's new"))
        self.setAccessibleName(_("What's new"))
        text = QTextBrowser()
        text.setAccessibleName(_("Changes"))
        text.setOpenExternalLinks(True)
        if news:
            text.document().setMarkdown(news, _MARKDOWN)
            text.moveCursor(QTextCursor.MoveOperation.Start)
        else:
            text.setPlainText(_("The changelog is missing from this installation."))
        buttons = ButtonRow()
        close = buttons.add_close(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 18)
        column.setSpacing(12)
        column.addWidget(label(_("What's new"), "heading"))
        column.addWidget(text, 1)
        column.addWidget(buttons)
        line = self.fontMetrics().height()
        self.resize(44 * line, 36 * line)
        close.setFocus()
