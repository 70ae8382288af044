import gc

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QPushButton,
    QScrollArea,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.catalog.events import FileNotRetrieved, FileRetrieved
from services.providers.features import Feature
from tests.support.factories import account, problem, remote_file
from tests.support.narrowing import not_none
from tests.support.shown_widget import shown_widget
from ui.downloading.refused_content import RefusedContent
from ui.inspector.field_view import FieldView
from ui.inspector.inspector import Inspector
from ui.inspector.title_label import TitleLabel

NOW = 1_800_000_000


@pytest.fixture
def refused() -> RefusedContent:
    """The known refusals of the official service."""
    known = RefusedContent()
    known.switch_account(account(provider_id="openai"))
    return known


@pytest.fixture
def inspector(qtbot: QtBot, refused: RefusedContent) -> Inspector:
    return shown_widget(qtbot, Inspector(refused, lambda: NOW), 320, 500)


def title(inspector: Inspector) -> str:
    found = inspector.findChild(TitleLabel)
    assert found is not None
    return found.text


def texts(inspector: Inspector) -> list[str]:
    return [label.text() for label in inspector.findChildren(QLabel) if label.isVisible()]


def values(inspector: Inspector) -> dict[str, str]:
    """The visible title and text of each line."""
    view = inspector.findChild(FieldView)
    assert view is not None
    return {
        edit.accessibleName(): edit.toPlainText()
        for edit in view.findChildren(QTextEdit)
        if edit.isVisible()
    }


def button(inspector: Inspector, name: str) -> QAbstractButton:
    buttons = inspector.findChildren(QAbstractButton)
    return next(found for found in buttons if name in (found.text(), found.accessibleName()))


def retrieved(file: RemoteFile, *more: tuple[str, object]) -> FileRetrieved:
    fields = (
        ("id", file.id),
        ("object", "file"),
        ("bytes", file.size),
        ("created_at", file.created_at),
        ("expires_at", file.expires_at),
        ("filename", file.filename),
        ("purpose", file.purpose),
        ("status", file.status),
        ("status_details", None),
        *more,
    )
    return FileRetrieved("acme", file.id, fields, file)


def test_without_a_selection_it_shows_a_hint(inspector: Inspector) -> None:
    assert texts(inspector) == ["Select a file to see its details."]
    assert not button(inspector, "Download").isVisible()


def test_one_file_shows_its_listed_fields_and_requests_all(
    inspector: Inspector, qtbot: QtBot
) -> None:
    file = remote_file("out.jsonl", id="file-7", purpose="batch_output", size=41_700_000)
    with qtbot.waitSignal(inspector.fields_requested) as wanted:
        inspector.show_files([file])
        assert title(inspector) == "out.jsonl"
        assert "batch_output · 41.7 MB" in texts(inspector)
        assert values(inspector)["ID"] == "file-7"
        assert values(inspector)["Status"] == "processed"
        assert values(inspector)["Expires"] == "—"
    assert wanted.args == ["file-7"]


def test_moving_through_the_table_requests_only_the_last_file(
    inspector: Inspector, qtbot: QtBot
) -> None:
    asked = QSignalSpy(inspector.fields_requested)
    files = [remote_file(id=f"file-{number}") for number in range(5)]
    for file in files:
        inspector.show_files([file])
    qtbot.waitUntil(lambda: asked.count() > 0)
    assert [asked.at(place)[0] for place in range(asked.count())] == ["file-4"]
    inspector.show_files([files[4]])
    inspector.show_files([files[3]])
    inspector.show_files(files)
    inspector.show_files([])
    inspector.show_files([files[0]])
    qtbot.waitUntil(lambda: asked.count() > 1)
    assert asked.at(1)[0] == "file-0"


def test_all_fields_are_shown_known_ones_as_text(inspector: Inspector) -> None:
    file = remote_file(
        "a.jsonl",
        id="file-1",
        size=1_200,
        created_at=1_700_000_000,
        expires_at=NOW + 29 * 24 * 3600,
    )
    inspector.show_files([file])
    inspector.show_fields(
        retrieved(
            file,
            ("sha256", "abc"),
            ("lines", 2000),
            ("labels", ["x", {"y": None}]),
            ("nested", {"one": "a value that is long enough to need a line of its own"}),
            ("html", "<b>bold</b>"),
            ("bell", "a\x07b"),
        )
    )
    shown = values(inspector)
    assert list(shown)[:4] == ["ID", "Created", "Expires", "Status"]
    assert shown["Created"].startswith("1")
    assert ":" in shown["Created"]
    assert shown["Expires"].endswith("\nin 29 days")
    assert shown["Status details"] == "—"
    # These are in the heading.
    assert {"File name", "Purpose", "Size", "object"}.isdisjoint(shown)
    assert shown["sha256"] == "abc"
    assert shown["lines"] == "2000"
    assert shown["labels"] == '["x",{"y":null}]'
    assert shown["nested"].split("\n")[0] == "{"
    assert '"one": "a value that' in shown["nested"]
    assert shown["html"] == "<b>bold</b>"
    assert shown["bell"] == "a\ufffdb"


def test_fields_of_unexpected_types_are_shown_as_they_are(inspector: Inspector) -> None:
    file = remote_file(id="file-1")
    inspector.show_files([file])
    inspector.show_fields(
        FileRetrieved(
            "acme",
            "file-1",
            (("bytes", "many"), ("created_at", [1]), ("status", {"a": 1}), ("expires_at", "")),
            None,
        )
    )
    assert values(inspector) == {
        "Created": "[1]",
        "Expires": "—",
        "Status": '{"a":1}',
        "Size": "many",
    }


def test_fields_of_a_file_no_longer_selected_are_ignored(inspector: Inspector) -> None:
    one, other = remote_file(id="file-1"), remote_file(id="file-2")
    inspector.show_files([other])
    inspector.show_fields(retrieved(one, ("extra", 1)))
    inspector.show_problem(FileNotRetrieved("acme", "file-1", problem("Gone")))
    assert "extra" not in values(inspector)
    assert not any("Gone" in text for text in texts(inspector))
    inspector.show_files([one, other])
    inspector.show_fields(retrieved(one, ("extra", 1)))
    assert "extra" not in values(inspector)


def test_a_failed_request_keeps_the_known_fields_and_says_why(
    inspector: Inspector,
) -> None:
    file = remote_file(id="file-1")
    inspector.show_files([file])
    trouble = problem("The file is not there", advice="Refresh the list.")
    inspector.show_problem(FileNotRetrieved("acme", "file-1", trouble))
    assert "The file is not there. Refresh the list." in texts(inspector)
    assert values(inspector)["ID"] == "file-1"
    inspector.show_fields(retrieved(file))
    assert not any("not there" in text for text in texts(inspector))
    inspector.show_problem(FileNotRetrieved("acme", "file-1", trouble))
    inspector.show_files([remote_file(id="file-2")])
    assert not any("not there" in text for text in texts(inspector))


def test_a_refresh_keeps_the_fields_until_the_next_request(
    inspector: Inspector, qtbot: QtBot
) -> None:
    file = remote_file("a", id="file-1", size=1, created_at=NOW)
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, ("extra", 1)))
    asked = QSignalSpy(inspector.fields_requested)
    inspector.show_files([remote_file("b", id="file-1", size=2, created_at=NOW)])
    assert title(inspector) == "b"
    assert values(inspector)["extra"] == "1"
    qtbot.waitUntil(lambda: asked.count() == 1)


def test_several_files_are_summed_by_purpose(inspector: Inspector) -> None:
    inspector.show_files(
        [
            remote_file(purpose="batch", size=1_000_000),
            remote_file(purpose="batch", size=2_000_000),
            remote_file(purpose="vision", size=None),
            remote_file(purpose=None, size=5_000),
        ]
    )
    assert title(inspector) == "4 files"
    assert "3.0 MB · 1 of unknown size" in texts(inspector)
    assert values(inspector) == {}
    assert button(inspector, "Copy IDs").isVisible()


def test_the_buttons_emit_their_signals(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_files([remote_file(purpose="batch")])
    with qtbot.waitSignal(inspector.download_requested):
        qtbot.mouseClick(button(inspector, "Download"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(inspector.copy_ids_requested):
        qtbot.mouseClick(button(inspector, "Copy ID"), Qt.MouseButton.LeftButton)


def test_all_buttons_for_a_file_are_in_one_row_that_fits(inspector: Inspector) -> None:
    inspector.resize(inspector.initial_width(), 600)
    inspector.show_files([remote_file(purpose="batch")])
    names = ("Look inside", "Download", "Copy ID", "Change…", "Start a batch…")
    places = [button(inspector, name) for name in names]
    middles = [one.mapTo(inspector, one.rect().center()).y() for one in places]
    assert max(middles) - min(middles) <= 1
    rights = [one.mapTo(inspector, one.rect().topRight()).x() for one in places]
    assert rights == sorted(rights)
    assert rights[-1] < inspector.width()
    assert all(one.toolTip() for one in places if not one.text())


def refusal(inspector: Inspector) -> list[str]:
    return [text for text in texts(inspector) if "the purpose" in text or "refused" in text]


def test_an_expected_refusal_disables_the_download_and_says_why(
    inspector: Inspector, qtbot: QtBot
) -> None:
    inspector.show_files([remote_file(purpose="user_data")])
    assert not button(inspector, "Download").isEnabled()
    assert refusal(inspector) == ["Files with the purpose user_data can't be downloaded."]
    with qtbot.waitSignal(inspector.download_anyway_requested):
        qtbot.mouseClick(button(inspector, "Try anyway"), Qt.MouseButton.LeftButton)
    inspector.show_files([remote_file(purpose="batch")])
    assert button(inspector, "Download").isEnabled()
    assert not button(inspector, "Try anyway").isVisible()
    assert refusal(inspector) == []


def test_a_refusal_shows_the_servers_own_message(
    inspector: Inspector, refused: RefusedContent
) -> None:
    inspector.show_files([remote_file(purpose="fine-tune")])
    assert button(inspector, "Download").isEnabled()
    refused.add("acme", "fine-tune", "Not for\nfree accounts.")
    inspector.show_refusals()
    assert not button(inspector, "Download").isEnabled()
    assert refusal(inspector) == ["The server refused the download: Not for\ufffdfree accounts."]


def test_other_servers_are_not_expected_to_refuse(
    inspector: Inspector, refused: RefusedContent
) -> None:
    refused.switch_account(account(provider_id="other"))
    inspector.show_files([remote_file(purpose="user_data")])
    assert button(inspector, "Download").isEnabled()
    refused.add("acme", "user_data", "No.")
    inspector.show_refusals()
    assert not button(inspector, "Download").isEnabled()


def test_one_downloadable_file_enables_the_download(inspector: Inspector) -> None:
    inspector.show_files([remote_file(purpose="user_data"), remote_file(purpose="batch")])
    assert button(inspector, "Download").isEnabled()
    inspector.show_files([remote_file(purpose="user_data"), remote_file(purpose="assistants")])
    assert not button(inspector, "Download").isEnabled()
    assert len(refusal(inspector)[0].split("\n")) == 2


def test_a_long_id_wraps_and_many_fields_scroll(inspector: Inspector, qtbot: QtBot) -> None:
    file = remote_file("n" * 300, id="file-" + "x" * 320)
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, *((f"field {n}", "word " * 40) for n in range(30))))
    area = inspector.findChild(QScrollArea)
    assert area is not None
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
    inside = area.widget()
    assert inside is not None
    assert inside.width() <= inspector.width()
    view = inspector.findChild(FieldView)
    assert view is not None
    edits = [edit for edit in view.findChildren(QTextEdit) if edit.isVisible()]
    for edit in edits:
        assert edit.verticalScrollBar().maximum() == 0
        assert edit.document().size().width() <= edit.viewport().width() + 1
    assert edits[0].height() > 3 * edits[0].fontMetrics().height()


def test_lines_stay_close_together_after_longer_values(inspector: Inspector, qtbot: QtBot) -> None:
    file = remote_file(id="file-1")
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, *((f"field_{'n' * 90}{n}", "word") for n in range(30))))
    inspector.show_files([remote_file(id="file-2")])

    def tops() -> list[int]:
        edits = inspector.findChildren(QTextEdit)
        return [
            edit.mapTo(inspector, edit.rect().topLeft()).y() for edit in edits if edit.isVisible()
        ]

    line = inspector.fontMetrics().height()
    qtbot.waitUntil(lambda: tops()[3] - tops()[0] < 6 * line)
    area = inspector.findChild(QScrollArea)
    assert area is not None
    assert not_none(area.widget()).width() == area.viewport().width()


def test_a_value_can_be_selected_and_copied_with_the_keyboard(
    inspector: Inspector, qtbot: QtBot
) -> None:
    inspector.show_files([remote_file(id="file-1")])
    view = inspector.findChild(FieldView)
    assert view is not None
    value = view.findChildren(QTextEdit)[0]
    qtbot.keyClick(value, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert value.textCursor().selectedText() == "file-1"
    qtbot.keyClick(value, Qt.Key.Key_X)
    assert value.toPlainText() == "file-1"


def test_tab_moves_through_the_fields_before_leaving(qtbot: QtBot, refused: RefusedContent) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    inspector, behind = Inspector(refused, lambda: NOW), QPushButton("behind")
    column.addWidget(inspector)
    column.addWidget(behind)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    file = remote_file("a.jsonl")
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, ("more", "1")))
    button(inspector, "Start a batch…").setFocus()
    passed: list[str] = []
    while not behind.hasFocus() and len(passed) < 20:
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        passed.append(window.focusWidget().accessibleName())
    assert passed == [*values(inspector), ""]


def test_the_scroll_area_has_an_accessible_name(inspector: Inspector) -> None:
    inspector.show_files([remote_file("a.jsonl")])
    area = inspector.findChild(QScrollArea)
    assert area is not None
    assert area.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert area.accessibleName() == "Details"


def test_a_long_title_has_two_lines_and_is_elided_in_the_middle(qtbot: QtBot) -> None:
    label = TitleLabel()
    qtbot.addWidget(label)
    label.show_text("short.jsonl")
    assert label.shown_lines(280) == ["short.jsonl"]
    one_line = label.heightForWidth(280)
    label.show_text("nightly-embeddings-" + "1" * 200 + ".jsonl")
    lines = label.shown_lines(280)
    assert len(lines) == 2
    assert lines[0].startswith("nightly")
    assert "…" in lines[1]
    assert lines[1].endswith(".jsonl")
    assert label.heightForWidth(280) == 2 * one_line
    label.show_text("two words and a few more of them so that it wraps there.jsonl")
    assert "".join(f"{line} " for line in label.shown_lines(280)).strip() == label.text


@pytest.mark.parametrize("name", ["🗂" * 12 + "abcdefghij.txt", "📦 " * 8 + "report.txt"])
def test_surrogate_pairs_are_not_split_across_lines(name: str, qtbot: QtBot) -> None:
    label = TitleLabel()
    qtbot.addWidget(label)
    label.show_text(name)
    metrics = label.fontMetrics()
    width = metrics.horizontalAdvance(name) * 4 // 5
    shown = label.shown_lines(width)
    assert "".join(shown).replace(" ", "") == name.replace(" ", "")
    assert max(map(metrics.horizontalAdvance, shown)) <= width


def test_a_long_id_fills_its_lines_and_does_not_break_at_hyphens(inspector: Inspector) -> None:
    file = remote_file(id="file-" + "m" * 30)
    inspector.show_files([file])
    inspector.show_fields(retrieved(file))
    view = inspector.findChild(FieldView)
    assert view is not None
    (value,) = [one for one in view.findChildren(QTextEdit) if one.toPlainText() == file.id]
    first_line = value.document().firstBlock().layout().lineAt(0)
    assert first_line.textLength() > len("file-")


def test_a_hebrew_name_starts_on_the_left_and_ends_with_its_extension(
    inspector: Inspector,
) -> None:
    name = "\u05e9\u05dd \u05e7\u05d5\u05d1\u05e5.jsonl"
    file = remote_file("another")
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, ("alias", name)))
    view = inspector.findChild(FieldView)
    assert view is not None
    (value,) = [one for one in view.findChildren(QTextEdit) if one.toPlainText() == name]
    cursor = value.textCursor()
    places = []
    for place in range(len(name) + 1):
        cursor.setPosition(place)
        places.append(value.cursorRect(cursor).left())
    assert min(places) < 10
    assert max(places) == places[-1]


def test_the_number_of_hidden_fields_is_shown(inspector: Inspector) -> None:
    file = remote_file(id="file-a")
    inspector.show_files([file])
    fields = (("id", "file-a"), ("of_later", 1))
    inspector.show_fields(FileRetrieved("acme", "file-a", fields, file, left_out=1800))
    assert len(values(inspector)) == 3
    assert "1,800" in values(inspector)["…"]
    inspector.show_fields(FileRetrieved("acme", "file-a", fields, file))
    assert len(values(inspector)) == 2


def test_too_many_fields_take_a_bounded_number_of_lines_and_characters(
    inspector: Inspector,
) -> None:
    file = remote_file(id="file-a")
    inspector.show_files([file])
    fields = {"id": "file-a"} | {f"field-{number}": "x" * 4_000 for number in range(199)}
    inspector.show_fields(FileRetrieved("acme", "file-a", tuple(fields.items()), file, 1))
    shown = values(inspector)
    assert len(shown) < 25
    assert sum(map(len, shown.values())) < 15_000
    assert any("field-20: x" in value for value in shown.values())


def test_a_single_long_value_is_shown_in_full(inspector: Inspector) -> None:
    file = remote_file(id="file-a")
    inspector.show_files([file])
    fields = (("id", "file-a"), ("of_later", "x" * 4_000))
    inspector.show_fields(FileRetrieved("acme", "file-a", fields, file))
    assert values(inspector)["of_later"] == "x" * 4_000


def test_the_focused_value_has_a_ring(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.show_files([remote_file()])
    inspector.activateWindow()
    first, second = [one for one in inspector.findChildren(QTextEdit) if one.isVisible()][:2]

    def beside(value: QTextEdit, focused: QTextEdit) -> QImage:
        """The pixels just left of a value."""
        focused.setFocus()
        qtbot.waitUntil(focused.hasFocus)
        place = value.geometry()
        strip = QRect(place.left() - 4, place.top(), 4, place.height())
        return not_none(value.parentWidget()).grab(strip).toImage()

    assert beside(first, first) != beside(first, second)
    assert beside(second, second) != beside(second, first)
    assert beside(first, first) == beside(second, second)


def test_a_copied_value_is_exactly_what_the_server_sent(inspector: Inspector) -> None:
    name = "Budget 12\u202f500\u00a0€\u3000👩\u200d🚀.csv"
    file = remote_file(name)
    inspector.show_files([file])
    inspector.show_fields(retrieved(file, ("note", name)))
    edits = inspector.findChildren(QTextEdit)
    (edit,) = [one for one in edits if one.isVisible() and "Budget" in one.toPlainText()]
    edit.selectAll()
    edit.copy()
    gc.collect()
    assert QGuiApplication.clipboard().text() == name
    assert not_none(inspector.findChild(TitleLabel)).text == name


def test_values_that_differ_from_the_heading_are_shown(inspector: Inspector) -> None:
    file = remote_file("a.jsonl", id="file-1")
    inspector.show_files([file])
    inspector.show_fields(retrieved(remote_file("b.jsonl", id="file-1"), ("object", "thing")))
    shown = values(inspector)
    assert shown["File name"] == "b.jsonl"
    assert shown["object"] == "thing"
    assert "Purpose" not in shown


def test_an_id_fits_on_one_line_at_the_initial_width(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.resize(inspector.initial_width(), 600)
    inspector.show_files([remote_file(id="file-8DkLqA1cVbY7rTn2WmGhQw", expires_at=NOW + 1)])
    one = next(one for one in inspector.findChildren(QTextEdit) if one.accessibleName() == "ID")
    qtbot.waitUntil(lambda: one.height() < 2 * one.fontMetrics().height())


@pytest.mark.parametrize("size", range(7, 20))
def test_underscores_are_not_cut_off_in_any_font(
    inspector: Inspector, qtbot: QtBot, size: int
) -> None:
    inspector.setFont(QFont("DejaVu Sans", size))
    inspector.show_files([remote_file(id="a_b")])
    one = next(one for one in inspector.findChildren(QTextEdit) if one.accessibleName() == "ID")
    metrics = one.fontMetrics()
    assert metrics.ascent() + metrics.tightBoundingRect("_").bottom() < one.height()


def test_what_the_server_lacks_is_off_with_the_reason(inspector: Inspector) -> None:
    inspector.show_files([remote_file(purpose="batch")])
    change, start = button(inspector, "Change…"), button(inspector, "Start a batch…")
    inspector.show_server({Feature.UPLOAD: "No uploads.", Feature.BATCHES: "No batches."})
    assert not change.isEnabled()
    assert "No uploads." in change.toolTip()
    assert not start.isEnabled()
    assert "No batches." in start.toolTip()
    inspector.show_server({})
    assert change.isEnabled()
    assert change.toolTip() == "Change…"
    assert start.isEnabled()
