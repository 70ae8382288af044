from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.catalog.upload_record import LocalCopy, UploadOrigin
from services.checks.events import CheckedFile
from services.checks.finding import CheckReport, Finding
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.official import OPENAI
from services.providers.provider import Provider
from services.providers.providers import provider_named
from services.transfers.change_job import WantedFile
from tests.support.factories import CREATED_AT, remote_file
from tests.support.narrowing import instance_of, not_none
from ui.changing.change_dialog import ChangeDialog
from ui.wording import DAY

_LEFT = Qt.MouseButton.LeftButton
NOW = float(CREATED_AT)
FILE = remote_file("old.txt", id="file-old", purpose="assistants", size=2_000_000)
REFUSAL = "Files with the purpose assistants can't be downloaded."


def origin(local: LocalCopy, sha256: str | None = "ab") -> UploadOrigin:
    return UploadOrigin(Path("/home/ada/old.txt"), 2_000_000, sha256, "assistants", NOW, local, 7)


def opened(
    qtbot: QtBot,
    file: RemoteFile = FILE,
    refusal: str | None = None,
    references: Sequence[str] = (),
    provider: Provider = OPENAI,
) -> ChangeDialog:
    dialog = ChangeDialog(file, provider, refusal, references, lambda: NOW)
    # The dialog deletes itself once closed.
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.open()
        dialog.activateWindow()
    return dialog


def texts(dialog: ChangeDialog) -> str:
    return "\n".join(one.text() for one in dialog.findChildren(QLabel) if one.isVisible())


def button(dialog: ChangeDialog, text: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text() == text)


def box(dialog: ChangeDialog, name: str) -> QComboBox:
    return next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == name)


def name_field(dialog: ChangeDialog) -> QLineEdit:
    return next(one for one in dialog.findChildren(QLineEdit) if "Name" in one.accessibleName())


def rename(qtbot: QtBot, dialog: ChangeDialog, name: str) -> None:
    name_field(dialog).selectAll()
    qtbot.keyClicks(name_field(dialog), name)


def wanted(spy: QSignalSpy) -> WantedFile:
    assert spy.count() == 1
    return instance_of(WantedFile, spy.at(0)[0])


def test_it_shows_what_is_and_what_the_change_means(qtbot: QtBot) -> None:
    file = remote_file(
        "old.txt", id="file-old", purpose="assistants", size=2_000_000, expires_at=int(NOW) + DAY
    )
    dialog = opened(qtbot, file, references=["Vector store Handbook"])
    assert "Looking for the original on this computer…" in texts(dialog)
    dialog.show_origin(None)
    shown = texts(dialog)
    for words in (
        "Change old.txt",
        "assistants",
        "in 24 hours",
        "Downloads the content first: this computer has no original.",
        "2.0 MB are downloaded and uploaded, then downloaded again to compare",
        "that use file-old keep using the old file.\nVector store Handbook",
        "The old one stays until you delete it.",
    ):
        assert words in shown
    assert box(dialog, "Purpose").currentData() == "assistants"
    assert box(dialog, "Expires").currentData() == DAY


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (origin(LocalCopy.UNCHANGED), "Uploads the unchanged original on this computer: /home/ada"),
        (origin(LocalCopy.TOUCHED), "if its content is unchanged: /home/ada/old.txt"),
        (origin(LocalCopy.TOUCHED, None), "the original was changed or is gone"),
        (origin(LocalCopy.CHANGED), "the original was changed or is gone"),
        (origin(LocalCopy.MISSING), "the original was changed or is gone"),
    ],
)
def test_it_says_where_the_content_comes_from(
    qtbot: QtBot, found: UploadOrigin, words: str
) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(found)
    assert words in texts(dialog)
    again = "downloaded again" in texts(dialog)
    assert again == ("changed or is gone" in words)


def test_it_says_why_it_is_impossible_without_content(qtbot: QtBot) -> None:
    dialog = opened(qtbot, refusal=REFUSAL)
    dialog.show_origin(origin(LocalCopy.MISSING))
    rename(qtbot, dialog, "new.txt")
    assert f"{REFUSAL} This computer has no unchanged original" in texts(dialog)
    assert not button(dialog, "Change").isEnabled()


def report(errors: int = 0, warnings: int = 0) -> CheckReport:
    findings = [Finding(Severity.ERROR, f"Wrong {line}.", line) for line in range(1, errors + 1)]
    findings += [Finding(Severity.WARNING, "Odd.") for _number in range(warnings)]
    return CheckReport(tuple(findings), errors, warnings)


def test_the_original_is_checked_for_the_new_purpose_before_it_is_sent(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    asked = QSignalSpy(dialog.check_requested)
    dialog.show_origin(origin(LocalCopy.UNCHANGED))
    choose = box(dialog, "Purpose")
    choose.setCurrentIndex(choose.findData("batch"))
    assert [asked.at(place)[1] for place in range(asked.count())] == ["assistants", "batch"]
    assert "Checking the content for the purpose batch…" in texts(dialog)
    assert button(dialog, "Change").isEnabled()
    file = instance_of(LocalFile, asked.at(1)[0])
    assert (file.path, file.size, file.modified_ns) == (Path("/home/ada/old.txt"), 2_000_000, 7)

    late = instance_of(LocalFile, asked.at(0)[0])
    dialog.show_checked(CheckedFile(late, "assistants", report(errors=1)))
    assert "Checking the content for the purpose batch…" in texts(dialog)
    dialog.show_checked(CheckedFile(file, "batch", report(errors=12, warnings=3)))
    assert "12 errors for the purpose batch." in texts(dialog)
    assert "Line 4: Wrong 4.\nAnd 8 more." in texts(dialog)
    assert "may refuse it" not in texts(dialog)
    assert dialog.height() >= not_none(dialog.layout()).totalHeightForWidth(dialog.width())
    assert not button(dialog, "Change").isEnabled()
    (despite,) = dialog.findChildren(QCheckBox)
    despite.click()
    assert button(dialog, "Change").isEnabled()
    despite.click()
    choose.setCurrentIndex(choose.findData("user_data"))
    assert button(dialog, "Change").isEnabled()
    file = instance_of(LocalFile, asked.at(2)[0])
    dialog.show_checked(CheckedFile(file, "user_data", report(warnings=1)))
    assert "1 warning for the purpose user_data.\nOdd." in texts(dialog)
    assert button(dialog, "Change").isEnabled()


def test_a_new_extension_is_checked_once_the_name_is_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(origin(LocalCopy.UNCHANGED))
    asked = QSignalSpy(dialog.check_requested)
    rename(qtbot, dialog, "new.txt")
    box(dialog, "Purpose").setFocus()
    assert asked.count() == 0
    name_field(dialog).setFocus()
    rename(qtbot, dialog, "new.jsonl")
    box(dialog, "Purpose").setFocus()
    assert asked.count() == 1
    file = instance_of(LocalFile, asked.at(0)[0])
    dialog.show_checked(CheckedFile(file, "assistants", report()))
    assert "The check found nothing wrong for the purpose assistants." in texts(dialog)


def test_nothing_is_checked_without_an_unchanged_original(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    asked = QSignalSpy(dialog.check_requested)
    dialog.show_origin(origin(LocalCopy.TOUCHED))
    box(dialog, "Purpose").setCurrentIndex(0)
    assert asked.count() == 0


def test_refused_content_is_no_trouble_with_an_original(qtbot: QtBot) -> None:
    dialog = opened(qtbot, refusal=REFUSAL)
    dialog.show_origin(origin(LocalCopy.UNCHANGED))
    rename(qtbot, dialog, "new.txt")
    assert REFUSAL not in texts(dialog)
    assert button(dialog, "Change").isEnabled()


def test_it_waits_for_a_difference_and_for_the_source(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    rename(qtbot, dialog, "new.txt")
    assert not button(dialog, "Change").isEnabled()
    dialog.show_origin(None)
    assert button(dialog, "Change").isEnabled()
    rename(qtbot, dialog, "old.txt")
    assert not button(dialog, "Change").isEnabled()
    box(dialog, "Expires").setCurrentIndex(box(dialog, "Expires").findData(7 * DAY))
    assert button(dialog, "Change").isEnabled()


def test_a_name_that_is_impossible_is_explained(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(None)
    rename(qtbot, dialog, "a/b")
    assert "A name can't contain “/”." in texts(dialog)
    assert not button(dialog, "Change").isEnabled()


def test_a_purpose_that_may_refuse_the_file_is_told_but_can_be_chosen(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(None)
    box(dialog, "Purpose").setCurrentIndex(box(dialog, "Purpose").findData("batch"))
    assert "batch may refuse it: the file is not .jsonl." in texts(dialog)
    assert button(dialog, "Change").isEnabled()


def test_a_purpose_of_the_service_is_replaced_by_one_for_uploads(qtbot: QtBot) -> None:
    dialog = opened(qtbot, remote_file("out.jsonl", purpose="batch_output"))
    assert box(dialog, "Purpose").currentData() == "user_data"
    assert "batch_output" in texts(dialog)


def test_a_click_requests_the_change(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(None)
    spy = QSignalSpy(dialog.change_requested)
    rename(qtbot, dialog, "new.jsonl")
    box(dialog, "Purpose").setCurrentIndex(box(dialog, "Purpose").findData("fine-tune"))
    box(dialog, "Expires").setCurrentIndex(box(dialog, "Expires").findData(7 * DAY))
    (despite,) = dialog.findChildren(QCheckBox)
    despite.click()
    qtbot.mouseClick(button(dialog, "Change"), _LEFT)
    assert wanted(spy) == WantedFile("new.jsonl", "fine-tune", 7 * DAY, despite_errors=True)
    assert not dialog.isVisible()


def test_the_keyboard_is_enough(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(None)
    spy = QSignalSpy(dialog.change_requested)
    field = dialog.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.selectedText() == "old"
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert spy.count() == 0
    qtbot.keyClicks(field, "new")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wanted(spy) == WantedFile("new.txt", "assistants")


def test_tab_reaches_every_field_in_order(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    dialog.show_origin(None)
    rename(qtbot, dialog, "new.txt")
    reached: list[str] = []
    for _step in range(5):
        qtbot.keyClick(instance_of(QWidget, dialog.focusWidget()), Qt.Key.Key_Tab)
        focused = instance_of(QWidget, dialog.focusWidget())
        text = getattr(focused, "text", str)
        reached.append(focused.accessibleName() or text())
    assert reached == [
        "Purpose",
        "Expires",
        "Upload it even if the checks find errors",
        "Change",
        "Cancel",
    ]


def test_escape_in_the_name_closes_it(qtbot: QtBot) -> None:
    dialog = opened(qtbot)
    spy = QSignalSpy(dialog.change_requested)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(name_field(dialog), Qt.Key.Key_Escape)
    assert spy.count() == 0


def test_lines_that_appear_squeeze_no_field(qtbot: QtBot) -> None:
    dialog = opened(qtbot, refusal=REFUSAL, references=[f"Batch {one}" for one in range(9)])
    dialog.show_origin(origin(LocalCopy.MISSING))
    rename(qtbot, dialog, "a/b")
    qtbot.waitUntil(
        lambda: all(
            one.height() >= one.minimumSizeHint().height()
            for one in (name_field(dialog), box(dialog, "Purpose"), box(dialog, "Expires"))
        )
    )


def test_what_the_server_lacks_cannot_be_changed(qtbot: QtBot) -> None:
    file = remote_file("old.txt", id="file-old", purpose=None, size=2_000_000)
    dialog = opened(qtbot, file, provider=provider_named("xai"))
    dialog.show_origin(origin(LocalCopy.UNCHANGED))
    purpose = box(dialog, "Purpose")
    assert not purpose.isEnabled()
    assert "xAI" in purpose.toolTip()
    assert box(dialog, "Expires").isEnabled()
    assert not button(dialog, "Change").isEnabled()
    name_field(dialog).setText("new.txt")
    name_field(dialog).textEdited.emit("new.txt")
    assert button(dialog, "Change").isEnabled()


def test_an_expiry_that_cant_be_chosen_is_off(qtbot: QtBot) -> None:
    dialog = opened(qtbot, provider=provider_named("groq"))
    assert not box(dialog, "Expires").isEnabled()
    assert "Groq" in box(dialog, "Expires").accessibleDescription()
