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
    LinesRead,
    PathsBeingGathered,
    PathsGathered,
)
from services.checks.finding import CheckReport, Finding, RepairKind
from services.checks.lines_around import LineExcerpt
from services.checks.pasted import PastedPixels, PastedPng, PastedText
from services.disk.events import ReportSaved
from services.disk.local_file import LocalFile, UploadRequest
from services.problems.events import SomethingFailed
from services.problems.severity import Severity
from services.system.events import Event
from tests.support.factories import account, local_file, problem, remote_file
from tests.support.narrowing import instance_of, not_none
from tests.support.recording_engine import RecordingEngine
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs
from ui.uploads.expiry_field import ExpiryField
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_model import ReviewModel
from ui.uploads.review_rows import FileRow, Sums
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.sheet_words import checks_done_in_words
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
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.engine.backend.account = account("Acme")
        self.engine.backend.is_open = True
        self.listed: list[RemoteFile] = []
        self.messages = MessageBar(self.window)
        self.flow = UploadFlow(
            self.window,
            self.window,
            self.engine.backend,
            self.messages,
            SaveDialogs(self.settings, lambda: 1_800_000_000.0),
            lambda: self.listed,
        )

    def gathered(self, *names: str, request: int | None = None) -> PathsGathered:
        latest = self.engine.arguments_of("checks.gather")[-1][1]
        files = tuple(local_file(Path("/mine") / name) for name in names)
        return PathsGathered(request or latest, files, skipped=0, folders=0)

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
        """Answer every requested check and lookup."""
        for request, rows, _limits in self.engine.arguments_of("checks.check"):
            checked = tuple(CheckedFile(file, purpose, report) for file, purpose in rows)
            self.flow.review.apply_event(FilesChecked(request, checked))
        for request, _files in self.engine.arguments_of("uploads.look_up"):
            self.flow.review.apply_event(UploadsFound(request, ()))

    def uploaded(self) -> list[UploadRequest]:
        return [one for (requests,) in self.engine.arguments_of("upload") for one in requests]


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_the_sheet_opens_when_the_paths_have_been_gathered(flow: Flow) -> None:
    flow.flow.begin([ONE])
    assert flow.sheets() == []
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.check_all()
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    flow.press_upload()
    (request,) = flow.uploaded()
    assert (request.file.path, request.purpose) == (ONE, "batch")


def test_the_sheet_never_opens_in_a_settled_state(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled: list[bool] = []
    monkeypatch.setattr(
        ReviewSheet, "open", lambda sheet: settled.append(sheet.model.settled), raising=False
    )
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert settled == [False]
    flow.flow.abandon()


def test_late_answers_about_earlier_paths_are_ignored(flow: Flow) -> None:
    flow.flow.begin([ONE])
    late = flow.gathered("one.jsonl")
    flow.flow.begin([Path("/mine/two.jsonl")])
    flow.flow.apply_event(late)
    assert flow.sheets() == []
    flow.flow.apply_event(flow.gathered("two.jsonl"))
    assert len(flow.sheets()) == 1


def test_without_paths_nothing_is_gathered(flow: Flow) -> None:
    flow.flow.begin([])
    assert flow.engine.calls == []


def test_the_sheet_is_skipped_only_when_a_purpose_was_chosen_and_all_fit(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1
    flow.sheets()[0].reject()
    flow.flow.begin([ONE], "evals")
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert [one.purpose for one in flow.uploaded()] == ["evals"]
    assert flow.sheets() == []
    flow.flow.begin([ONE], "vision")
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1


def test_without_an_account_no_sheet_opens(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.engine.backend.is_open = False
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.sheets() == []


def test_abandoning_closes_the_sheet_and_drops_pending_paths(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.flow.abandon()
    assert flow.sheets() == []
    flow.flow.begin([ONE])
    flow.flow.abandon()
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    assert flow.uploaded() == []


BAD = CheckReport((Finding(Severity.ERROR, "not JSON", 3, 7, "json"),), errors=1)


def test_a_finding_opens_a_skipped_sheet(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE], "batch")
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: len(flow.sheets()) == 1)
    assert flow.uploaded() == []


def start_slow_checks(flow: Flow) -> WaitingDialog:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE], "batch")
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.qtbot.waitUntil(lambda: bool(flow.window.findChildren(WaitingDialog)))
    (dialog,) = flow.window.findChildren(WaitingDialog)
    assert dialog.isVisible()
    assert flow.sheets() == []
    return dialog


def test_slow_checks_without_a_sheet_show_progress(flow: Flow) -> None:
    dialog = start_slow_checks(flow)
    texts = [one.text() for one in dialog.findChildren(QLabel)]
    assert checks_done_in_words(Sums(files=1, checking=1)) in texts
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    flow.qtbot.waitUntil(lambda: flow.window.findChildren(WaitingDialog) == [])
    assert flow.sheets() == []


def test_a_sheet_opened_during_slow_checks_still_uploads_by_itself(
    flow: Flow,
) -> None:
    dialog = start_slow_checks(flow)
    (show,) = [one for one in dialog.findChildren(QAbstractButton) if one.text() == "Show files"]
    flow.qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert len(flow.sheets()) == 1
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert len(flow.uploaded()) == 1
    assert flow.sheets() == []


def test_slow_checks_can_be_canceled(flow: Flow) -> None:
    dialog = start_slow_checks(flow)
    dialog.reject()
    assert flow.engine.last == ("checks.stop_checks", ())
    flow.check_all()
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1  # of the new files
    assert flow.uploaded() == []


def test_an_upload_clicked_during_checks_starts_when_they_pass(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.press_upload()
    assert flow.uploaded() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert flow.sheets() == []


def test_an_upload_clicked_during_checks_waits_for_the_user_after_a_finding(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.press_upload()
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    assert flow.uploaded() == []
    assert len(flow.sheets()) == 1


def test_skipping_checks_starts_an_upload_that_waits_for_them(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.press_upload()
    flow.qtbot.mouseClick(flow.button("Skip checks"), Qt.MouseButton.LeftButton)
    assert [one.file.path for one in flow.uploaded()] == [ONE]
    assert flow.sheets() == []


def test_saves_and_failures_are_reported_in_the_sheet(flow: Flow) -> None:
    flow.engine.publish(ReportSaved(Path("/mine/findings.txt")))  # there is no sheet to show it
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    (sheet,) = flow.sheets()
    events: tuple[tuple[Event, str], ...] = (
        (ReportSaved(Path("/mine/f.txt")), "Saved to /mine/f.txt"),
        (SomethingFailed(problem("It is full")), "It is full. Try again"),
    )
    for event, words in events:
        flow.engine.publish(event)
        texts = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
        assert any(text.startswith(words) for text in texts), texts


def test_findings_are_saved_to_the_chosen_file(flow: Flow, tmp_path: Path) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    (sheet,) = flow.sheets()
    flow.qtbot.waitUntil(lambda: not flow.button("Save").visibleRegion().isEmpty())
    flow.qtbot.mouseClick(flow.button("Save"), Qt.MouseButton.LeftButton)
    (dialog,) = sheet.findChildren(QFileDialog)
    (name,) = dialog.findChildren(QLineEdit)
    assert Path(name.text()).name.startswith("Acme findings ")
    dialog.fileSelected.emit(str(tmp_path / "findings.txt"))
    ((path, make),) = flow.engine.arguments_of("saver.save")
    assert path == tmp_path / "findings.txt"
    assert b"".join(make()) == b"/mine/one.jsonl\n1 error\n\nLine 3: not JSON\n"
    dialog.close()


def test_the_file_picker_opens_in_the_last_folder(flow: Flow, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    path = tmp_path / "runs" / "one.jsonl"
    path.write_bytes(b"{}")
    for _time in range(2):
        flow.flow.pick()
        dialog = flow.window.findChildren(QFileDialog)[-1]
        (name,) = dialog.findChildren(QLineEdit)
        name.setText(str(path))
        dialog.accept()
    other = QFileDialog(
        flow.window, "", str(tmp_path)
    )  # by default, Qt reuses any dialog's last folder
    other.selectFile("list.csv")
    other.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    other.accept()
    flow.flow.pick()
    dialog = flow.window.findChildren(QFileDialog)[-1]
    assert Path(dialog.directory().absolutePath()) == path.parent
    dialog.reject()


def test_a_closed_sheet_stops_its_checks(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.sheets()[0].reject()
    assert flow.engine.last == ("checks.stop_checks", ())
    flow.check_all(BAD)  # late results do no harm


def test_the_line_of_a_finding_is_requested_and_shown(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    flow.check_all(BAD)
    sheet = flow.sheets()[0]
    flow.qtbot.waitUntil(lambda: sheet.model.sums.held_back == 1)
    not_none(sheet.findChild(QTableView)).selectRow(0)
    findings = not_none(sheet.findings.findChild(QListWidget))
    flow.qtbot.waitUntil(findings.isVisible)
    flow.qtbot.waitUntil(lambda: bool(flow.engine.arguments_of("checks.read_lines")))
    ((request, path, line, column),) = flow.engine.arguments_of("checks.read_lines")
    assert (path, line, column) == (ONE, 3, 7)
    shown = (LineExcerpt(2, "{}"), LineExcerpt(3, '{"a": oops}'))
    flow.flow.review.apply_event(LinesRead(request, path, line, column, shown))
    context = not_none(sheet.findings.findChild(QPlainTextEdit))
    assert context.isVisible()
    assert context.toPlainText() == '{}\n{"a": oops}'
    assert context.extraSelections()[1].cursor.selectedText() == "o"


def test_a_fixed_copy_is_requested_and_replaces_the_file(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    report = CheckReport(BAD.findings, 1, 0, (RepairKind.BYTE_ORDER_MARK,))
    flow.check_all(report)
    sheet = flow.sheets()[0]
    flow.qtbot.waitUntil(lambda: sheet.model.sums.held_back == 1)
    not_none(sheet.findChild(QTableView)).selectRow(0)
    flow.qtbot.mouseClick(flow.button("Fix a copy"), Qt.MouseButton.LeftButton)
    ((request, file, kinds),) = flow.engine.arguments_of("checks.repair")
    assert (file.path, kinds) == (ONE, (RepairKind.BYTE_ORDER_MARK,))
    fixed = local_file(Path("/mine/one (fixed).jsonl"))
    flow.flow.review.apply_event(FileRepaired(request, file, fixed, ("The mark was dropped.",)))
    texts = [one.text() for one in sheet.findChildren(QLabel) if one.isVisible()]
    assert "The mark was dropped." in texts
    assert sheet.model.requests(None)[0].file.path == fixed.path


def test_duplicates_are_looked_up_and_can_be_skipped(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    ((request, files),) = flow.engine.arguments_of("uploads.look_up")
    assert [one.path for one in files] == [ONE]
    known = KnownUpload("file-1", True, "batch", 0.0, "one.jsonl")
    sheet = flow.sheets()[0]
    with flow.qtbot.waitSignal(sheet.model.changed):
        flow.flow.review.apply_event(UploadsFound(request, ((ONE, known),)))
    button = flow.button("Skip 1 duplicate")
    flow.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert sheet.model.requests(None) == []
    assert button.text() == "Include 1 duplicate"
    flow.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(sheet.model.requests(None)) == 1


def choose(flow: Flow, purpose: str) -> ReviewModel:
    """Choose a purpose for a file in the sheet."""
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    model.choose_purpose([0], purpose)
    return model


def suggested_for_the_next_file(flow: Flow) -> LocalFile:
    flow.flow.begin([Path("/mine/two.jsonl")])
    flow.flow.apply_event(flow.gathered("two.jsonl"))
    return instance_of(FileRow, flow.sheets()[0].model.row(0)).file


def test_a_chosen_purpose_is_suggested_for_the_next_file_of_its_kind(flow: Flow) -> None:
    choose(flow, "user_data")
    flow.check_all()
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    file = suggested_for_the_next_file(flow)
    assert file.suggested_purpose == "user_data"
    assert file.reason not in {"", local_file(ONE).reason}


def test_a_purpose_with_errors_is_not_suggested_again(flow: Flow) -> None:
    model = choose(flow, "evals")
    flow.check_all(BAD)
    flow.qtbot.waitUntil(lambda: model.settled)
    model.upload_anyway([0], anyway=True)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert [one.purpose for one in flow.uploaded()] == ["evals"]
    assert suggested_for_the_next_file(flow).suggested_purpose == "batch"


def test_a_purpose_whose_check_was_skipped_is_not_suggested_again(flow: Flow) -> None:
    model = choose(flow, "evals")
    for request, _files in flow.engine.arguments_of("uploads.look_up"):
        flow.flow.review.apply_event(UploadsFound(request, ()))
    flow.qtbot.mouseClick(flow.button("Skip checks"), Qt.MouseButton.LeftButton)
    flow.qtbot.waitUntil(lambda: model.settled)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: bool(flow.uploaded()))
    assert suggested_for_the_next_file(flow).suggested_purpose == "batch"


def test_an_expiry_applies_to_one_upload(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    expires = flow.expires()
    expires.setCurrentIndex(expires.findText("1 day"))
    flow.check_all()
    flow.qtbot.waitUntil(lambda: flow.sheets()[0].model.settled)
    flow.press_upload()
    flow.qtbot.waitUntil(lambda: len(flow.uploaded()) == 1)
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.expires().currentData() is None
    flow.flow.begin([ONE], "batch")
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    flow.check_all()
    flow.qtbot.waitUntil(lambda: len(flow.uploaded()) == 2)
    assert [one.expires_after for one in flow.uploaded()] == [86_400, None]


def test_walking_folders_shows_a_count_and_can_be_canceled(flow: Flow) -> None:
    flow.flow.begin([Path("/mine")])
    flow.qtbot.waitUntil(lambda: bool(flow.window.findChildren(WaitingDialog)))
    (dialog,) = flow.window.findChildren(WaitingDialog)
    request = flow.engine.arguments_of("checks.gather")[-1][1]
    flow.flow.apply_event(PathsBeingGathered(request, 320, 12))
    texts = [one.text() for one in dialog.findChildren(QLabel)]
    assert "320 files in 12 folders" in texts
    dialog.reject()
    assert flow.engine.arguments_of("checks.gather")[-1] == ((), request)
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    assert flow.sheets() == []


def test_images_and_text_on_the_clipboard_can_be_uploaded(flow: Flow) -> None:
    clipboard = QGuiApplication.clipboard()
    image = QImage(2, 1, QImage.Format.Format_RGB32)
    image.fill(QColor(255, 0, 0))
    pixels = QMimeData()
    pixels.setImageData(image)
    for data, expected in (
        (pixels, PastedPixels(2, 1, b"\xff\x00\x00\xff" * 2)),
        (None, PastedText('{"a": 1}')),
    ):
        if data is None:
            clipboard.setText('{"a": 1}')
        else:
            clipboard.setMimeData(data)
        flow.flow.paste()
        (pasted, _request) = flow.engine.arguments_of("checks.gather_pasted")[-1]
        assert pasted == expected
    clipboard.clear()
    flow.flow.paste()
    assert len(flow.engine.arguments_of("checks.gather_pasted")) == 2


def put_into_clipboard(**formats: bytes) -> None:
    """Set clipboard data by MIME type: `text_plain` is text/plain and so on."""
    data = QMimeData()
    for name, content in formats.items():
        kind, _slash, rest = name.partition("_")
        data.setData(f"{kind}/{rest.replace('_', '-')}", content)
    QGuiApplication.clipboard().setMimeData(data)


def test_copied_cells_are_pasted_as_text_rather_than_as_their_picture(flow: Flow) -> None:
    cells = b"<table><tr><td>a</td><td>1</td></tr></table>"
    put_into_clipboard(image_png=b"\x89PNG", text_plain=b"a\t1\n", text_html=cells)
    flow.flow.paste()
    put_into_clipboard(image_png=b"\x89PNG", text_plain=b"A chart", text_html=b"<img src='a'>")
    flow.flow.paste()
    pasted = [one for one, _request in flow.engine.arguments_of("checks.gather_pasted")]
    assert pasted == [PastedText("a\t1\n"), PastedPng(b"\x89PNG")]


def test_a_pasted_file_with_a_non_utf_8_name_is_found(flow: Flow, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"R\xe9sum\xe9.txt")
    path.write_bytes(b"x")
    put_into_clipboard(text_uri_list=f"file://localhost{tmp_path}/R%E9sum%E9.txt\r\n".encode())
    flow.flow.paste()
    ((found,), _request) = flow.engine.arguments_of("checks.gather")[-1]
    assert found.samefile(path)


def test_a_network_location_is_listed_as_unusable(flow: Flow) -> None:
    put_into_clipboard(text_uri_list=b"sftp://host/far.jsonl\r\nfile:///mine/one.jsonl\r\n")
    flow.flow.paste()
    assert flow.engine.arguments_of("checks.gather")[-1][0] == (ONE,)
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    assert (model.sums.files, model.sums.unusable) == (2, 1)
    flow.flow.abandon()


def test_a_network_location_alone_is_not_pasted_as_text(flow: Flow) -> None:
    put_into_clipboard(text_uri_list=b"smb://nas/far.jsonl\r\n")
    flow.flow.paste()
    assert flow.engine.arguments_of("checks.gather_pasted") == []
    flow.flow.apply_event(flow.gathered())
    assert flow.sheets()[0].model.sums.unusable == 1
    flow.flow.abandon()


def test_a_dropped_network_location_is_listed_as_unusable(flow: Flow) -> None:
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
    flow.flow.apply_event(flow.gathered())
    assert flow.sheets()[0].model.sums.unusable == 1
    flow.flow.abandon()


def test_names_match_whatever_their_unicode_normalization(flow: Flow) -> None:
    local = local_file(Path("/mine/Résumé.jsonl"))
    flow.listed = [remote_file("RE\u0301SUME\u0301.jsonl", size=local.size)]
    flow.flow.begin([local.path])
    flow.flow.apply_event(flow.gathered("Résumé.jsonl"))
    model = flow.sheets()[0].model
    flow.qtbot.waitUntil(lambda: model.sums.duplicates == 1)
    flow.check_all()


def test_a_listed_file_with_the_same_name_and_size_is_reported(flow: Flow) -> None:
    flow.listed = [remote_file(f"{number}.jsonl") for number in range(30_000)]
    flow.listed.append(remote_file("one.jsonl", id="file-same", size=local_file(ONE).size))
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("one.jsonl"))
    model = flow.sheets()[0].model
    flow.qtbot.waitUntil(lambda: model.sums.duplicates == 1)
    flow.check_all()
    flow.qtbot.waitUntil(lambda: "file-same" in model.index(0, ReviewColumn.CHECKS).data())


def test_a_renamed_file_is_looked_up_while_other_lookups_run(
    flow: Flow,
) -> None:
    flow.listed = [
        remote_file(name, purpose="batch", size=local_file(ONE).size)
        for name in ("two.jsonl", "final.jsonl")
    ]
    flow.flow.begin([ONE, Path("/mine/two.jsonl")])
    flow.flow.apply_event(flow.gathered("one.jsonl", "two.jsonl"))
    (sheet,) = flow.sheets()
    sheet.model.rename(0, "final.jsonl")
    _request, files = flow.engine.arguments_of("uploads.look_up")[-1]
    assert [(file.name, file.path) for file in files] == [("final.jsonl", ONE)]
    flow.check_all()
    flow.qtbot.waitUntil(lambda: sheet.model.settled)
    assert sheet.model.sums.duplicates == 2


def test_a_server_without_uploads_says_so(flow: Flow) -> None:
    flow.engine.backend.account = account("Acme", provider_id="fireworks")
    flow.flow.begin([ONE])
    assert flow.engine.arguments_of("checks.gather") == []
    shown = [
        one.text() for one in flow.messages.findChildren(QLabel) if one.isVisibleTo(flow.messages)
    ]
    assert any("Fireworks has datasets" in text for text in shown)


def test_files_are_suggested_only_purposes_of_the_server(flow: Flow) -> None:
    flow.engine.backend.account = account("Acme", provider_id="groq")
    flow.flow.begin([ONE])
    flow.flow.apply_event(flow.gathered("notes.txt"))
    (sheet,) = flow.sheets()
    assert [request.purpose for request in sheet.model.requests(None)] == ["batch"]
    assert not not_none(sheet.findChild(ExpiryField)).isEnabled()
