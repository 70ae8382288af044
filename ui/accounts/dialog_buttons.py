"""The buttons below the account form, and the confirmation before removing an account."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.widgets.labels import label


class DialogButtons(QWidget):
    """Test, Duplicate, Remove, Cancel, Save; for an unchanged account, Open instead of Save."""

    test_requested = Signal()
    stop_requested = Signal()
    """Emitted to stop the test that is running."""
    duplicate_requested = Signal()
    remove_requested = Signal(bool)
    """Emitted once the user has confirmed; carries whether the upload history goes, too."""
    cancel_requested = Signal()
    save_requested = Signal()
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._testing = False
        self._test = _button(_("Test connection"))
        self._test.clicked.connect(self._press_test)
        self._duplicate = _button(_("Duplicate"))
        self._duplicate.clicked.connect(self.duplicate_requested)
        self._remove = _button(_("Remove"))
        self._remove.clicked.connect(self._ask_to_remove)
        self._cancel = _button(_("Cancel"))
        self._cancel.clicked.connect(self.cancel_requested)
        self._save = _button(_("Save"), "filled")
        self._save.setDefault(True)
        self._save.clicked.connect(self.save_requested)
        self._open = _button(_("Open"), "filled")
        self._open.clicked.connect(self.open_requested)
        usual = QWidget()
        row = QHBoxLayout(usual)
        row.setContentsMargins(26, 8, 26, 18)
        row.addWidget(self._test)
        row.addWidget(self._duplicate)
        row.addWidget(self._remove)
        row.addStretch(1)
        row.addWidget(self._cancel)
        row.addWidget(self._save)
        row.addWidget(self._open)

        self._question = label("", wrap=True)
        self._keep = _button(_("Keep"))
        self._keep.clicked.connect(self._cancel_removal)
        self._sure = _button(_("Remove account"), "danger")
        self._sure.clicked.connect(self._confirm_removal)
        asking = QWidget()
        self._with_uploads = QCheckBox(_("Also delete its upload history"))
        self._with_uploads.setToolTip(_("Where its files were uploaded from on this computer"))
        answers = QHBoxLayout()
        answers.addWidget(self._with_uploads)
        answers.addStretch(1)
        answers.addWidget(self._keep)
        lines = QVBoxLayout(asking)
        lines.setContentsMargins(26, 8, 26, 18)
        lines.setSpacing(10)
        lines.addWidget(self._question)
        lines.addLayout(answers)
        answers.addWidget(self._sure)

        self._stack = QStackedLayout()
        self._stack.addWidget(usual)
        self._stack.addWidget(asking)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(self._stack)

    def show_for(self, *, editable: bool, new: bool, name: str) -> None:
        """Show the buttons for an account that hasn't been edited yet."""
        self._question.setText(
            _(
                "Remove “{name}”? Its key is deleted from the keyring, and its cached lists and "
                "previews from this computer. Files on the server stay."
            ).format(name=name)
        )
        self._stack.setCurrentIndex(0)
        self._test.setVisible(editable)
        self._show_test(_("Test connection"))
        self._duplicate.setVisible(editable and not new)
        self._remove.setVisible(editable and not new)
        self._with_uploads.setChecked(False)
        self._cancel.setText(_("Cancel"))
        self._offer(save=new, open_=not new)

    def show_edited(self) -> None:
        """Show the buttons for an edited account."""
        self._show_test(_("Test connection"))
        self._cancel.setText(_("Cancel"))
        self._offer(save=True, open_=False)

    def show_testing(self, testing: bool) -> None:
        """Offer to stop the running test, or to test again."""
        self._show_test(_("Stop testing") if testing else _("Test again"), testing=testing)

    def show_saving(self, saving: bool) -> None:
        """Show that the account is being saved; meanwhile, disable all that changes something."""
        self._save.setText(_("Saving…") if saving else _("Save"))
        for button in (self._save, self._test, self._duplicate, self._remove):
            button.setDisabled(saving)

    def show_done(self) -> None:
        """Offer to close the dialog: the account is saved, and there is a message to read."""
        self._cancel.setText(_("Close"))
        self._remove.show()
        self._offer(save=False, open_=False)
        self._cancel.setFocus()

    def _offer(self, *, save: bool, open_: bool) -> None:
        self._save.setVisible(save)
        self._save.setDefault(save)
        self._open.setVisible(open_)
        self._open.setDefault(open_)

    def _show_test(self, text: str, *, testing: bool = False) -> None:
        self._testing = testing
        self._test.setText(text)
        self._test.setEnabled(True)

    @Slot()
    def _press_test(self) -> None:
        (self.stop_requested if self._testing else self.test_requested).emit()

    @Slot()
    def _ask_to_remove(self) -> None:
        self._stack.setCurrentIndex(1)
        self._keep.setFocus()

    @Slot()
    def _cancel_removal(self) -> None:
        self._stack.setCurrentIndex(0)
        self._remove.setFocus()

    @Slot()
    def _confirm_removal(self) -> None:
        self._stack.setCurrentIndex(0)
        self.remove_requested.emit(self._with_uploads.isChecked())


def _button(text: str, look: str = "") -> QPushButton:
    button = QPushButton(text)
    # Enter in a field must press only the default button.
    button.setAutoDefault(False)
    if look:
        button.setProperty("look", look)
    return button
