"""A report for a bug can be looked at, copied and saved."""

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit

from services.system.version import __version__
from tests.support.files_server import TEST_KEY
from tests.window.desk import Desk


def test_a_report_is_shown_and_then_copied_and_saved(desk: Desk) -> None:
    desk.window.commands.report_problem.trigger()
    dialog = desk.dialog("Report a problem")
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None
    desk.wait(lambda: f"Filewharf: {__version__}" in text.toPlainText())
    report = text.toPlainText()
    assert TEST_KEY not in report
    assert "Acme" not in report
    assert "127.0.0.1" not in report
    desk.press("Copy", dialog)
    assert QGuiApplication.clipboard().text() == report
    desk.press("Save…", dialog)
    path = desk.folder / "report.txt"
    picker = desk.dialog("Save report")
    assert isinstance(picker, QFileDialog)
    picker.fileSelected.emit(str(path))
    picker.close()
    desk.wait(path.exists)
    assert path.read_text() == report
    desk.press("Close", dialog)
