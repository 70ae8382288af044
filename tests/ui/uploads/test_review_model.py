from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from tests.support.making import local_file, problem
from ui.uploads.review_model import CHECK_ROLE, ReviewColumn, ReviewModel
from ui.uploads.row_check import CheckKind, RowCheck

pytestmark = pytest.mark.usefixtures("qapp")

_FILES = [
    local_file(Path("/a/one.jsonl"), size=18_600_000),
    local_file(Path("/a/scan.png"), size=2_000_000, suggested_purpose="vision"),
    local_file(Path("/a/secret.txt"), size=0, suggested_purpose="user_data", problem=problem()),
    local_file(Path("/a/two.jsonl"), size=97_000_000, suggested_purpose="fine-tune"),
]


@pytest.fixture
def model() -> Iterator[ReviewModel]:
    made = ReviewModel(_FILES, None)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    yield made
    made.deleteLater()


def column(model: ReviewModel, wanted: ReviewColumn) -> list[object]:
    return [model.index(row, wanted).data() for row in range(model.rowCount())]


def test_each_file_starts_with_the_purpose_that_fits_it(model: ReviewModel) -> None:
    assert column(model, ReviewColumn.PURPOSE) == ["batch", "vision", "user_data", "fine-tune"]
    assert column(model, ReviewColumn.SIZE) == ["18.6 MB", "2.0 MB", "—", "97.0 MB"]


def test_a_chosen_purpose_is_for_all_and_the_checks_follow_it() -> None:
    model = ReviewModel(_FILES, "batch")
    assert column(model, ReviewColumn.PURPOSE) == ["batch"] * 4
    assert column(model, ReviewColumn.CHECKS)[1] == "The file is not .jsonl"
    model.deleteLater()


def test_only_what_can_be_read_goes(model: ReviewModel) -> None:
    assert model.going == 3
    requests = model.requests(3_600)
    assert [(one.file.name, one.purpose) for one in requests] == [
        ("one.jsonl", "batch"),
        ("scan.png", "vision"),
        ("two.jsonl", "fine-tune"),
    ]
    assert {one.expires_after for one in requests} == {3_600}


def test_only_the_purpose_can_be_edited(model: ReviewModel) -> None:
    editable = [
        bool(model.index(0, wanted).flags() & Qt.ItemFlag.ItemIsEditable) for wanted in ReviewColumn
    ]
    assert editable == [False, True, False, False]
    assert not model.setData(model.index(0, ReviewColumn.FILE), "x")
    assert not model.setData(model.index(0, ReviewColumn.PURPOSE), "")
    assert model.setData(model.index(1, ReviewColumn.PURPOSE), "batch")
    assert model.index(1, ReviewColumn.CHECKS).data() == "The file is not .jsonl"


def test_several_rows_change_with_one_signal(model: ReviewModel) -> None:
    changes = QSignalSpy(model.dataChanged)
    model.choose_purpose([3, 0], "assistants")
    assert column(model, ReviewColumn.PURPOSE) == [
        "assistants",
        "vision",
        "user_data",
        "assistants",
    ]
    assert changes.count() == 1


def test_removed_rows_are_not_sent(model: ReviewModel) -> None:
    model.remove([0, 2, 3])
    assert column(model, ReviewColumn.FILE) == ["scan.png"]
    assert model.going == 1
    model.remove([0])
    assert (model.rowCount(), model.going, model.requests(None)) == (0, 0, [])


def test_a_deeper_check_can_leave_a_row_out(model: ReviewModel) -> None:
    model.take_check(0, RowCheck(CheckKind.LEFT_OUT, "Line 12: not JSON"))
    assert model.index(0, ReviewColumn.CHECKS).data() == "Line 12: not JSON"
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.LEFT_OUT
    assert model.going == 2


def test_names_and_reasons_are_never_markup(model: ReviewModel) -> None:
    odd = ReviewModel([local_file(Path("/a/<i>x</i>\n.jsonl"))], None)
    assert "\n" not in str(odd.index(0, 0).data())
    assert "<i>" not in str(odd.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    odd.deleteLater()
