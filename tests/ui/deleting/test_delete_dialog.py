import itertools

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.references.reference import Reference, ReferenceKind, Role
from services.system.safe_text import one_line
from tests.support.factories import remote_file
from ui.deleting.delete_dialog import DeleteDialog
from ui.deleting.delete_words import (
    delete_sums,
    not_downloadable_in_words,
    sums_in_words,
    title_in_words,
)

_LEFT = Qt.MouseButton.LeftButton


def many() -> list[RemoteFile]:
    return [
        *(remote_file(purpose="batch", size=20_000_000) for _ in range(180)),
        *(remote_file(purpose="batch_output", size=20_000_000) for _ in range(120)),
        *(remote_file(purpose="user_data", size=20_000_000) for _ in range(12)),
    ]


def opened(
    qtbot: QtBot, files: list[RemoteFile], *refused: str, is_production: bool = False
) -> DeleteDialog:
    dialog = DeleteDialog("Acme · Research", files, set(refused), is_production=is_production)
    # The dialog deletes itself once closed.
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.open()
        dialog.activateWindow()
    return dialog


def texts(dialog: DeleteDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible()]


def button(dialog: DeleteDialog, start: str) -> QPushButton:
    return next(one for one in dialog.findChildren(QPushButton) if one.text().startswith(start))


def test_it_shows_account_count_size_and_what_cannot_be_downloaded(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many(), "user_data", "assistants")
    assert dialog.windowTitle() == dialog.accessibleName() == "Delete files"
    assert texts(dialog) == [
        "Delete 312 files from Acme · Research?",
        "6.2 GB · 180 batch, 120 batch_output, 12 user_data",
        *["requests.jsonl"] * 10,
        "and 302 more",
        "12 can't be downloaded again: user_data is upload-only.",
        "They will be removed from every vector store that contains them.",
        "Looking for copies on this computer…",
    ]


def test_a_single_file_is_named(qtbot: QtBot) -> None:
    dialog = opened(qtbot, [remote_file("handbook.pdf", purpose="user_data")], "user_data")
    assert texts(dialog)[:3] == [
        "Delete handbook.pdf from Acme · Research?",
        "1 KB · user_data",
        "It can't be downloaded again: user_data is upload-only.",
    ]


def test_a_click_on_delete_requests_it(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many())
    with qtbot.waitSignals([dialog.delete_requested, dialog.accepted]):
        qtbot.mouseClick(button(dialog, "Delete 312 files"), _LEFT)
    assert not dialog.isVisible()


def test_space_on_the_delete_button_deletes(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many())
    delete = button(dialog, "Delete")
    delete.setFocus()
    with qtbot.waitSignal(dialog.delete_requested):
        qtbot.keyClick(delete, Qt.Key.Key_Space)


_ENTER = pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])


@_ENTER
def test_enter_deletes_only_on_the_delete_button(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = opened(qtbot, many())
    asked = QSignalSpy(dialog.delete_requested)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog.focusWidget(), key)
    assert asked.count() == 0
    dialog = opened(qtbot, many())
    button(dialog, "Delete").setFocus()
    with qtbot.waitSignals([dialog.delete_requested, dialog.accepted]):
        qtbot.keyClick(dialog.focusWidget(), key)


@_ENTER
def test_enter_on_the_save_button_saves(qtbot: QtBot, key: Qt.Key) -> None:
    dialog = opened(qtbot, many())
    asked = QSignalSpy(dialog.delete_requested)
    button(dialog, "Save").setFocus()
    with qtbot.waitSignals([dialog.save_requested, dialog.rejected]):
        qtbot.keyClick(dialog.focusWidget(), key)
    assert asked.count() == 0


def test_it_names_ten_files_and_counts_the_others(qtbot: QtBot) -> None:
    files = [remote_file(f"{number}\u202e.jsonl") for number in range(11)]
    shown = texts(opened(qtbot, files))
    assert [f"{number}�.jsonl" in shown for number in range(11)] == [True] * 10 + [False]
    assert "and 1 more" in shown
    assert not any(text.startswith("and ") for text in texts(opened(qtbot, files[:10])))


@pytest.mark.parametrize("count", [1, 3])
def test_showing_what_can_be_restored_moves_nothing(qtbot: QtBot, count: int) -> None:
    dialog = opened(qtbot, [remote_file() for _ in range(count)])
    told, places = {texts(dialog)[-1]}, {button(dialog, "Delete").geometry().getRect()}
    for restorable in range(count + 1):
        dialog.show_restorable(restorable)
        told.add(texts(dialog)[-1])
        places.add(button(dialog, "Delete").geometry().getRect())
    assert len(told) == count + 2
    assert len(places) == 1


def test_cancel_is_focused_from_the_start(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many())
    assert dialog.focusWidget() is button(dialog, "Cancel")
    assert button(dialog, "Cancel").isDefault()


def test_saving_first_closes_without_deleting(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many())
    asked = QSignalSpy(dialog.delete_requested)
    with qtbot.waitSignals([dialog.save_requested, dialog.rejected]):
        qtbot.mouseClick(button(dialog, "Save them first…"), _LEFT)
    assert asked.count() == 0


def test_saving_is_not_offered_if_nothing_can_be_downloaded(qtbot: QtBot) -> None:
    files = [remote_file(purpose="user_data"), remote_file(purpose="assistants")]
    assert not button(opened(qtbot, files, "user_data", "assistants"), "Save").isVisible()
    assert button(opened(qtbot, files, "user_data"), "Save").isVisible()


def test_it_says_if_nothing_can_be_downloaded_again() -> None:
    files = [remote_file(purpose="user_data"), remote_file(purpose="assistants")]
    assert not_downloadable_in_words(delete_sums(files, {"user_data", "assistants"})) == (
        "None can be downloaded again: assistants, user_data are upload-only."
    )


def test_unknown_sizes_are_not_counted_as_zero() -> None:
    unknown = remote_file(size=None, purpose=None)
    assert sums_in_words(delete_sums([unknown], ())) == "Unknown size · without a purpose"
    both = delete_sums([unknown, remote_file(size=3_000_000)], ())
    assert sums_in_words(both).startswith("At least 3.0 MB · ")


def test_many_purposes_are_summed_up() -> None:
    files = [remote_file(purpose=f"p{number}") for number in range(8)]
    assert sums_in_words(delete_sums(files, ())).endswith("1 p4, 3 others")
    assert sums_in_words(delete_sums(files[:6], ())).endswith("1 p4, 1 p5")


def test_a_long_or_odd_name_is_shown_safely() -> None:
    title = title_in_words(delete_sums([remote_file("x\n" + "y" * 300)], ()), "Acme")
    assert one_line(title) == title
    assert len(title) < 100
    assert "…" in title


def referring(name: str = "nightly", *, unfinished: bool = True) -> Reference:
    return Reference(ReferenceKind.BATCH, name, unfinished, f"batch_{name}", Role.INPUT)


def confirmation(dialog: DeleteDialog) -> QCheckBox:
    return next(one for one in dialog.findChildren(QCheckBox))


def test_a_needed_file_is_held_back_until_it_is_confirmed(qtbot: QtBot) -> None:
    files = [remote_file("a.jsonl"), remote_file("b.jsonl")]
    dialog = opened(qtbot, files)
    assert not confirmation(dialog).isVisible()
    dialog.show_needed([(files[0], referring())])
    assert "a.jsonl is needed by the unfinished batch nightly." in texts(dialog)
    assert [file for file, _one in dialog.held] == [files[0]]
    assert button(dialog, "Delete 1 file").isEnabled()
    assert confirmation(dialog).text() == "Delete it, too"
    confirmation(dialog).click()
    assert not dialog.held
    assert button(dialog, "Delete 2 files").isEnabled()


def test_if_all_files_are_needed_nothing_can_be_deleted_unconfirmed(qtbot: QtBot) -> None:
    files = [remote_file(f"{one}.jsonl") for one in range(5)]
    dialog = opened(qtbot, files)
    dialog.show_needed([(file, referring()) for file in files])
    assert "0.jsonl, 1.jsonl, 2.jsonl and 2 more are needed by unfinished jobs." in texts(dialog)
    assert not button(dialog, "Delete 5 files").isEnabled()
    assert "4.jsonl: needed by the unfinished batch nightly" in (
        confirmation(dialog).accessibleDescription()
    )
    confirmation(dialog).click()
    assert button(dialog, "Delete 5 files").isEnabled()


def test_a_file_that_is_needed_by_now_is_not_confirmed_yet(qtbot: QtBot) -> None:
    files = [remote_file("a.jsonl"), remote_file("b.jsonl")]
    dialog = opened(qtbot, files)
    dialog.show_needed([(files[0], referring())])
    confirmation(dialog).click()
    dialog.show_needed([(files[0], referring()), (files[1], referring("other"))])
    assert len(dialog.held) == 2


def test_no_button_moves_while_jobs_are_looked_at(qtbot: QtBot) -> None:
    files = [remote_file("a.jsonl"), remote_file("b.jsonl")]
    dialog = DeleteDialog("Acme", files)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show_checking()
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert "Checking whether unfinished jobs need them…" in texts(dialog)
    size = dialog.size()
    dialog.show_needed([(files[0], referring())])
    qtbot.wait(0)
    assert dialog.size() == size
    dialog.show_needed([])
    assert "No unfinished batch or fine-tuning job needs them." in texts(dialog)
    dialog.show_needed([], is_known=False)
    assert "Unfinished jobs couldn't be checked." in texts(dialog)
    qtbot.wait(0)
    assert dialog.size() == size


def test_nothing_gapes_between_the_lines(qtbot: QtBot) -> None:
    dialog = DeleteDialog("Acme", [remote_file("a.jsonl"), remote_file("b.jsonl")])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show_checking()
    with qtbot.waitExposed(dialog):
        dialog.open()
    dialog.show_needed([])
    qtbot.wait(0)
    lines = [one for one in dialog.findChildren(QLabel) if one.isVisible() and one.text()]
    places = sorted((one.mapTo(dialog, QPoint()).y(), one.height()) for one in lines)
    gaps = [below - (above + height) for (above, height), (below, _) in itertools.pairwise(places)]
    assert max(gaps) < dialog.fontMetrics().height() + 10


def test_vector_stores_are_named(qtbot: QtBot) -> None:
    dialog = DeleteDialog("Acme", [remote_file()], stores=["Support docs", "Help"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.open()
    words = "In the vector stores Support docs, Help. It will be removed from every vector store"
    assert any(text.startswith(words) for text in texts(dialog))


def test_in_production_the_name_is_typed_before_anything_is_deleted(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many(), is_production=True)
    requested = QSignalSpy(dialog.delete_requested)
    delete, field = button(dialog, "Delete"), dialog.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field.accessibleName() == "To confirm, type the name of the account: Acme · Research"
    assert not delete.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert dialog.isVisible(), "Enter in the field presses no button"
    qtbot.keyClicks(field, "acme researc")
    assert not delete.isEnabled()
    dialog.show_needed([])
    assert not delete.isEnabled()
    qtbot.keyClicks(field, "h")
    assert delete.isEnabled()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert delete.hasFocus()
    qtbot.keyClick(delete, Qt.Key.Key_Return)
    assert requested.count() == 1


def test_elsewhere_no_name_is_typed(qtbot: QtBot) -> None:
    dialog = opened(qtbot, many())
    assert not dialog.findChildren(QLineEdit)
    assert button(dialog, "Delete").isEnabled()
