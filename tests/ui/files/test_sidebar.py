import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QLabel, QListView, QProgressBar
from pytestqt.qtbot import QtBot

from services.sizes import TB
from ui.files.file_list import Amount, Counts, FileFilter, View
from ui.files.sidebar import Sidebar
from ui.files.sidebar_model import SidebarModel

ROLE = SidebarModel.ROW_ROLE


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    made = Sidebar()
    QAbstractItemModelTester(
        rows(made).model(), QAbstractItemModelTester.FailureReportingMode.Warning, made
    )
    qtbot.addWidget(made)
    made.resize(214, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def counts(views: dict[View, int] | None = None, **purposes: int) -> Counts:
    amounts = {name.replace("__", "-"): Amount(count, count) for name, count in purposes.items()}
    total = sum(purposes.values())
    return Counts(Amount(total, total), amounts, views or {})


def rows(sidebar: Sidebar) -> QListView:
    found = sidebar.findChild(QListView)
    assert found is not None
    return found


def lines(sidebar: Sidebar) -> list[str]:
    """Title and count of every row."""
    model = rows(sidebar).model()
    found = [model.index(place, 0).data(ROLE) for place in range(model.rowCount())]
    return [row.title if row.count is None else f"{row.title} {row.count}" for row in found]


def chosen_line(sidebar: Sidebar) -> str:
    selected = rows(sidebar).selectionModel().selectedIndexes()
    assert selected == [rows(sidebar).currentIndex()]
    return str(selected[0].data())


def click(sidebar: Sidebar, qtbot: QtBot, title: str) -> None:
    view = rows(sidebar)
    model = view.model()
    for place in range(model.rowCount()):
        if model.index(place, 0).data() == title:
            where = view.visualRect(model.index(place, 0)).center()
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=where)
            return
    pytest.fail(f"no row {title}")


def test_the_list_has_the_name_that_assistive_technology_looks_for(sidebar: Sidebar) -> None:
    assert rows(sidebar).accessibleName() == "Purposes"


def test_an_empty_account_shows_every_purpose_that_can_be_uploaded(sidebar: Sidebar) -> None:
    assert lines(sidebar) == [
        "All files 0",
        "INPUTS",
        "batch 0",
        "fine-tune 0",
        "vision 0",
        "user_data 0",
        "assistants 0",
        "evals 0",
        "VIEWS",
        "Expiring in 7 days 0",
        "Largest",
        "New outputs 0",
    ]
    assert chosen_line(sidebar) == "All files"


def test_what_the_account_has_is_counted_and_unknown_purposes_stand_under_their_heading(
    sidebar: Sidebar,
) -> None:
    sidebar.show_counts(
        counts(
            {View.EXPIRING: 26, View.LARGEST: 7, View.NEW_OUTPUTS: 9},
            batch=4,
            batch_output=2,
            batch__output=1,
            ocr=3,
            **{"": 5},
        )
    )
    assert lines(sidebar) == [
        "All files 15",
        "INPUTS",
        "batch 4",
        "fine-tune 0",
        "vision 0",
        "user_data 0",
        "assistants 0",
        "evals 0",
        "ocr 3",
        "No purpose 5",
        "OUTPUTS",
        "batch_output 2",
        "batch-output 1",
        "VIEWS",
        "Expiring in 7 days 26",
        "Largest",
        "New outputs 9",
    ]


def test_a_click_tells_the_choice(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "vision")
    assert told.args == [FileFilter(purpose="vision")]
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "Largest")
    assert told.args == [FileFilter(view=View.LARGEST)]
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "All files")
    assert told.args == [FileFilter()]


def test_headings_can_be_neither_clicked_nor_reached_by_the_keyboard(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    told = QSignalSpy(sidebar.chosen)
    click(sidebar, qtbot, "INPUTS")
    assert chosen_line(sidebar) == "All files"
    assert told.count() == 0
    view = rows(sidebar)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen_line(sidebar) == "batch"
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert chosen_line(sidebar) == "All files"
    for _press in range(20):
        qtbot.keyClick(view, Qt.Key.Key_Down)
    assert chosen_line(sidebar) == "New outputs"
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert chosen_line(sidebar) == "All files"


def test_the_choice_stays_when_rows_come_and_go_and_nobody_is_told(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    sidebar.show_counts(counts(batch_output=2))
    click(sidebar, qtbot, "batch_output")
    told = QSignalSpy(sidebar.chosen)
    sidebar.show_counts(counts(batch_output=3, aaa=1, aaa_output=1))
    assert chosen_line(sidebar) == "batch_output"
    assert "aaa 1" in lines(sidebar)
    sidebar.show_counts(counts())
    assert chosen_line(sidebar) == "batch_output"
    assert "batch_output 0" in lines(sidebar)
    assert "aaa 1" not in lines(sidebar)
    assert told.count() == 0
    sidebar.choose(FileFilter(text="run"))
    assert chosen_line(sidebar) == "All files"
    assert "OUTPUTS" not in lines(sidebar)
    assert told.count() == 0


def test_a_strange_purpose_is_shown_without_its_tricks(sidebar: Sidebar) -> None:
    sidebar.show_counts(Counts(Amount(1, 1), {"a\nb\u202e": Amount(1, 1)}, {}))
    assert "a\ufffdb\ufffd 1" in lines(sidebar)


def test_a_row_is_read_out_with_its_count(sidebar: Sidebar) -> None:
    sidebar.show_counts(counts(batch=1, vision=2))
    model = rows(sidebar).model()
    read = [
        model.index(place, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for place in range(model.rowCount())
    ]
    assert "batch, 1 file" in read
    assert "vision, 2 files" in read
    assert "Largest" in read


def storage(sidebar: Sidebar) -> tuple[str, int | None]:
    bar = sidebar.findChild(QProgressBar)
    assert bar is not None
    texts = [label.text() for label in sidebar.findChildren(QLabel)]
    assert texts[0] == "STORAGE"
    return texts[1], bar.value() if bar.isVisible() else None


def test_storage_is_a_sum_or_a_part_of_the_limit(sidebar: Sidebar) -> None:
    sidebar.show_storage(612_000_000_000, None)
    assert storage(sidebar) == ("612.0 GB", None)
    sidebar.show_storage(612_000_000_000, 5 * TB // 2)
    assert storage(sidebar) == ("612.0 GB of 2.5 TB", 245)
    sidebar.show_storage(1, 5 * TB // 2)
    assert storage(sidebar)[1] == 1
    sidebar.show_storage(9 * TB, 5 * TB // 2)
    assert storage(sidebar)[1] == 1000
    sidebar.show_storage(0, 5 * TB // 2)
    assert storage(sidebar)[1] == 0


def test_a_row_under_the_pointer_tells_what_the_purpose_is_for(sidebar: Sidebar) -> None:
    view = rows(sidebar)
    index = view.indexAt(QPoint(50, view.visualRect(view.model().index(2, 0)).center().y()))
    assert index.data() == "batch"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "Requests for the Batch API"
