"""A review without a sheet: what passes all checks is uploaded unasked."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.system.language import _
from ui.uploads.review_model import ReviewModel
from ui.uploads.sheet_words import checks_done_in_words
from ui.uploads.waiting_dialog import PROGRESS_DELAY, WaitingDialog


class SheetlessReview(QObject):
    """Waits for the checks, with a dialog if that takes long."""

    passed = Signal(object)
    """Everything has passed: the `UploadRequest`s."""
    sheet_requested = Signal()
    """There is something to decide, or the user wants to see the files."""
    canceled = Signal()
    """The user has closed the dialog."""

    def __init__(self, model: ReviewModel, window: QWidget) -> None:
        """Begin to wait."""
        super().__init__(model)
        self._model = model
        self._window = window
        self._progress: WaitingDialog | None = None
        self._has_ended = False
        self._waiting = QTimer(self)
        self._waiting.setSingleShot(True)
        self._waiting.timeout.connect(self._show_progress)
        self._waiting.start(PROGRESS_DELAY)
        model.changed.connect(self._go_on)

    def end(self) -> None:
        """Wait no longer, and close the dialog."""
        self._has_ended = True
        self._waiting.stop()
        dialog, self._progress = self._progress, None
        if dialog is not None:
            dialog.hide()
            dialog.deleteLater()

    @Slot()
    def _go_on(self) -> None:
        if self._has_ended:
            return
        if not self._model.settled:
            if self._progress is not None:
                self._progress.show_status(checks_done_in_words(self._model.sums))
        elif self._model.sums.needs_no_decision:
            self.passed.emit(self._model.requests())
        else:
            self.sheet_requested.emit()

    @Slot()
    def _show_progress(self) -> None:
        self._progress = dialog = WaitingDialog(_("Checking files…"), self._window)
        dialog.show_status(checks_done_in_words(self._model.sums))
        dialog.add_button(_("Show files")).clicked.connect(self.sheet_requested)
        dialog.rejected.connect(self.canceled)
        dialog.open()
