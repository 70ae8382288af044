"""The clean-up dialog: rules in, plans out, and what has to be confirmed."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column, Order
from services.cleanup.clean_ups import SaveFirst
from services.cleanup.plan import Plan
from services.cleanup.planning import make_plan
from services.cleanup.referenced_by import ReferencedBy
from services.cleanup.rules import CleanUpRules, NewestOf
from services.references.reference import Reference, ReferenceKind
from tests.support.factories import remote_file
from tests.support.narrowing import instance_of, not_none
from ui.cleanup.clean_up_dialog import CleanUpDialog
from ui.cleanup.plan_model import WHY
from ui.cleanup.plan_table import PlanTable
from ui.table.cell_look import INSET

NOW = 1_800_000_000
DAY = 24 * 3600
FOLDER = Path("/home/ada/Downloads")


def aged(days: int, name: str, purpose: str = "batch", size: int = 1_000_000) -> RemoteFile:
    return remote_file(name, purpose=purpose, size=size, created_at=NOW - days * DAY)


FILES = [aged(40, "old.jsonl"), aged(20, "middle.jsonl", size=3_000_000)] + [
    aged(number, f"v{number}.png", "vision") for number in range(1, 7)
]


class Shown:
    """A dialog whose plans are made at once, of these files."""

    def __init__(
        self, qtbot: QtBot, files: Sequence[RemoteFile] = FILES, *, is_production: bool = False
    ) -> None:
        self.files = files
        self.references = ReferencedBy({}, NOW - 60)
        self.refused: set[str] = set()
        self.complete = True
        self.answers = True
        self.requested: list[CleanUpRules] = []
        self.confirmed: list[tuple[Plan, SaveFirst | None]] = []
        self.window = QWidget()
        self.window.resize(1360, 860)
        qtbot.addWidget(self.window)
        purposes = sorted({file.purpose or "" for file in files})
        self.dialog = CleanUpDialog(
            "Acme", purposes, FOLDER, is_production=is_production, parent=self.window
        )
        self.dialog.plan_requested.connect(self.plan)
        self.dialog.confirmed.connect(lambda *plan: self.confirmed.append(plan))
        self.dialog.rules_form.show_rules(CleanUpRules())
        with qtbot.waitExposed(self.dialog):
            self.dialog.open()

    def plan(self, rules: CleanUpRules, order: Order) -> None:
        self.requested.append(rules)
        if self.answers:
            self.dialog.show_plan(
                make_plan(
                    self.files,
                    rules,
                    NOW,
                    self.references,
                    not_downloadable=self.refused,
                    order=order,
                ),
                complete=self.complete,
            )

    def set(self, rules: CleanUpRules) -> None:
        self.dialog.rules_form.show_rules(rules)

    def button(self, start: str) -> QAbstractButton:
        (found,) = [
            one
            for one in self.dialog.findChildren(QAbstractButton)
            if one.text().startswith(start) and one.isVisible()
        ]
        return found

    def named(self, name: str, kind: type[QWidget]) -> QWidget:
        return next(
            one
            for one in self.dialog.findChildren(kind)
            if one.accessibleName() == name and one.isVisible()
        )

    @property
    def delete(self) -> QAbstractButton:
        (found,) = [
            one
            for one in self.dialog.findChildren(QAbstractButton)
            if one.property("look") == "danger"
        ]
        return found

    @property
    def table(self) -> PlanTable:
        return self.dialog.view.table

    def rows(self) -> list[list[str]]:
        model = self.table.plan_model
        return [
            [model.index(row, section).data() for section in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    def names(self) -> list[str]:
        return [row[0] for row in self.rows()]

    def texts(self) -> str:
        labels = self.dialog.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible())

    def click(self, button: QWidget) -> None:
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


BATCH = CleanUpRules(("batch",))


def test_nothing_chosen_says_what_to_do_and_deletes_nothing(shown: Shown) -> None:
    assert "Choose at least one purpose." in shown.texts()
    assert not shown.delete.isEnabled()
    assert not shown.button("Save plan").isEnabled()


def test_cancel_has_the_focus_and_enter_closes_without_deleting(shown: Shown) -> None:
    shown.set(BATCH)
    assert shown.dialog.focusWidget() is shown.button("Cancel")
    QTest.keyClick(not_none(shown.dialog.focusWidget()), Qt.Key.Key_Return)
    assert shown.confirmed == []
    assert not shown.dialog.isVisible()


def test_each_change_of_a_rule_asks_for_a_new_plan(shown: Shown) -> None:
    shown.click(shown.named("batch", QCheckBox))
    assert shown.names() == ["middle.jsonl", "old.jsonl"]
    shown.button("Older than").click()
    days = shown.named("Older than", QSpinBox)
    assert isinstance(days, QSpinBox)
    assert days.text() == "30 days"
    assert shown.names() == ["old.jsonl"]
    days.setValue(10)
    assert shown.names() == ["middle.jsonl", "old.jsonl"]
    assert shown.requested[-1] == CleanUpRules(("batch",), older_than_days=10)


def test_rules_are_shown_and_read_back(shown: Shown) -> None:
    rules = CleanUpRules(
        purposes=("batch", "vision"),
        older_than_days=3,
        expires_within_days=4,
        larger_than=1_500_000_000,
        keep_newest=6,
        newest_of=NewestOf.PATTERN,
        not_referenced=True,
        search="name:v",
        skip_not_downloadable=False,
    )
    shown.set(rules)
    assert shown.dialog.rules == rules


@pytest.mark.parametrize(
    ("typed", "size"), [("7", 7_000_000), ("1.5 GB", 1_500_000_000), ("0", 1_000_000)]
)
def test_a_size_can_be_typed(shown: Shown, typed: str, size: int) -> None:
    shown.set(CleanUpRules(("batch",), larger_than=5_000_000))
    field = shown.named("Larger than", QSpinBox)
    assert isinstance(field, QSpinBox)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert shown.dialog.rules.larger_than == size


def test_enter_in_a_field_does_not_close_the_dialog(shown: Shown) -> None:
    field = shown.named("Matches the search", QLineEdit)
    field.setFocus()
    QTest.keyClicks(field, "v1")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert shown.dialog.isVisible()
    assert shown.dialog.rules.search == "v1"


def test_an_invalid_search_is_explained(shown: Shown) -> None:
    shown.set(CleanUpRules(("batch",), search="size:>huge"))
    assert "size:>huge" in shown.texts()
    assert not shown.delete.isEnabled()
    assert shown.named("Matches the search", QLineEdit).property("look") == "wrong"


def test_the_table_tells_why_and_sums_are_below_it(shown: Shown) -> None:
    shown.set(CleanUpRules(("batch",), older_than_days=14))
    assert shown.rows() == [
        ["middle.jsonl", "batch", "3.0 MB", "26 Dec 2026", "20 days old; no batch has used it"],
        ["old.jsonl", "batch", "1.0 MB", "6 Dec 2026", "40 days old; no batch has used it"],
    ]
    texts = shown.texts()
    assert "2 files would be deleted" in texts
    assert "4.0 MB of 10.0 MB" in texts
    assert "2 batch" in texts


def test_a_head_sorts_by_its_column(shown: Shown) -> None:
    shown.set(BATCH)
    header = shown.table.header
    header.setFocus()
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert shown.table.order == Order(Column.NAME)
    assert shown.names() == ["middle.jsonl", "old.jsonl"]
    QTest.keyClick(header, Qt.Key.Key_Space)
    assert shown.names() == ["old.jsonl", "middle.jsonl"]


def test_only_painted_rows_are_put_into_words(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def why(_plan: Plan, file: RemoteFile) -> str:
        asked.append(file.id)
        return "because"

    monkeypatch.setattr("ui.cleanup.plan_model.why_deleted", why)
    shown = Shown(qtbot, [aged(1, f"{number}") for number in range(5_000)])
    shown.set(BATCH)
    shown.dialog.grab()
    assert 0 < len(set(asked)) < 100
    assert "more below" in shown.texts()


def test_skipped_files_are_told_and_can_be_shown(shown: Shown) -> None:
    shown.references = ReferencedBy(
        {FILES[0].id: (Reference(ReferenceKind.BATCH, "nightly", unfinished=True),)}, NOW - 60
    )
    shown.set(CleanUpRules(("batch", "vision"), keep_newest=1))
    texts = shown.texts()
    assert "1 file is skipped" in texts
    assert "old.jsonl (1.0 MB) is needed by the unfinished batch nightly." in texts
    assert "Besides, the newest file of each purpose is kept." in texts
    shown.click(shown.button("Show them"))
    assert [(row[0], row[4]) for row in shown.rows()] == [
        ("old.jsonl", "needed by the unfinished batch nightly"),
        ("middle.jsonl", "the newest of its kind"),
        ("v1.png", "the newest of its kind"),
    ]
    shown.click(shown.button("Show the plan"))
    assert "old.jsonl" not in shown.names()


def test_delete_hands_over_exactly_the_plan_shown(shown: Shown) -> None:
    shown.set(BATCH)
    assert shown.delete.text() == "Delete 2 files"
    shown.click(shown.delete)
    ((plan, save_first),) = shown.confirmed
    assert [file.name for file in plan.files] == ["middle.jsonl", "old.jsonl"]
    assert save_first is None
    assert not shown.dialog.isVisible()


def test_an_outdated_or_incomplete_plan_cannot_be_deleted(shown: Shown) -> None:
    shown.set(BATCH)
    assert shown.delete.isEnabled()
    shown.answers = False
    shown.set(CleanUpRules(("batch",), older_than_days=30))
    assert not shown.delete.isEnabled()
    shown.answers, shown.complete = True, False
    shown.set(CleanUpRules(("batch",), older_than_days=31))
    assert not shown.delete.isEnabled()


def test_more_than_half_of_the_account_needs_the_number_typed(shown: Shown) -> None:
    shown.set(CleanUpRules(("vision",)))
    assert not shown.delete.isEnabled()
    field = shown.named("To confirm, type 6", QLineEdit)
    QTest.keyClicks(field, "5")
    assert not shown.delete.isEnabled()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    QTest.keyClicks(field, "6")
    assert shown.delete.isEnabled()
    shown.set(CleanUpRules(("batch", "vision")))
    assert not shown.delete.isEnabled()


def test_a_typed_number_confirms_no_other_files(shown: Shown) -> None:
    shown.files = [aged(1, "a.png", "vision"), aged(1, "b.png", "vision")]
    shown.set(CleanUpRules(("vision",)))
    QTest.keyClicks(shown.named("To confirm, type 2", QLineEdit), "2")
    assert shown.delete.isEnabled()
    shown.files = [aged(1, "c.jsonl"), aged(1, "d.jsonl")]
    shown.set(CleanUpRules(("batch",)))
    assert not shown.delete.isEnabled()


def test_in_production_the_name_is_typed_for_any_number_of_files(
    qtbot: QtBot, shown: Shown
) -> None:
    shown.dialog.reject()
    production = Shown(qtbot, shown.files, is_production=True)
    production.set(BATCH)
    assert not production.delete.isEnabled()
    field = production.named("Type the account's name", QLineEdit)
    QTest.keyClicks(field, "acme")
    assert production.delete.isEnabled()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert production.dialog.isVisible()
    production.set(CleanUpRules(("vision",)))
    assert not production.delete.isEnabled()
    assert instance_of(QLineEdit, field).text() == ""


def test_what_cannot_be_downloaded_again_is_confirmed_by_itself(shown: Shown) -> None:
    shown.refused = {"batch"}
    shown.set(CleanUpRules(("batch",), skip_not_downloadable=False))
    assert not shown.delete.isEnabled()
    shown.button("Delete 2 files that can").click()
    assert shown.delete.isEnabled()
    shown.set(CleanUpRules(("batch",), older_than_days=30, skip_not_downloadable=False))
    assert not shown.delete.isEnabled()


def test_files_can_be_saved_first(shown: Shown) -> None:
    shown.set(BATCH)
    shown.button("Save the files first").click()
    form = shown.named("How to save the files", QComboBox)
    assert isinstance(form, QComboBox)
    form.setCurrentIndex(1)
    shown.dialog.save_first.show_folder(Path("/elsewhere"))
    shown.click(shown.delete)
    assert shown.confirmed[0][1] == SaveFirst(Path("/elsewhere"), as_zip=True)


def test_saved_rules_are_chosen_by_name(shown: Shown, qtbot: QtBot) -> None:
    rules = CleanUpRules(("vision",), older_than_days=3)
    shown.dialog.saved_rules.show_saved({"Pictures": rules})
    bar = shown.dialog.saved_rules
    names, save, remove = bar.fields
    assert isinstance(names, QComboBox)
    names.setCurrentIndex(0)
    names.activated.emit(0)
    assert shown.dialog.rules == rules
    assert remove.isEnabled()
    with qtbot.waitSignal(bar.remove_requested) as removed:
        shown.click(remove)
    assert removed.args == ["Pictures"]
    names.setEditText("  All   of them ")
    with qtbot.waitSignal(bar.save_requested) as saved:
        shown.click(save)
    assert saved.args == ["All of them"]


def test_everything_is_reached_by_tab(shown: Shown) -> None:
    shown.set(BATCH)
    reached = []
    for _step in range(40):
        widget = shown.dialog.focusWidget()
        if widget in reached:
            break
        reached.append(widget)
        QTest.keyClick(not_none(widget), Qt.Key.Key_Tab)
    for wanted in (
        shown.named("vision", QCheckBox),
        shown.button("Skip what"),
        shown.named("Saved rules", QComboBox),
        shown.table,
        shown.table.header,
        shown.delete,
        shown.button("Cancel"),
    ):
        assert wanted in reached, wanted.accessibleName()


@pytest.mark.parametrize("size", [(1024, 700), (1360, 860)])
def test_the_dialog_fits_the_window(qtbot: QtBot, size: tuple[int, int]) -> None:
    window = QWidget()
    window.resize(*size)
    qtbot.addWidget(window)
    purposes = ["batch", "batch_output", "fine-tune", "fine-tune-results", "vision", "user_data"]
    dialog = CleanUpDialog("Acme", purposes, FOLDER, parent=window)
    files = [remote_file(f"{n}", purpose=purposes[n % 6], created_at=NOW) for n in range(60)]
    dialog.show_plan(
        make_plan(
            files,
            CleanUpRules(tuple(purposes), skip_not_downloadable=False),
            NOW,
            not_downloadable={"user_data"},
        )
    )
    with qtbot.waitExposed(dialog):
        dialog.open()
    assert dialog.width() <= size[0]
    assert dialog.height() <= size[1]


def test_no_rule_is_cut_off(qtbot: QtBot) -> None:
    shown = Shown(qtbot, [aged(1, "old.jsonl")])
    shown.dialog.rules_form.show_references("Nothing is known yet.", "Check references")
    area = not_none(shown.dialog.findChild(QScrollArea))
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    page = not_none(area.widget())
    assert page.isAncestorOf(shown.dialog.rules_form)
    qtbot.waitUntil(lambda: page.width() == area.viewport().width())


def test_the_day_and_the_reason_are_shown_whole(qtbot: QtBot) -> None:
    job = Reference(ReferenceKind.FINE_TUNING, "tune")
    trained = aged(1, "support-chat-train-v7-with-a-name-that-is-long-enough.jsonl", "fine-tune")
    shown = Shown(qtbot, [trained, aged(2, "chart.png", "assistants_output", size=1)])
    shown.references = ReferencedBy({trained.id: (job,)}, NOW - 60)
    shown.set(CleanUpRules(("fine-tune",)))
    table = not_none(shown.dialog.findChild(PlanTable))
    model = table.plan_model
    assert model.text(0, 3).startswith("Yesterday ")
    assert model.short_text(0, 3) == "Yesterday"
    assert model.text(0, WHY) == "its fine-tuning job has ended"
    narrow = table.columnWidth(1)
    shown.set(CleanUpRules(("fine-tune", "assistants_output")))
    assert table.columnWidth(1) > narrow
    for section in (3, WHY):
        room = table.columnWidth(section) - 2 * INSET
        assert table.fontMetrics().horizontalAdvance(model.short_text(0, section)) <= room


def test_days_of_other_years_and_several_reasons_are_shown_whole(qtbot: QtBot) -> None:
    shown = Shown(qtbot, [aged(400, "export.csv", "user_data"), aged(401, "b.csv", "user_data")])
    shown.set(CleanUpRules(("user_data",), older_than_days=30, not_referenced=True))
    table = not_none(shown.dialog.findChild(PlanTable))
    model = table.plan_model
    assert model.text(0, WHY) == "400 days old; no reference found"
    for section in (3, WHY):
        room = table.columnWidth(section) - 2 * INSET
        assert table.fontMetrics().horizontalAdvance(model.short_text(0, section)) <= room


def test_tab_goes_through_the_rules_from_top_to_bottom(qtbot: QtBot) -> None:
    shown = Shown(qtbot)
    rules = CleanUpRules(("batch",), 1, 1, 1, 1, search="v")
    shown.set(rules)
    dialog = shown.dialog
    dialog.save_first.findChildren(QCheckBox)[0].setChecked(True)
    area = not_none(not_none(dialog.findChild(QScrollArea)).widget())
    places = []
    dialog.rules_form.fields[0].setFocus()
    while (focused := dialog.focusWidget()) is not None and area.isAncestorOf(focused):
        places.append(focused.mapTo(area, focused.rect().bottomLeft()).y())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        assert len(places) < 30
    assert len(places) > 15
    assert all(below >= above - 8 for above, below in pairwise(places))
