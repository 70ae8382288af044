"""A confirmation dialog with two buttons."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label


class QuestionDialog(QDialog):
    """Asks for confirmation. Open it with `open()`; it is accepted if the user says yes.

    *No* is the default button and has focus, so Enter says yes only on the button itself.
    """

    def __init__(
        self, name: str, question: str, explanation: str, *, yes: str, no: str, parent: QWidget
    ) -> None:
        """`name` is the dialog's title; `yes` and `no` are the button labels."""
        super().__init__(parent)
        self.setWindowTitle(name)
        self.setAccessibleName(name)
        self.setAccessibleDescription(question)
        buttons = ButtonRow()
        buttons.addButton(yes, QDialogButtonBox.ButtonRole.AcceptRole)
        reject = buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        reject.setProperty("look", "filled")
        reject.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(question, "heading", wrap=True))
        column.addWidget(label(explanation, "muted", wrap=True))
        column.addSpacing(14)
        column.addWidget(buttons)
        self.setMinimumWidth(26 * self.fontMetrics().height())
        reject.setFocus()
