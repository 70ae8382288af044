import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QLabel, QListView, QProgressBar
from pytestqt.qtbot import QtBot

from services.browse.file_list import Amount, Counts, FileFilter, View
from services.jobs.job_kind import JobKind
from services.providers.providers import provider_named
from services.system.safe_text import one_line
from services.system.sizes import TB
from ui.sidebar.sidebar import Sidebar
from ui.sidebar.sidebar_model import JobsCount, SidebarModel

ROLE = SidebarModel.ROW_ROLE
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def sidebar(qtbot: QtBot) -> Sidebar:
    made = Sidebar()
    QAbstractItemModelTester(
        rows(made).model(), QAbstractItemModelTester.FailureReportingMode.Warning, made
    )
    qtbot.addWidget(made)
    made.resize(214, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


def chosen_lines(sidebar: Sidebar) -> list[str]:
    """The titles of the chosen rows, from top to bottom."""
    selected = rows(sidebar).selectionModel().selectedIndexes()
    return [str(index.data()) for index in sorted(selected, key=lambda index: index.row())]


def purposes(*names: str) -> FileFilter:
    return FileFilter(frozenset(names))


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


def index_of(sidebar: Sidebar, title: str) -> QModelIndex:
    model = rows(sidebar).model()
    for place in range(model.rowCount()):
        if model.index(place, 0).data() == title:
            return model.index(place, 0)
    pytest.fail(f"no row {title}")


def click(
    sidebar: Sidebar,
    qtbot: QtBot,
    title: str,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    view = rows(sidebar)
    where = view.visualRect(index_of(sidebar, title)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, where)


def test_the_list_has_an_accessible_name(sidebar: Sidebar) -> None:
    assert rows(sidebar).accessibleName() == "Purposes"


def test_an_empty_account_shows_every_upload_purpose(sidebar: Sidebar) -> None:
    sidebar.show_counts(counts())
    assert lines(sidebar) == [
        "All files 0",
        "INPUTS",
        "batch 0",
        "fine-tune 0",
        "vision 0",
        "user_data 0",
        "assistants 0",
        "evals 0",
        "JOBS",
        "Batches",
        "Fine-tuning",
        "Vector stores",
        "VIEWS",
        "Expiring in 7 days 0",
        "Largest",
        "New outputs 0",
    ]
    assert chosen_line(sidebar) == "All files"


def test_files_are_counted_and_unknown_purposes_are_under_a_heading(
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
        "JOBS",
        "Batches",
        "Fine-tuning",
        "Vector stores",
        "VIEWS",
        "Expiring in 7 days 26",
        "Largest",
        "New outputs 9",
    ]


def test_a_click_emits_the_choice(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "vision")
    assert told.args == [FileFilter(frozenset({"vision"}))]
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "Largest")
    assert told.args == [FileFilter(view=View.LARGEST)]
    with qtbot.waitSignal(sidebar.chosen) as told:
        click(sidebar, qtbot, "All files")
    assert told.args == [FileFilter()]


def test_headings_can_be_neither_clicked_nor_focused(sidebar: Sidebar, qtbot: QtBot) -> None:
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


def test_changing_rows_keeps_the_choice_and_emits_nothing(sidebar: Sidebar, qtbot: QtBot) -> None:
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


def test_a_strange_purpose_is_shown_safely(sidebar: Sidebar) -> None:
    sidebar.show_counts(Counts(Amount(1, 1), {"a\nb\u202e": Amount(1, 1)}, {}))
    assert "a\ufffdb\ufffd 1" in lines(sidebar)


def test_a_row_is_read_with_its_count(sidebar: Sidebar) -> None:
    sidebar.show_counts(counts(batch=1, vision=2))
    model = rows(sidebar).model()
    read = [
        model.index(place, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        for place in range(model.rowCount())
    ]
    assert "All files, 3 files, 3 bytes" in read
    assert "batch, 1 file, 1 byte" in read
    assert "vision, 2 files, 2 bytes" in read
    assert "New outputs, 0 files" in read
    assert "Largest" in read
    assert "INPUTS" in read


def storage(sidebar: Sidebar) -> tuple[list[str], int | None]:
    """The texts below the heading, and the value of the bar, if there is one."""
    bar = sidebar.findChild(QProgressBar)
    assert bar is not None
    texts = [label.text() for label in sidebar.findChildren(QLabel) if label.isVisible()]
    assert texts[0] == "STORAGE"
    return texts[1:], bar.value() if bar.isVisible() else None


def test_storage_shows_a_total_or_a_share_of_the_limit(sidebar: Sidebar) -> None:
    sidebar.show_storage(612_000_000_000, None)
    assert storage(sidebar) == (["612.0 GB"], None)
    sidebar.show_storage(612_000_000_000, 5 * TB // 2)
    assert storage(sidebar) == (["612.0 GB of 2.5 TB"], 245)
    sidebar.show_storage(1, 5 * TB // 2)
    assert storage(sidebar)[1] == 1
    sidebar.show_storage(9 * TB, 5 * TB // 2)
    assert storage(sidebar)[1] == 1000
    sidebar.show_storage(0, 5 * TB // 2)
    assert storage(sidebar)[1] == 0


def test_nearly_full_storage_has_a_warning(sidebar: Sidebar) -> None:
    bar = sidebar.findChild(QProgressBar)
    assert bar is not None
    sidebar.show_storage(9 * TB, 10 * TB)
    assert storage(sidebar) == (["9.0 TB of 10.0 TB"], 900)
    assert bar.property("look") != "warning"
    sidebar.show_storage(96 * TB, 100 * TB)
    assert storage(sidebar)[0][1] == "96% full. Delete some files."
    assert "96% full" in bar.accessibleDescription()
    assert bar.property("look") == "warning"
    sidebar.show_storage(11 * TB, 10 * TB)
    assert storage(sidebar)[0][1] == "Over the account's storage limit."
    sidebar.show_storage(11 * TB, None)
    assert storage(sidebar) == (["11.0 TB"], None)
    assert bar.property("look") != "warning"


def test_long_texts_fit_the_storage_meter(sidebar: Sidebar) -> None:
    sidebar.resize(sidebar.minimumWidth(), 700)
    sidebar.show_storage(99 * TB, 100 * TB)
    for label in sidebar.findChildren(QLabel):
        assert label.mapTo(sidebar, label.rect().bottomRight()).x() < sidebar.width()
        assert label.height() >= label.heightForWidth(label.width())


def test_a_rows_tooltip_describes_the_purpose(sidebar: Sidebar) -> None:
    view = rows(sidebar)
    index = view.indexAt(QPoint(50, view.visualRect(view.model().index(2, 0)).center().y()))
    assert index.data() == "batch"
    sidebar.show_counts(counts(batch=412))
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "<qt>batch<br>Requests for the Batch API<br>412 files · 412 bytes</qt>"
    assert index_of(sidebar, "INPUTS").data(Qt.ItemDataRole.ToolTipRole) == ""


def test_ctrl_adds_and_removes_purposes(sidebar: Sidebar, qtbot: QtBot) -> None:
    told = QSignalSpy(sidebar.chosen)
    click(sidebar, qtbot, "batch", CTRL)
    click(sidebar, qtbot, "vision", CTRL)
    assert chosen_lines(sidebar) == ["batch", "vision"]
    click(sidebar, qtbot, "batch", CTRL)
    click(sidebar, qtbot, "vision", CTRL)
    assert chosen_lines(sidebar) == ["All files"]
    assert [told.at(place)[0] for place in range(told.count())] == [
        purposes("batch"),
        purposes("batch", "vision"),
        purposes("vision"),
        FileFilter(),
    ]


def test_shift_extends_the_choice_across_headings(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.show_counts(counts(batch_output=1))
    click(sidebar, qtbot, "user_data")
    click(sidebar, qtbot, "batch_output", SHIFT)
    assert chosen_lines(sidebar) == ["user_data", "assistants", "evals", "batch_output"]
    assert sidebar.choice == purposes("user_data", "assistants", "evals", "batch_output")
    click(sidebar, qtbot, "batch", SHIFT)
    assert chosen_lines(sidebar) == ["batch", "fine-tune", "vision", "user_data"]


def test_a_plain_click_chooses_one_purpose(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, qtbot, "batch")
    click(sidebar, qtbot, "vision", CTRL)
    click(sidebar, qtbot, "evals")
    assert chosen_lines(sidebar) == ["evals"]
    click(sidebar, qtbot, "vision", CTRL)
    click(sidebar, qtbot, "All files")
    assert chosen_lines(sidebar) == ["All files"]
    assert sidebar.choice == FileFilter()


@pytest.mark.parametrize("modifier", [CTRL, SHIFT])
def test_views_and_all_files_are_exclusive(
    sidebar: Sidebar, qtbot: QtBot, modifier: Qt.KeyboardModifier
) -> None:
    click(sidebar, qtbot, "batch")
    click(sidebar, qtbot, "Largest", modifier)
    assert chosen_lines(sidebar) == ["Largest"]
    assert sidebar.choice == FileFilter(view=View.LARGEST)
    click(sidebar, qtbot, "New outputs", CTRL)
    assert chosen_lines(sidebar) == ["New outputs"]
    click(sidebar, qtbot, "vision", CTRL)
    assert chosen_lines(sidebar) == ["vision"]
    click(sidebar, qtbot, "All files", modifier)
    assert chosen_lines(sidebar) == ["All files"]


def test_the_keyboard_can_choose_several_purposes(sidebar: Sidebar, qtbot: QtBot) -> None:
    view = rows(sidebar)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down, SHIFT)
    assert chosen_lines(sidebar) == ["batch", "fine-tune"]
    qtbot.keyClick(view, Qt.Key.Key_Down, CTRL)
    qtbot.keyClick(view, Qt.Key.Key_Down, CTRL)
    assert chosen_lines(sidebar) == ["batch", "fine-tune"]
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert chosen_lines(sidebar) == ["batch", "fine-tune", "user_data"]
    qtbot.keyClick(view, Qt.Key.Key_Space, CTRL)
    assert chosen_lines(sidebar) == ["batch", "fine-tune"]
    qtbot.keyClick(view, Qt.Key.Key_Up)
    assert chosen_lines(sidebar) == ["vision"]
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert chosen_lines(sidebar) == ["All files"]
    assert sidebar.choice == FileFilter()


def test_a_click_next_to_the_rows_changes_nothing(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, qtbot, "batch")
    click(sidebar, qtbot, "vision", CTRL)
    told = QSignalSpy(sidebar.chosen)
    view = rows(sidebar)
    below = view.viewport().rect().bottomLeft() + QPoint(30, -5)
    assert not view.indexAt(below).isValid()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=below)
    click(sidebar, qtbot, "INPUTS")
    click(sidebar, qtbot, "INPUTS", CTRL)
    assert chosen_lines(sidebar) == ["batch", "vision"]
    assert told.count() == 0


def test_several_purposes_stay_chosen_when_counts_change(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.show_counts(counts(batch_output=2, zzz=1))
    click(sidebar, qtbot, "zzz")
    click(sidebar, qtbot, "batch_output", CTRL)
    told = QSignalSpy(sidebar.chosen)
    sidebar.show_counts(counts(aaa=1, bbb_output=3))
    assert chosen_lines(sidebar) == ["zzz", "batch_output"]
    assert "zzz 0" in lines(sidebar)
    assert told.count() == 0
    click(sidebar, qtbot, "aaa", CTRL)
    assert sidebar.choice == purposes("aaa", "zzz", "batch_output")
    sidebar.choose(purposes("batch", "evals"))
    assert chosen_lines(sidebar) == ["batch", "evals"]
    assert told.count() == 1


def test_many_purposes_scroll_and_the_storage_meter_stays(sidebar: Sidebar, qtbot: QtBot) -> None:
    many = {f"strange purpose number {number}": Amount(1, 1) for number in range(10)}
    sidebar.resize(214, 400)
    sidebar.show_counts(Counts(Amount(10, 10), many, {}))
    view = rows(sidebar)
    bar = view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    view.scrollToBottom()
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())
    click(sidebar, qtbot, "New outputs")
    assert sidebar.choice == FileFilter(view=View.NEW_OUTPUTS)
    foot = sidebar.findChildren(QLabel)[0]
    assert foot.mapTo(sidebar, foot.rect().bottomLeft()).y() < sidebar.height()
    sidebar.show_counts(Counts(Amount(11, 11), many | {"a": Amount(1, 1)}, {}))
    assert bar.value() > 0


@pytest.mark.parametrize(
    "name", ["x" * 10_000, "\u202egnp.exe", "a\x00b\nc", "\u05d0\u05d1\u05d2 123", "<b>bold</b>"]
)
def test_any_purpose_is_shown_safely_and_can_be_chosen(
    sidebar: Sidebar, qtbot: QtBot, name: str
) -> None:
    sidebar.show_counts(Counts(Amount(1, 1), {name: Amount(1, 1)}, {}))
    (index,) = [
        index
        for place in range(rows(sidebar).model().rowCount())
        if (index := rows(sidebar).model().index(place, 0)).data(ROLE).choice == purposes(name)
    ]
    assert one_line(str(index.data())) == index.data()
    assert len(str(index.data())) <= 200
    spoken = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken == f"{index.data()}, 1 file, 1 byte"
    tip = str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert len(tip) < 1_000
    assert "\u202e" not in tip
    assert "<b>" not in tip
    sidebar.grab()  # a Qt warning while painting fails the test
    rows(sidebar).scrollTo(index)
    where = rows(sidebar).visualRect(index).center()
    qtbot.mouseClick(rows(sidebar).viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert sidebar.choice == purposes(name)


def test_a_tooltip_fits_the_screen(sidebar: Sidebar, qtbot: QtBot) -> None:
    sidebar.show_counts(Counts(Amount(1, 1), {"x" * 10_000: Amount(1, 1)}, {}))
    tip = QLabel(index_of(sidebar, "x" * 199 + "…").data(Qt.ItemDataRole.ToolTipRole))
    qtbot.addWidget(tip)
    tip.setWordWrap(True)
    tip.adjustSize()
    assert tip.width() < 800
    assert tip.height() < 600


def test_lists_of_jobs_have_live_counts_and_may_have_more(sidebar: Sidebar) -> None:
    sidebar.show_jobs({JobKind.BATCHES: JobsCount(100, has_more=True)})
    row = index_of(sidebar, "Batches")
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "Batches, 100+"
    sidebar.show_jobs({JobKind.BATCHES: JobsCount(4_318)})
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "Batches, 4,318"


def test_a_list_that_the_server_lacks_says_so_and_can_still_be_chosen(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    why = "This server has no batches"
    sidebar.show_jobs({JobKind.BATCHES: JobsCount(missing=why)})
    row = index_of(sidebar, "Batches")
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == f"Batches, {why}"
    assert why in row.data(Qt.ItemDataRole.ToolTipRole)
    chosen = QSignalSpy(sidebar.jobs_chosen)
    click(sidebar, qtbot, "Batches")
    assert [chosen.at(place)[0] for place in range(chosen.count())] == [JobKind.BATCHES]


def test_a_list_of_jobs_is_chosen_instead_of_files_and_the_same_files_again(
    sidebar: Sidebar, qtbot: QtBot
) -> None:
    click(sidebar, qtbot, "batch")
    files, jobs = QSignalSpy(sidebar.chosen), QSignalSpy(sidebar.jobs_chosen)
    click(sidebar, qtbot, "Batches")
    assert chosen_lines(sidebar) == ["Batches"]
    assert (files.count(), jobs.count()) == (0, 1)
    sidebar.choose_jobs(None)
    assert chosen_lines(sidebar) == ["batch"]
    sidebar.choose_jobs(JobKind.BATCHES)
    assert chosen_lines(sidebar) == ["Batches"]
    click(sidebar, qtbot, "batch")
    assert chosen_lines(sidebar) == ["batch"]
    assert [files.at(place)[0] for place in range(files.count())] == [purposes("batch")]


def test_a_list_of_jobs_is_not_combined_with_purposes(sidebar: Sidebar, qtbot: QtBot) -> None:
    click(sidebar, qtbot, "Batches")
    click(sidebar, qtbot, "vision", CTRL)
    assert chosen_lines(sidebar) == ["vision"]
    click(sidebar, qtbot, "Batches", CTRL)
    assert chosen_lines(sidebar) == ["Batches"]
    assert sidebar.choice == purposes("vision")


def test_the_purposes_are_those_of_the_server(sidebar: Sidebar) -> None:
    sidebar.show_purposes(provider_named("mistral").purposes)
    sidebar.show_counts(counts())
    assert lines(sidebar)[2:5] == ["batch 0", "fine-tune 0", "ocr 0"]
    assert lines(sidebar)[5] == "JOBS"
