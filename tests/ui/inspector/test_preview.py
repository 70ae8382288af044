"""The beginning of the selected file in the inspector: when it's asked for, and what is shown."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.previews.content.content_kind import ContentKind
from services.previews.events import PreviewFailed, PreviewReady, PreviewUnavailable
from services.previews.preview import Preview, PreviewSource, preview_of
from tests.support.factories import account, problem, remote_file
from tests.support.narrowing import instance_of, not_none
from tests.support.recording_engine import RecordingEngine
from ui.downloading.refused_content import RefusedContent
from ui.image_decoding import Picture
from ui.inspector.inspector import Inspector
from ui.inspector.preview_flow import PreviewFlow
from ui.inspector.preview_table import PreviewTable
from ui.inspector.preview_view import REST_MS, PreviewView
from ui.theme import Role, color

FILE = remote_file("a.jsonl", id="file-1", purpose="batch_output")
OTHER = remote_file("b.jsonl", id="file-2")
RESULTS = (
    b'{"custom_id": "one", "response": {"status_code": 200, "body": {"output_text": "Yes"}}}\n'
    b'{"custom_id": "two", "response": {"status_code": 429, "body": {}}}\n'
    b'{"custom_id": "three", "response": {"status_code": 500, "body": {}}}\n'
)


def ready(
    content: bytes,
    file_id: str = "file-1",
    *,
    source: PreviewSource = PreviewSource.SERVER,
    is_whole: bool = True,
    picture: object = None,
) -> PreviewReady:
    return PreviewReady(file_id, preview_of(content, source, is_whole=is_whole), picture)


class Shown:
    """The inspector of an account of the official service, and what asks for its previews."""

    def __init__(self, qtbot: QtBot, settings: SettingsStore) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        refused = RefusedContent()
        refused.switch_account(account(provider_id="openai"))
        self.inspector = Inspector(refused, lambda: 1_800_000_000)
        column = QVBoxLayout(self.window)
        column.addWidget(self.inspector)
        self.window.resize(420, 800)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.engine = RecordingEngine(settings)
        self.engine.backend.account = account(id="acme")
        self.flow = PreviewFlow(self.window, self.engine.backend, self.inspector, refused)

    @property
    def view(self) -> PreviewView:
        return not_none(self.inspector.findChild(PreviewView))

    @property
    def table(self) -> PreviewTable:
        return not_none(self.view.findChild(PreviewTable))

    @property
    def asked(self) -> list[tuple[str, bool]]:
        """The ids of the files that were asked for, and whether the server may be."""
        asked = self.engine.arguments_of("previews.preview")
        return [(file.id, may_ask) for file, may_ask in asked]

    @property
    def timer(self) -> QTimer:
        return not_none(self.view.findChild(QTimer))

    def rest(self) -> None:
        """Let the selection have rested for as long as is needed."""
        if self.timer.isActive():
            self.timer.stop()
            self.timer.timeout.emit()

    def select(self, *files: object) -> None:
        self.inspector.show_files(list(files))  # type: ignore[arg-type]

    def said(self) -> str:
        labels = self.view.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible() and one.text())

    def rows(self) -> list[list[str]]:
        """What the table shows, if it is shown."""
        if not self.table.isVisible():
            return []
        model = not_none(self.table.model())
        return [
            [str(model.index(row, column).data()) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    def heads(self) -> list[str]:
        model = not_none(self.table.model())
        return [
            str(model.headerData(column, Qt.Orientation.Horizontal))
            for column in range(model.columnCount())
        ]


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Shown:
    return Shown(qtbot, SettingsStore(tmp_path / "settings.json", lambda save: save()))


# When it's asked for


def test_a_file_is_asked_for_once_the_selection_rests_on_it(shown: Shown) -> None:
    shown.select(FILE)
    assert shown.asked == []
    assert (shown.timer.isActive(), shown.timer.interval()) == (True, REST_MS)
    shown.qtbot.waitUntil(lambda: shown.asked == [("file-1", True)])
    assert "Loading…" in shown.said()


def test_going_through_the_table_asks_only_for_the_file_where_it_ends(shown: Shown) -> None:
    for number in range(5):
        shown.select(remote_file(id=f"file-{number}"))
        assert shown.timer.isActive()
    shown.rest()
    assert shown.asked == [("file-4", True)]
    assert shown.engine.calls.count(("previews.cancel", ())) == 5


@pytest.mark.parametrize("files", [(), (FILE, OTHER)], ids=["none", "several"])
def test_only_a_file_that_is_selected_alone_has_a_preview(
    shown: Shown, files: tuple[object, ...]
) -> None:
    shown.select(FILE)
    shown.rest()
    shown.select(*files)
    assert not shown.view.isVisible()
    assert not shown.timer.isActive()
    assert shown.engine.last == ("previews.cancel", ())
    shown.engine.publish(ready(b"late"))
    assert not shown.table.isVisible()


def test_an_inspector_that_is_closed_asks_for_nothing_until_it_is_opened(shown: Shown) -> None:
    shown.inspector.hide()
    shown.select(FILE)
    assert not shown.timer.isActive()
    shown.inspector.show()
    shown.rest()
    assert shown.asked == [("file-1", True)]
    # What is there already isn't asked for again.
    shown.engine.publish(ready(b"text"))
    shown.inspector.hide()
    shown.inspector.show()
    shown.rest()
    assert len(shown.asked) == 1
    assert shown.rows() == [["text"]]


def test_closing_the_inspector_in_time_asks_for_nothing(shown: Shown) -> None:
    shown.select(FILE)
    shown.inspector.hide()
    assert not shown.timer.isActive()
    shown.inspector.show()
    assert shown.timer.isActive()


def test_a_refresh_that_changes_the_file_keeps_its_preview(shown: Shown) -> None:
    shown.select(FILE)
    shown.rest()
    shown.engine.publish(ready(b"text"))
    shown.select(remote_file("renamed.jsonl", id="file-1", status="error"))
    assert shown.rows() == [["text"]]
    assert not shown.timer.isActive()
    assert len(shown.asked) == 1


def test_what_cant_be_downloaded_is_read_only_from_this_computer(shown: Shown) -> None:
    shown.select(remote_file("a.txt", id="file-1", purpose="user_data"))
    shown.rest()
    assert shown.asked == [("file-1", False)]
    shown.engine.publish(PreviewUnavailable("file-2"))
    assert "Loading…" in shown.said()
    shown.engine.publish(PreviewUnavailable("file-1"))
    assert "Files with the purpose user_data can't be downloaded." in shown.said()
    assert "Loading…" not in shown.said()


# What is shown


def test_results_are_shown_in_columns(shown: Shown) -> None:
    shown.select(FILE)
    shown.rest()
    shown.engine.publish(ready(RESULTS, source=PreviewSource.CACHE))
    assert shown.heads() == ["custom_id", "Status", "Answer"]
    assert shown.rows() == [["one", "200", "Yes"], ["two", "429", ""], ["three", "500", ""]]
    assert "cached" in shown.said()
    model = not_none(shown.table.model())
    roles = [Role.SUCCESS, Role.WARNING, Role.DANGER]
    for row, role in enumerate(roles):
        found = model.index(row, 1).data(Qt.ItemDataRole.ForegroundRole)
        assert found == color(role, QGuiApplication.palette())
        assert model.index(row, 0).data(Qt.ItemDataRole.ForegroundRole) is None


def test_the_statuses_of_other_kinds_have_no_color(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"a,b\n1,200\n"))
    assert shown.heads() == ["a", "b"]
    model = not_none(shown.table.model())
    assert model.index(0, 1).data(Qt.ItemDataRole.ForegroundRole) is None


@pytest.mark.parametrize(
    ("content", "heads"),
    [
        (b'{"custom_id": "1", "url": "/v1", "body": {}}', ["custom_id", "Model", "Request"]),
        (b'{"messages": [{"role": "user", "content": "Hi"}]}', ["Role", "Message"]),
        (b'{"preferred_output": [], "non_preferred_output": []}', ["Preferred", "Not preferred"]),
        (b'{"prompt": "1", "completion": "2"}', ["Prompt", "Completion"]),
        (b'{"item": {"Status": "x"}}', ["Status"]),
    ],
)
def test_every_kind_has_its_heads(shown: Shown, content: bytes, heads: list[str]) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(content + b"\n"))
    assert shown.heads() == heads
    assert shown.table.horizontalHeader().isVisible()


def test_text_has_no_heads_and_stands_in_fixed_columns(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"one\n\ttwo\n"))
    assert not shown.table.horizontalHeader().isVisible()
    metrics = shown.table.fontMetrics()
    assert metrics.horizontalAdvance("iiii") == metrics.horizontalAdvance("WWWW")
    shown.engine.publish(ready(RESULTS))
    metrics = shown.table.fontMetrics()
    assert metrics.horizontalAdvance("iiii") != metrics.horizontalAdvance("WWWW")


def test_hostile_content_is_shown_as_text_on_one_line(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"<b>bold</b>\x1b[31m\n"))
    assert shown.rows() == [["<b>bold</b>\ufffd[31m"]]
    model = not_none(shown.table.model())
    assert "<b>" not in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert "\x1b" not in str(model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))


@pytest.mark.parametrize(
    ("source", "is_whole", "words"),
    [
        (PreviewSource.SERVER, True, "from the server"),
        (PreviewSource.LOCAL, True, "from this computer"),
        (PreviewSource.CACHE, False, "first 2 KB · cached"),
        (PreviewSource.PARSED_TEXT, True, "text from a vector store"),
    ],
)
def test_where_it_comes_from_and_how_much_is_said(
    shown: Shown, source: PreviewSource, is_whole: bool, words: str
) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"x\n" * 1000, source=source, is_whole=is_whole))
    assert words in shown.said().split("\n")


def test_what_came_too_late_is_not_shown(shown: Shown) -> None:
    shown.select(FILE)
    shown.rest()
    shown.select(OTHER)
    shown.rest()
    shown.engine.publish(ready(b"text"))
    shown.engine.publish(PreviewFailed("file-1", problem("No network")))
    shown.engine.publish(PreviewUnavailable("file-1"))
    assert shown.rows() == []
    assert "Loading…" in shown.said()
    shown.engine.publish(ready(b"other", "file-2"))
    assert shown.rows() == [["other"]]


def test_an_answer_for_another_account_is_not_shown(shown: Shown) -> None:
    shown.select(FILE)
    shown.rest()
    event = ready(b"text")
    shown.engine.publish(PreviewReady(event.file_id, event.preview, session=7))
    assert shown.rows() == []


def test_the_preview_of_the_file_before_is_gone_at_once(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"text"))
    shown.select(OTHER)
    assert shown.rows() == []
    assert "from the server" not in shown.said()


def test_a_failure_is_told_in_the_servers_own_words(shown: Shown) -> None:
    shown.select(FILE)
    shown.rest()
    trouble = problem("Server error", detail="<b>Out of\nmemory</b>", status=500)
    shown.engine.publish(PreviewFailed("file-1", trouble))
    assert "Server error." in shown.said()
    assert "<b>Out of" in shown.said()
    message = next(one for one in shown.view.findChildren(QLabel) if "Server error" in one.text())
    assert message.textFormat() is Qt.TextFormat.PlainText
    assert "Loading…" not in shown.said()
    shown.engine.publish(ready(b"text"))
    assert shown.rows() == [["text"]]


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ready(b""), "The file is empty."),
        (ready(b"\x89PNG\r\n\x1a\n"), "This image can't be shown."),
        (
            ready(b"\x89PNG\r\n\x1a\n", is_whole=False),
            "This image is too large for a preview.",
        ),
        (
            PreviewReady("file-1", Preview(ContentKind.TABLE, PreviewSource.SERVER, ("a", "b"))),
            "There is nothing to show.",
        ),
    ],
)
def test_where_nothing_can_be_shown_it_is_said(
    shown: Shown, event: PreviewReady, words: str
) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"before"))
    shown.engine.publish(event)
    assert words in shown.said()
    assert shown.rows() == []


# Pictures


def picture(width: int, height: int) -> Picture:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    return Picture(image, image.size())


def painted(shown: Shown) -> tuple[int, int]:
    """Width and height of what is red in the preview, in pixels."""
    page = not_none(not_none(shown.view.findChild(QStackedWidget)).currentWidget())
    image = page.grab().toImage()
    red = [
        QPoint(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y) == QColor("red")
    ]
    columns = {point.x() for point in red}
    lines = {point.y() for point in red}
    return len(columns), len(lines)


def test_a_picture_is_shown_with_its_size(shown: Shown) -> None:
    shown.select(FILE)
    made = picture(60, 30)._replace(size=picture(6000, 3000).size)
    shown.engine.publish(ready(b"\x89PNG\r\n\x1a\n", picture=made))
    assert "6,000 × 3,000 pixels · from the server" in shown.said()
    assert painted(shown) == (60, 30)
    page = not_none(shown.view.findChild(QStackedWidget)).currentWidget()
    assert not_none(page).accessibleName() == "6,000 × 3,000 pixels"
    shown.select(OTHER)
    assert painted(shown) == (0, 0)


@pytest.mark.parametrize("size", [(4000, 1000), (1000, 4000)])
def test_a_large_picture_is_scaled_to_fit(shown: Shown, size: tuple[int, int]) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"\x89PNG\r\n\x1a\n", picture=picture(*size)))
    page = not_none(not_none(shown.view.findChild(QStackedWidget)).currentWidget())
    width, height = painted(shown)
    assert width == pytest.approx(height * size[0] / size[1], rel=0.1)
    assert width in {page.width(), page.width() - 1} or height in {page.height(), page.height() - 1}


# Copying


def copied(shown: Shown) -> str:
    shown.table.setFocus()
    shown.qtbot.keyClick(shown.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    return QGuiApplication.clipboard().text()


def test_selected_rows_are_copied_as_they_are_in_the_file(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b'a,b\n1,"x\ny"\n3,4\n5,6\n'))
    shown.table.selectRow(2)
    table = shown.table
    model = not_none(table.model())
    selection = not_none(table.selectionModel())
    selection.select(
        model.index(0, 0),
        selection.SelectionFlag.Select | selection.SelectionFlag.Rows,
    )
    assert copied(shown) == "1\tx\ny\n5\t6"
    shown.qtbot.keyClick(table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert copied(shown) == "1\tx\ny\n3\t4\n5\t6"


def test_without_selected_rows_the_clipboard_stays(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"text"))
    QGuiApplication.clipboard().setText("mine")
    assert copied(shown) == "mine"


def test_the_table_is_named_and_cant_be_edited(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(b"text"))
    assert shown.table.accessibleName() == "Preview"
    shown.table.selectRow(0)
    shown.qtbot.keyClick(shown.table, Qt.Key.Key_F2)
    shown.qtbot.keyClick(shown.table, Qt.Key.Key_X)
    assert shown.rows() == [["text"]]


def test_the_columns_fill_the_width_and_none_but_the_last_takes_most(shown: Shown) -> None:
    shown.select(FILE)
    shown.engine.publish(ready(RESULTS.replace(b'"one"', b'"' + b"wide" * 60 + b'"')))
    table = shown.table

    def widths() -> list[int]:
        return [table.columnWidth(column) for column in range(3)]

    shown.qtbot.waitUntil(lambda: sum(widths()) == table.viewport().width())
    assert widths()[0] <= 0.4 * table.viewport().width() + 1
    before = widths()
    shown.window.resize(900, 800)
    shown.qtbot.waitUntil(lambda: widths()[0] > before[0])
    shown.qtbot.waitUntil(lambda: sum(widths()) == table.viewport().width())


def test_the_last_column_ends_where_the_scroll_bar_begins(shown: Shown) -> None:
    request = b'{"custom_id": "doc-%06d", "method": "POST", "url": "/v1/embeddings", "body": '
    request += b'{"model": "text-embedding-3-large", "input": "Northwind Parcel, annual report"}}\n'
    shown.window.resize(320, 420)
    shown.select(FILE)
    shown.engine.publish(ready(b"".join(request % number for number in range(40))))
    table = shown.table
    shown.qtbot.waitUntil(table.verticalScrollBar().isVisible)
    shown.qtbot.waitUntil(lambda: table.horizontalHeader().length() == table.viewport().width())


def test_a_view_by_itself_asks_by_its_signals(qtbot: QtBot) -> None:
    view = PreviewView()
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    unwanted = QSignalSpy(view.unwanted)
    with qtbot.waitSignal(view.wanted) as wanted:
        view.begin(FILE)
    assert instance_of(list, wanted.args) == [FILE]
    view.begin(None)
    assert unwanted.count() == 2
    assert not view.isVisible()
