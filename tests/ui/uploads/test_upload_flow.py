import os
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import UploadsFound
from services.catalog.upload_record import KnownUpload
from services.checks.events import (
    CheckedFile,
    FileRepaired,
    FilesChecked,
    LinesShown,
    PathsBeingGathered,
    PathsGathered,
)
from services.checks.finding import CheckReport, Finding, RepairKind
from services.checks.lines_around import ShownLine
from services.checks.pasted import PastedPixels, PastedPng, PastedText
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.events import SomethingFailed
from services.problems.severity import Severity
from services.providers.account import Account
from services.system.events import Event
from tests.support.making import account, local_file, problem, remote_file
from tests.support.narrowing import instance_of, there
from tests.support.recording_engine import RecordingEngine
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FileRow, Sums
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.sheet_words import passed_in_words
from ui.uploads.upload_flow import UploadFlow
from ui.uploads.waiting_dialog import WaitingDialog

GOOD = CheckReport(())
ONE = Path("/mine/one.jsonl")


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.engine = RecordingEngine()
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.account: Account | None = account("Acme")
        self.listed: list[RemoteFile] = []
        self.messages = MessageBar(self.window)
        self.flow = UploadFlow(
            self.window,
            self.window,
            self.engine.backend,
            self.settings,
            self.messages,
            SaveDialogs(self.settings, lambda: 1_800_000_000.0),
            lambda: self.account,
            lambda: self.listed,
        )

    def gathered(self, *names: str, request: int | None = None) -> PathsGathered:
        asked = self.engine.arguments_of("checks.gather")[-1][1]
        files = tuple(local_file(Path("/mine") / name) for name in names)
        return PathsGathered(request or asked, files, left_out=0, folders=0)

    def sheets(self) -> list[ReviewSheet]:
        return [one for one in self.window.findChildren(ReviewSheet) if one.isVisible()]

    def button(self, beginning: str) -> QAbstractButton:
        (sheet,) = self.sheets()
        buttons = sheet.findChildren(QAbstractButton)
        (found,) = [one for one in buttons if one.text().startswith(beginning)]
        return found

    def expires(self) -> QComboBox:
        (sheet,) = self.sheets()
        boxes = sheet.findChildren(QComboBox)
        return next(one for one in boxes if one.accessibleName() == "Expires")

    def press_upload(self) -> None:
        self.qtbot.mouseClick(self.button("Upload 1"), Qt.MouseButton.LeftButton)

    def check_all(self, report: CheckReport = GOOD) -> None:
        """Answer every check that was asked for."""
        for request, rows in self.engine.arguments_of("check"):
            checked = tuple(CheckedFile(file, purpose, report) for file, purpose in rows)
            self.flow.review.take(FilesChecked(request, checked))
        for request, _files in self.engine.arguments_of("uploads.look_up"):
            self.flow.review.take(UploadsFound(request, ()))

    def uploaded(self) -> list[UploadRequest]:
        return [one for (requests,) in self.engine.arguments_of("upload") for one in requests]


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_the_sheet_opens_when_the_paths_have_been_looked_at(flow: Flow) -> None:
    flow.flow.begin([ONE])
    assert flow.sheets() == []
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.check_all()
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    flow.press_upload()
    (request,) = flow.uploaded()
    assert (request.file.path, request.purpose) == (ONE, "batch")


def test_the_sheet_never_opens_as_if_all_were_checked(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[bool] = []
    monkeypatch.setattr(
        ReviewSheet, "open", lambda sheet: settled.append(sheet.model.settled), raising=False
    )
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    assert settled == [False]
    flow.flow.abandon()


def test_answers_about_paths_of_before_open_nothing(flow: Flow) -> None:
    flow.flow.begin([ONE])
    late = flow.gathered("one.jsonl")
    flow.flow.begin([Path("/mine/two.jsonl")])
    flow.flow.take(late)
    assert flow.sheets() == []
    flow.flow.take(flow.gathered("two.jsonl"))
    assert len(flow.sheets()) == 1


def test_nothing_to_look_at_asks_nothing(flow: Flow) -> None:
    flow.flow.begin([])
    assert flow.engine.commands == []


def test_the_sheet_is_skipped_only_when_a_purpose_was_chosen_and_all_fit(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1
    flow.sheets()[0].reject()
    flow.flow.begin([ONE], "evals")
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert [one.purpose for one in flow.uploaded()] == ["evals"]
    assert flow.sheets() == []
    flow.flow.begin([ONE], "vision")
    flow.flow.take(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1


def test_without_an_account_no_sheet_opens(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.account = None
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []


def test_when_the_account_changes_sheet_and_waiting_paths_are_let_go(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.flow.abandon()
    assert flow.sheets() == []
    flow.flow.begin([ONE])
    flow.flow.abandon()
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    assert flow.uploaded() == []


BAD = CheckReport((Finding(Severity.ERROR, "not JSON", 3, 7, "json"),), errors=1)


def test_the_sheet_opens_after_all_when_a_check_has_found_something(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE], "batch")
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: len(flow.sheets()) == 1)
    assert flow.uploaded() == []


def skipped_until_it_takes_long(flow: Flow) -> WaitingDialog:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE], "batch")
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.qtbot.waitUntil(lambda: bool(flow.window.findChildren(WaitingDialog)))
    (dialog,) = flow.window.findChildren(WaitingDialog)
    assert dialog.isVisible()
    assert flow.sheets() == []
    return dialog


def test_where_the_sheet_is_skipped_long_checks_are_told_of_in_few_words(flow: Flow) -> None:
    dialog = skipped_until_it_takes_long(flow)
    told = [one.text() for one in dialog.findChildren(QLabel)]
    assert passed_in_words(Sums(files=1, checking=1)) in told
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    flow.qtbot.waitUntil(lambda: flow.window.findChildren(WaitingDialog) == [])
    assert flow.sheets() == []


def test_files_whose_checks_take_long_can_be_shown_and_go_by_themselves_all_the_same(
    flow: Flow,
) -> None:
    dialog = skipped_until_it_takes_long(flow)
    (show,) = [one for one in dialog.findChildren(QAbstractButton) if one.text() == "Show files"]
    flow.qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert len(flow.sheets()) == 1
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert len(flow.uploaded()) == 1
    assert flow.sheets() == []


def test_checks_that_take_long_can_be_given_up(flow: Flow) -> None:
    dialog = skipped_until_it_takes_long(flow)
    dialog.reject()
    assert flow.engine.last == ("checks.stop_checks", ())
    flow.check_all()
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1  # of the files that came next
    assert flow.uploaded() == []


def test_upload_pressed_while_checks_run_begins_when_they_have_passed(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.press_upload()
    assert flow.uploaded() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert flow.sheets() == []


def test_upload_pressed_while_checks_run_waits_for_the_person_after_a_finding(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.press_upload()
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    assert flow.uploaded() == []
    assert len(flow.sheets()) == 1


def test_checks_skipped_while_an_upload_waits_for_them_let_it_begin(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.press_upload()
    flow.qtbot.mouseClick(flow.button("Skip checks"), Qt.MouseButton.LeftButton)
    assert [one.file.path for one in flow.uploaded()] == [ONE]
    assert flow.sheets() == []


def test_what_was_saved_or_failed_is_told_in_the_sheet(flow: Flow) -> None:
    flow.engine.tell(ReportSaved(Path("/mine/findings.txt")))  # nobody is there to be told
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    (sheet,) = flow.sheets()
    events: tuple[tuple[Event, str], ...] = (
        (ReportSaved(Path("/mine/f.txt")), "Saved to /mine/f.txt"),
        (SomethingFailed(problem("It is full")), "It is full. Try again"),
    )
    for event, words in events:
        flow.engine.tell(event)
        told = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
        assert any(text.startswith(words) for text in told), told


def test_findings_are_saved_where_the_person_says(flow: Flow, tmp_path: Path) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    (sheet,) = flow.sheets()
    flow.qtbot.waitUntil(lambda: not flow.button("Save").visibleRegion().isEmpty())
    flow.qtbot.mouseClick(flow.button("Save"), Qt.MouseButton.LeftButton)
    (dialog,) = sheet.findChildren(QFileDialog)
    (name,) = dialog.findChildren(QLineEdit)
    assert Path(name.text()).name.startswith("Acme findings ")
    dialog.fileSelected.emit(str(tmp_path / "kept.txt"))
    ((text, path),) = flow.engine.arguments_of("checks.save_text")
    assert path == tmp_path / "kept.txt"
    assert text == "/mine/one.jsonl\n1 error\n\nLine 3: not JSON\n"
    dialog.close()


def test_files_are_picked_where_the_last_ones_were(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    path = tmp_path / "runs" / "one.jsonl"
    path.write_bytes(b"{}")
    for _time in range(2):
        flow.flow.pick()
        dialog = flow.window.findChildren(QFileDialog)[-1]
        (name,) = dialog.findChildren(QLineEdit)
        name.setText(str(path))
        dialog.accept()
    other = QFileDialog(flow.window, "", str(tmp_path))  # Qt itself begins where any was left
    other.selectFile("list.csv")
    other.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    other.accept()
    flow.flow.pick()
    dialog = flow.window.findChildren(QFileDialog)[-1]
    assert Path(dialog.directory().absolutePath()) == path.parent
    dialog.reject()


def test_a_closed_sheet_stops_its_checks(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.sheets()[0].reject()
    assert flow.engine.last == ("checks.stop_checks", ())
    flow.check_all(BAD)  # what comes late harms nobody


def test_the_line_of_a_finding_is_asked_for_and_shown(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    sheet = flow.sheets()[0]
    flow.qtbot.waitUntil(lambda: sheet.model.standing.held_back == 1)
    there(sheet.findChild(QTableView)).selectRow(0)
    findings = there(sheet.findings.findChild(QListWidget))
    flow.qtbot.waitUntil(findings.isVisible)
    flow.qtbot.waitUntil(lambda: bool(flow.engine.arguments_of("checks.show_lines")))
    ((request, path, line, column),) = flow.engine.arguments_of("checks.show_lines")
    assert (path, line, column) == (ONE, 3, 7)
    shown = (ShownLine(2, "{}"), ShownLine(3, '{"a": oops}'))
    flow.flow.review.take(LinesShown(request, path, line, column, shown))
    context = there(sheet.findings.findChild(QPlainTextEdit))
    assert context.isVisible()
    assert context.toPlainText() == '{}\n{"a": oops}'
    assert context.extraSelections()[1].cursor.selectedText() == "o"


def test_a_mended_copy_is_asked_for_and_sent_instead(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    report = CheckReport(BAD.findings, 1, 0, (RepairKind.BYTE_ORDER_MARK,))
    flow.check_all(report)
    sheet = flow.sheets()[0]
    flow.qtbot.waitUntil(lambda: sheet.model.standing.held_back == 1)
    there(sheet.findChild(QTableView)).selectRow(0)
    flow.qtbot.mouseClick(flow.button("Fix a copy"), Qt.MouseButton.LeftButton)
    ((request, file, kinds),) = flow.engine.arguments_of("checks.repair")
    assert (file.path, kinds) == (ONE, (RepairKind.BYTE_ORDER_MARK,))
    mended = local_file(Path("/mine/one (fixed).jsonl"))
    flow.flow.review.take(FileRepaired(request, file, mended, ("The mark was dropped.",)))
    told = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
    assert "The mark was dropped." in told
    assert sheet.model.requests(None)[0].file.path == mended.path


def test_what_the_server_has_is_looked_up_and_left_out_on_demand(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    ((request, files),) = flow.engine.arguments_of("uploads.look_up")
    assert [one.path for one in files] == [ONE]
    known = KnownUpload("file-1", True, "batch", 0.0, "one.jsonl")
    sheet = flow.sheets()[0]
    with flow.qtbot.waitSignal(sheet.model.changed):
        flow.flow.review.take(UploadsFound(request, ((ONE, known),)))
    button = flow.button("Skip 1 duplicate")
    flow.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sheet.model.requests(None) == []
    assert button.text() == "Include 1 duplicate"
    flow.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(sheet.model.requests(None)) == 1


def choose(flow: Flow, purpose: str) -> ReviewModel:
    """Give a file a purpose in the sheet."""
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    model.choose_purpose([0], purpose)
    return model


def suggested_for_the_next_file(flow: Flow) -> LocalFile:
    flow.flow.begin([Path("/mine/two.jsonl")])
    flow.flow.take(flow.gathered("two.jsonl"))
    return instance_of(FileRow, flow.sheets()[0].model.row(0)).file


def test_the_purpose_chosen_by_hand_is_suggested_for_the_next_file_of_its_kind(flow: Flow) -> None:
    choose(flow, "user_data")
    flow.check_all()
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    file = suggested_for_the_next_file(flow)
    assert file.suggested_purpose == "user_data"
    assert file.reason not in {"", local_file(ONE).reason}


def test_a_purpose_that_the_checks_call_wrong_is_not_suggested_again(flow: Flow) -> None:
    model = choose(flow, "evals")
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: model.settled)
    model.send_anyway([0], anyway=True)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert [one.purpose for one in flow.uploaded()] == ["evals"]
    assert suggested_for_the_next_file(flow).suggested_purpose == "batch"


def test_a_purpose_whose_check_was_skipped_is_not_suggested_again(flow: Flow) -> None:
    model = choose(flow, "evals")
    for request, _files in flow.engine.arguments_of("uploads.look_up"):
        flow.flow.review.take(UploadsFound(request, ()))
    flow.qtbot.mouseClick(flow.button("Skip checks"), Qt.MouseButton.LeftButton)
    flow.qtbot.waitUntil(lambda: model.settled)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert suggested_for_the_next_file(flow).suggested_purpose == "batch"


def test_an_expiry_holds_for_one_upload(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    expires = flow.expires()
    expires.setCurrentIndex(expires.findText("1 day"))
    flow.check_all()
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: len(flow.uploaded()) == 1)
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.expires().currentData() is None
    flow.flow.begin([ONE], "batch")
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: len(flow.uploaded()) == 2)
    assert [one.expires_after for one in flow.uploaded()] == [86_400, None]


def test_while_folders_are_walked_the_count_is_shown_and_can_be_stopped(flow: Flow) -> None:
    flow.flow.begin([Path("/mine")])
    flow.qtbot.waitUntil(lambda: bool(flow.window.findChildren(WaitingDialog)))
    (dialog,) = flow.window.findChildren(WaitingDialog)
    request = flow.engine.arguments_of("checks.gather")[-1][1]
    flow.flow.take(PathsBeingGathered(request, 320, 12))
    told = [one.text() for one in dialog.findChildren(QLabel)]
    assert "320 files in 12 folders" in told
    dialog.reject()
    assert flow.engine.arguments_of("checks.gather")[-1] == ((), request)
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []


def test_an_image_and_a_text_in_the_clipboard_are_uploaded(flow: Flow) -> None:
    clipboard = QGuiApplication.clipboard()
    image = QImage(2, 1, QImage.Format.Format_RGB32)
    image.fill(QColor(255, 0, 0))
    pixels = QMimeData()
    pixels.setImageData(image)
    for data, wanted in (
        (pixels, PastedPixels(2, 1, b"\xff\x00\x00\xff" * 2)),
        (None, PastedText('{"a": 1}')),
    ):
        if data is None:
            clipboard.setText('{"a": 1}')
        else:
            clipboard.setMimeData(data)
        flow.flow.paste()
        (pasted, _request) = flow.engine.arguments_of("checks.gather_pasted")[-1]
        assert pasted == wanted
    clipboard.clear()
    flow.flow.paste()
    assert len(flow.engine.arguments_of("checks.gather_pasted")) == 2


def put_into_clipboard(**formats: bytes) -> None:
    """`text_plain` is text/plain and so on."""
    data = QMimeData()
    for name, content in formats.items():
        kind, _slash, rest = name.partition("_")
        data.setData(f"{kind}/{rest.replace('_', '-')}", content)
    QGuiApplication.clipboard().setMimeData(data)


def test_copied_cells_are_pasted_as_text_though_a_picture_of_them_is_there(flow: Flow) -> None:
    cells = b"<table><tr><td>a</td><td>1</td></tr></table>"
    put_into_clipboard(image_png=b"\x89PNG", text_plain=b"a\t1\n", text_html=cells)
    flow.flow.paste()
    put_into_clipboard(image_png=b"\x89PNG", text_plain=b"A chart", text_html=b"<img src='a'>")
    flow.flow.paste()
    pasted = [one for one, _request in flow.engine.arguments_of("checks.gather_pasted")]
    assert pasted == [PastedText("a\t1\n"), PastedPng(b"\x89PNG")]


def test_a_pasted_file_is_found_by_the_bytes_of_its_name(flow: Flow, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"R\xe9sum\xe9.txt")
    path.write_bytes(b"x")
    put_into_clipboard(text_uri_list=f"file://localhost{tmp_path}/R%E9sum%E9.txt\r\n".encode())
    flow.flow.paste()
    ((found,), _request) = flow.engine.arguments_of("checks.gather")[-1]
    assert found.samefile(path)


def test_a_place_on_the_network_is_left_out_by_name(flow: Flow) -> None:
    put_into_clipboard(text_uri_list=b"sftp://host/far.jsonl\r\nfile:///mine/one.jsonl\r\n")
    flow.flow.paste()
    assert flow.engine.arguments_of("checks.gather")[-1][0] == (ONE,)
    flow.flow.take(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    assert (model.standing.files, model.standing.left_out) == (2, 1)
    flow.flow.abandon()


def test_a_place_on_the_network_alone_does_not_become_a_text(flow: Flow) -> None:
    put_into_clipboard(text_uri_list=b"smb://nas/far.jsonl\r\n")
    flow.flow.paste()
    assert flow.engine.arguments_of("checks.gather_pasted") == []
    flow.flow.take(flow.gathered())
    assert flow.sheets()[0].model.standing.left_out == 1
    flow.flow.abandon()


def test_files_of_the_network_can_be_dropped_to_see_why_they_are_left_out(flow: Flow) -> None:
    data = QMimeData()
    data.setUrls([QUrl("sftp://host/far.jsonl")])
    at, left = QPoint(5, 5), Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(
        at, Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier
    )
    flow.flow.drag_entered(enter)
    assert enter.isAccepted()
    flow.flow.dropped(
        QDropEvent(
            QPointF(at), Qt.DropAction.CopyAction, data, left, Qt.KeyboardModifier.NoModifier
        )
    )
    flow.flow.take(flow.gathered())
    assert flow.sheets()[0].model.standing.left_out == 1
    flow.flow.abandon()


def test_a_listed_name_is_the_same_however_its_accents_are_written(flow: Flow) -> None:
    local = local_file(Path("/mine/Résumé.jsonl"))
    flow.listed = [remote_file("RE\u0301SUME\u0301.jsonl", size=local.size)]
    flow.flow.begin([local.path])
    flow.flow.take(flow.gathered("Résumé.jsonl"))
    model = flow.sheets()[0].model
    flow.qtbot.waitUntil(lambda: model.standing.duplicates == 1)
    flow.check_all()


def test_a_file_of_the_listing_with_the_same_name_and_size_is_told(flow: Flow) -> None:
    flow.listed = [remote_file(f"{number}.jsonl") for number in range(30_000)]
    flow.listed.append(remote_file("one.jsonl", id="file-same", size=local_file(ONE).size))
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    flow.qtbot.waitUntil(lambda: model.standing.duplicates == 1)
    flow.check_all()
    flow.qtbot.waitUntil(lambda: "file-same" in model.index(0, ReviewColumn.CHECKS).data())


def test_a_renamed_file_is_looked_for_by_its_new_name_besides_what_is_looked_for(
    flow: Flow,
) -> None:
    flow.listed = [
        remote_file(name, purpose="batch", size=local_file(ONE).size)
        for name in ("two.jsonl", "final.jsonl")
    ]
    flow.flow.begin([ONE, Path("/mine/two.jsonl")])
    flow.flow.take(flow.gathered("one.jsonl", "two.jsonl"))
    (sheet,) = flow.sheets()
    sheet.model.rename(0, "final.jsonl")
    _request, files = flow.engine.arguments_of("uploads.look_up")[-1]
    assert [(file.name, file.path) for file in files] == [("final.jsonl", ONE)]
    flow.check_all()
    flow.qtbot.waitUntil(lambda: sheet.model.settled)
    assert sheet.model.standing.duplicates == 2
