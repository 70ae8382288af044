import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from pytestqt.qtbot import QtBot

from services.catalog.upload_record import KnownUpload
from services.checks.events import CheckedFile
from services.checks.finding import CheckReport, Finding
from services.disk.local_file import LocalFile
from services.problems.severity import Severity
from services.providers.limits import OFFICIAL
from tests.support.factories import local_file, problem
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_list import ReviewList
from ui.uploads.review_model import CHECK_ROLE, ReviewModel
from ui.uploads.review_rows import FileRow
from ui.uploads.row_check import CheckKind

pytestmark = pytest.mark.usefixtures("qapp")

_FILES = [
    local_file(Path("/a/one.jsonl"), size=18_600_000),
    local_file(Path("/a/scan.png"), size=2_000_000, suggested_purpose="vision"),
    local_file(Path("/a/secret.txt"), size=0, suggested_purpose="user_data", problem=problem()),
    local_file(Path("/a/two.jsonl"), size=97_000_000, suggested_purpose="fine-tune"),
]


def model_of(
    files: Sequence[LocalFile], purpose: str | None = None, roots: Sequence[Path] = ()
) -> ReviewModel:
    rows = ReviewList(purpose, roots, OFFICIAL)
    rows.add(files)
    return ReviewModel(rows.complete())


@pytest.fixture
def model() -> Iterator[ReviewModel]:
    made = model_of(_FILES)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Warning, made)
    yield made
    made.deleteLater()


def column(model: ReviewModel, which: ReviewColumn) -> list[object]:
    return [model.index(row, which).data() for row in range(model.rowCount())]


def test_each_file_starts_with_its_suggested_purpose(model: ReviewModel) -> None:
    assert column(model, ReviewColumn.PURPOSE) == ["batch", "vision", "user_data", "fine-tune"]
    assert column(model, ReviewColumn.SIZE) == ["18.6 MB", "2.0 MB", "—", "97.0 MB"]


def test_a_chosen_purpose_applies_to_all_files_and_their_checks() -> None:
    model = model_of(_FILES, "batch")
    assert column(model, ReviewColumn.PURPOSE) == ["batch"] * 4
    assert column(model, ReviewColumn.CHECKS)[1] == "The file is not .jsonl"
    model.deleteLater()


def test_only_readable_files_are_uploaded(model: ReviewModel) -> None:
    assert model.sums.to_upload == 3
    requests = model.requests(3_600)
    assert [(one.file.name, one.purpose) for one in requests] == [
        ("one.jsonl", "batch"),
        ("scan.png", "vision"),
        ("two.jsonl", "fine-tune"),
    ]
    assert {one.expires_after for one in requests} == {3_600}


def editable(model: ReviewModel, row: int) -> list[bool]:
    flags = [model.index(row, which).flags() for which in ReviewColumn]
    return [bool(one & Qt.ItemFlag.ItemIsEditable) for one in flags]


def test_the_name_and_the_purpose_can_be_edited(model: ReviewModel) -> None:
    assert editable(model, 0) == [True, True, False, False]
    assert editable(model, 2) == [False, True, False, False]  # it can't be uploaded at all
    assert not model.setData(model.index(2, ReviewColumn.FILE), "x.txt")
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


def test_removed_rows_are_not_uploaded(model: ReviewModel) -> None:
    model.remove([0, 2, 3])
    assert column(model, ReviewColumn.FILE) == ["scan.png"]
    assert model.sums.to_upload == 1
    model.remove([0])
    assert (model.rowCount(), model.sums.to_upload, model.requests(None)) == (0, 0, [])


def checked(model: ReviewModel, place: int, report: CheckReport) -> None:
    row = model.row(place)
    assert isinstance(row, FileRow)
    model.apply_checks([CheckedFile(row.file, row.purpose, report)])


def test_every_readable_file_is_checked_for_its_purpose(model: ReviewModel) -> None:
    check_requests = QSignalSpy(model.checks_requested)
    model.begin_checks()
    assert [(file.name, purpose) for file, purpose in check_requests.at(0)[0]] == [
        ("one.jsonl", "batch"),
        ("scan.png", "vision"),
        ("two.jsonl", "fine-tune"),
    ]
    assert model.sums.checking == 3
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking…"
    model.apply_progress(_FILES[0], "batch", 9_300_000)
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking… 50%"
    checked(model, 0, CheckReport((), facts=("2,000 requests", "one model")))
    assert column(model, ReviewColumn.CHECKS)[0] == "2,000 requests · one model"


def test_files_with_errors_are_uploaded_only_on_request(qtbot: QtBot, model: ReviewModel) -> None:
    model.begin_checks()
    bad = Finding(Severity.ERROR, "custom_id is missing", 12, rule="custom_id.missing")
    with qtbot.waitSignal(model.changed):
        checked(model, 0, CheckReport((bad,), errors=3))
    assert column(model, ReviewColumn.CHECKS)[0] == "Line 12: custom_id is missing · 2 more"
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.ERROR
    assert (model.sums.to_upload, model.sums.held_back) == (2, 1)
    model.upload_anyway([0], True)
    assert (model.sums.to_upload, model.sums.held_back) == (3, 0)
    text = str(column(model, ReviewColumn.CHECKS)[0])
    assert text.startswith("Line 12: custom_id is missing · 2 more · ")


def test_files_with_warnings_are_uploaded(qtbot: QtBot, model: ReviewModel) -> None:
    model.begin_checks()
    odd = Finding(Severity.WARNING, "an old key name", 2)
    with qtbot.waitSignal(model.changed):
        checked(model, 3, CheckReport((odd,), warnings=1))
    assert column(model, ReviewColumn.CHECKS)[3] == "Line 2: an old key name"
    assert model.sums.to_upload == 3


def test_changing_the_purpose_starts_a_new_check_and_drops_the_old_result(
    model: ReviewModel,
) -> None:
    model.begin_checks()
    check_requests = QSignalSpy(model.checks_requested)
    model.choose_purpose([0], "evals")
    assert [(file.name, purpose) for file, purpose in check_requests.at(0)[0]] == [
        ("one.jsonl", "evals")
    ]
    model.apply_checks([CheckedFile(_FILES[0], "batch", CheckReport((), facts=("late",)))])
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking…"


def test_a_failed_check_shows_the_reason(qtbot: QtBot, model: ReviewModel) -> None:
    model.begin_checks()
    with qtbot.waitSignal(model.changed):
        model.apply_checks([CheckedFile(_FILES[0], "batch", None, problem("It is gone"))])
    assert column(model, ReviewColumn.CHECKS)[0] == "Not checked: It is gone"
    assert model.sums.to_upload == 2


def test_skipped_checks_are_shown_as_not_checked(model: ReviewModel) -> None:
    model.begin_checks()
    model.stop_checks()
    assert (model.sums.checking, model.sums.to_upload) == (0, 3)
    assert column(model, ReviewColumn.CHECKS)[0] == "Not checked"


def test_a_duplicate_is_reported_only_for_the_same_purpose(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads(
            [(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))]
        )
        model.add_known_uploads(
            [(_FILES[1].path, KnownUpload("file-2", True, "batch", 0.0, "scan.png"))]
        )
    known, other = column(model, ReviewColumn.CHECKS)[:2]
    assert "file-1" in str(known)
    assert "file-2" not in str(other)
    assert (model.sums.to_upload, model.sums.duplicates) == (3, 1)
    model.skip([0, 1], True)
    assert (model.sums.to_upload, model.sums.duplicates) == (2, 0)
    assert column(model, ReviewColumn.CHECKS)[0] not in {known, other}


def test_a_fixed_copy_replaces_the_file_and_is_checked(model: ReviewModel) -> None:
    model.begin_checks()
    check_requests = QSignalSpy(model.checks_requested)
    fixed = local_file(Path("/a/one (fixed).jsonl"), size=10)
    model.apply_repair(_FILES[0], fixed)
    assert column(model, ReviewColumn.FILE)[0] == "one (fixed).jsonl"
    assert [file.path for file, _purpose in check_requests.at(0)[0]] == [fixed.path]
    assert model.requests(None)[0].file.path == fixed.path


# Renaming


def test_a_file_is_uploaded_under_its_chosen_name(model: ReviewModel) -> None:
    assert model.setData(model.index(0, ReviewColumn.FILE), " final.jsonl ")
    assert column(model, ReviewColumn.FILE)[0] == "final.jsonl"
    request = model.requests(None)[0]
    assert (request.file.name, request.file.path) == ("final.jsonl", _FILES[0].path)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", "..", "x" * 256])
def test_an_invalid_name_changes_nothing(model: ReviewModel, name: str) -> None:
    lookup_requests = QSignalSpy(model.lookups_requested)
    assert not model.setData(model.index(0, ReviewColumn.FILE), name)
    assert column(model, ReviewColumn.FILE)[0] == "one.jsonl"
    assert lookup_requests.count() == 0


def test_entering_the_same_name_requests_nothing(model: ReviewModel) -> None:
    model.begin_checks()
    checks, look_ups = QSignalSpy(model.checks_requested), QSignalSpy(model.lookups_requested)
    assert model.setData(model.index(0, ReviewColumn.FILE), "one.jsonl")
    assert (checks.count(), look_ups.count()) == (0, 0)


def test_a_renamed_file_is_checked_again_by_its_new_name(model: ReviewModel) -> None:
    model.begin_checks()
    check_requests = QSignalSpy(model.checks_requested)
    model.rename(0, "one.txt")
    [(file, purpose)] = check_requests.at(0)[0]
    assert (file.name, file.path, purpose) == ("one.txt", _FILES[0].path, "batch")
    model.apply_checks([CheckedFile(_FILES[0], "batch", CheckReport((), facts=("late",)))])
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.CHECKING
    checked(model, 0, CheckReport((Finding(Severity.ERROR, "no", rule="extension.wrong"),), 1))
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.ERROR


def test_without_checks_a_renamed_file_is_rated_by_its_new_name(model: ReviewModel) -> None:
    model.begin_checks()
    model.stop_checks()
    model.rename(0, "one.txt")
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.WARNING
    model.rename(0, "two.jsonl")
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.OK


def known_as(name: str, purpose: str = "batch", *, same_content: bool) -> KnownUpload:
    return KnownUpload("file-1", same_content, purpose, 0.0, name)


def test_renaming_drops_duplicates_by_name_but_keeps_those_by_content(
    qtbot: QtBot, model: ReviewModel
) -> None:
    lookup_requests = QSignalSpy(model.lookups_requested)
    path = _FILES[0].path
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads([(path, known_as("one.jsonl", same_content=False))])
        model.add_known_uploads([(path, known_as("x.jsonl", "evals", same_content=True))])
    assert model.sums.duplicates == 1
    model.rename(0, "two.jsonl")
    assert model.sums.duplicates == 0
    assert [file.name for file in lookup_requests.at(0)[0]] == ["two.jsonl"]
    assert not model.settled
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads([(path, known_as("one.jsonl", same_content=False))])  # too late
        model.finish_lookup()
    assert (model.sums.duplicates, model.settled) == (0, False)
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads([(path, known_as("TWO.jsonl", same_content=False))])
        model.finish_lookup()
    assert (model.sums.duplicates, model.settled) == (1, True)
    model.choose_purpose([0], "evals")
    assert model.sums.duplicates == 1


def test_the_local_name_of_a_renamed_file_is_shown(model: ReviewModel) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert "one.jsonl" in model.index(0, 0).data(role)
    model.rename(0, "two.jsonl")
    assert "one.jsonl" in model.index(0, 0).data(role)
    assert "two.jsonl" in model.index(0, 0).data(role)
    model.rename(0, "one.jsonl")
    assert model.index(0, 0).data(role) == "one.jsonl"


# Folders


@pytest.fixture
def folders() -> Iterator[ReviewModel]:
    files = [local_file(Path("/d/top.jsonl"), size=5)]
    files += [local_file(Path(f"/d/many/{n:03}.jsonl"), size=10) for n in range(40)]
    files += [
        local_file(Path(f"/d/many/deep/{n}.png"), size=1, suggested_purpose="vision")
        for n in range(3)
    ]
    made = model_of(files, roots=[Path("/d/top.jsonl"), Path("/d/many")])
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    yield made
    made.deleteLater()


def test_a_large_folder_is_one_row_with_totals(folders: ReviewModel) -> None:
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    assert column(folders, ReviewColumn.PURPOSE)[1] == "40 × batch, 3 × vision"
    assert column(folders, ReviewColumn.SIZE)[1] == "403 bytes"
    assert column(folders, ReviewColumn.CHECKS)[1] == "43 files"
    assert (folders.sums.files, folders.sums.to_upload) == (44, 44)


def test_a_folder_expands_and_collapses(folders: ReviewModel) -> None:
    folders.toggle(1)
    assert folders.rowCount() == 2 + 40 + 1 + 3
    folders.toggle(1)
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    folders.toggle(0)
    assert folders.rowCount() == 2


def test_a_purpose_for_a_folder_applies_to_all_its_files(folders: ReviewModel) -> None:
    folders.choose_purpose([1], "user_data")
    assert column(folders, ReviewColumn.PURPOSE) == ["batch", "user_data"]
    assert [one.purpose for one in folders.requests(None)] == ["batch"] + ["user_data"] * 43


def test_a_name_filter_hides_files_and_clearing_it_restores_them(folders: ReviewModel) -> None:
    folders.filter_by_name("*.PNG")
    assert column(folders, ReviewColumn.FILE) == ["many"]
    assert {one.file.path.suffix for one in folders.requests(None)} == {".png"}
    folders.filter_by_name("nothing has this name")
    assert (folders.rowCount(), folders.requests(None)) == (0, [])
    folders.filter_by_name("")
    assert folders.sums.files == 44


def test_removing_a_folder_removes_its_files_and_emptied_parents(folders: ReviewModel) -> None:
    folders.toggle(1)
    inner = next(place for place in range(folders.rowCount()) if _name(folders, place) == "deep")
    folders.remove(range(inner + 1, inner + 4))
    assert "deep" not in column(folders, ReviewColumn.FILE)
    assert folders.sums.files == 41
    folders.remove([1])
    assert (column(folders, ReviewColumn.FILE), folders.sums.files) == (["top.jsonl"], 1)


def test_a_folder_row_shows_the_worst_check_in_it(qtbot: QtBot, folders: ReviewModel) -> None:
    folders.begin_checks()
    assert folders.index(1, 0).data(CHECK_ROLE).kind is CheckKind.CHECKING
    bad = CheckReport((Finding(Severity.ERROR, "bad", 1),), errors=1)
    with qtbot.waitSignal(folders.changed):
        for request in folders.requests(None):
            report = bad if request.file.name == "007.jsonl" else CheckReport(())
            folders.apply_checks([CheckedFile(request.file, request.purpose, report)])
    assert str(column(folders, ReviewColumn.CHECKS)[1]).startswith("43 files · 1 ")
    assert folders.index(1, 0).data(CHECK_ROLE).kind is CheckKind.ERROR
    assert folders.sums.to_upload == 43


def test_a_folder_has_a_description_for_screen_readers(folders: ReviewModel) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert folders.index(1, ReviewColumn.FILE).data(role) == "Folder many, collapsed, 43 files"


def test_filtered_out_files_are_still_checked(qtbot: QtBot, folders: ReviewModel) -> None:
    folders.begin_checks()
    requests = folders.requests(None)
    folders.filter_by_name("*.png")
    with qtbot.waitSignal(folders.changed):
        for request in requests:
            folders.apply_checks([CheckedFile(request.file, request.purpose, CheckReport(()))])
    folders.filter_by_name("")
    assert folders.sums.checking == 0


def test_filtered_out_files_survive_removing_their_folder(folders: ReviewModel) -> None:
    folders.filter_by_name("*.png")
    folders.remove([0])
    assert folders.rowCount() == 0
    folders.filter_by_name("")
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    assert folders.sums.files == 41


def test_every_second_of_many_rows_can_be_removed(qtbot: QtBot) -> None:
    files = [local_file(Path(f"/d/{n:04}.jsonl"), size=10) for n in range(2_000)]
    model = model_of(files)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.remove(range(0, 2_000, 2))
    assert column(model, ReviewColumn.FILE)[:2] == ["0001.jsonl", "0003.jsonl"]
    assert (model.rowCount(), model.sums.files) == (1_000, 1_000)
    model.deleteLater()


def test_thousands_of_dropped_files_are_shown_quickly() -> None:
    files = [local_file(Path(f"/d/deep/down/{n}.jsonl"), size=10) for n in range(5_000)]
    began = time.monotonic()
    model = model_of(files, roots=[file.path for file in files])
    # Comparing every file with every root took minutes.
    assert time.monotonic() - began < 20
    assert model.rowCount() == 5_000
    model.deleteLater()


def test_a_folder_dropped_with_its_own_subfolder_makes_one_tree() -> None:
    files = [local_file(Path("/d/a/one.jsonl")), local_file(Path("/d/a/b/two.jsonl"))]
    model = model_of(files, roots=[Path("/d/a/b"), Path("/d/a")])
    assert column(model, ReviewColumn.FILE) == ["a", "one.jsonl", "b", "two.jsonl"]
    model.deleteLater()


def test_skipping_duplicates_affects_only_them_and_can_be_undone(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads(
            [(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))]
        )
        model.add_known_uploads(
            [(_FILES[1].path, KnownUpload("file-2", True, "batch", 0.0, "scan.png"))]
        )
    model.skip_duplicates(True)
    assert (model.sums.duplicates, model.sums.skipped) == (0, 1)
    model.choose_purpose([1], "batch")
    assert (model.sums.duplicates, model.sums.to_upload) == (1, 2)
    model.skip_duplicates(False)
    assert (model.sums.duplicates, model.sums.to_upload) == (2, 3)


def test_a_fixed_copy_does_not_inherit_duplicates(qtbot: QtBot, model: ReviewModel) -> None:
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads(
            [(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))]
        )
    model.skip([0], True)
    model.apply_repair(_FILES[0], local_file(Path("/a/one (fixed).jsonl"), size=10))
    assert (model.sums.duplicates, model.sums.to_upload) == (0, 3)


def test_a_copy_with_only_a_new_name_keeps_its_duplicates(qtbot: QtBot, model: ReviewModel) -> None:
    with qtbot.waitSignal(model.changed):
        model.add_known_uploads(
            [(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))]
        )
    model.apply_repair(_FILES[0], replace(_FILES[0], name="ONE.jsonl"))
    assert model.sums.duplicates == 1


def test_a_folder_counts_errors_and_unusable_files_separately() -> None:
    files = [
        local_file(Path("/d/good.txt"), suggested_purpose="user_data"),
        local_file(Path("/d/secret.txt"), size=0, problem=problem()),
    ]
    model = model_of(files, roots=[Path("/d")])
    assert column(model, ReviewColumn.CHECKS)[0] == "2 files · 1 can't be uploaded"
    model.deleteLater()


def _name(model: ReviewModel, row: int) -> object:
    return model.index(row, ReviewColumn.FILE).data()


def test_names_and_reasons_are_never_markup() -> None:
    odd = model_of([local_file(Path("/a/<i>x\n.jsonl"))])
    assert odd.index(0, 0).data() == "<i>x\ufffd.jsonl"
    tip = str(odd.index(0, 0).data(Qt.ItemDataRole.ToolTipRole))
    assert "&lt;i&gt;x" in tip
    assert "<i>" not in tip
    odd.deleteLater()
