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
from tests.support.making import local_file, problem
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


def column(model: ReviewModel, wanted: ReviewColumn) -> list[object]:
    return [model.index(row, wanted).data() for row in range(model.rowCount())]


def test_each_file_starts_with_the_purpose_that_fits_it(model: ReviewModel) -> None:
    assert column(model, ReviewColumn.PURPOSE) == ["batch", "vision", "user_data", "fine-tune"]
    assert column(model, ReviewColumn.SIZE) == ["18.6 MB", "2.0 MB", "—", "97.0 MB"]


def test_a_chosen_purpose_is_for_all_and_the_checks_follow_it() -> None:
    model = model_of(_FILES, "batch")
    assert column(model, ReviewColumn.PURPOSE) == ["batch"] * 4
    assert column(model, ReviewColumn.CHECKS)[1] == "The file is not .jsonl"
    model.deleteLater()


def test_only_what_can_be_read_goes(model: ReviewModel) -> None:
    assert model.standing.going == 3
    requests = model.requests(3_600)
    assert [(one.file.name, one.purpose) for one in requests] == [
        ("one.jsonl", "batch"),
        ("scan.png", "vision"),
        ("two.jsonl", "fine-tune"),
    ]
    assert {one.expires_after for one in requests} == {3_600}


def editable(model: ReviewModel, row: int) -> list[bool]:
    flags = [model.index(row, wanted).flags() for wanted in ReviewColumn]
    return [bool(one & Qt.ItemFlag.ItemIsEditable) for one in flags]


def test_the_name_and_the_purpose_can_be_edited(model: ReviewModel) -> None:
    assert editable(model, 0) == [True, True, False, False]
    assert editable(model, 2) == [False, True, False, False]  # it can't be sent at all
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


def test_removed_rows_are_not_sent(model: ReviewModel) -> None:
    model.remove([0, 2, 3])
    assert column(model, ReviewColumn.FILE) == ["scan.png"]
    assert model.standing.going == 1
    model.remove([0])
    assert (model.rowCount(), model.standing.going, model.requests(None)) == (0, 0, [])


def checked(model: ReviewModel, place: int, report: CheckReport) -> None:
    row = model.row(place)
    assert isinstance(row, FileRow)
    model.take_checked([CheckedFile(row.file, row.purpose, report)])


def test_every_file_that_can_be_read_is_checked_for_its_purpose(model: ReviewModel) -> None:
    wanted = QSignalSpy(model.checks_wanted)
    model.begin_checks()
    assert [(file.name, purpose) for file, purpose in wanted.at(0)[0]] == [
        ("one.jsonl", "batch"),
        ("scan.png", "vision"),
        ("two.jsonl", "fine-tune"),
    ]
    assert model.standing.checking == 3
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking…"
    model.take_progress(_FILES[0], "batch", 9_300_000)
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking… 50%"
    checked(model, 0, CheckReport((), facts=("2,000 requests", "one model")))
    assert column(model, ReviewColumn.CHECKS)[0] == "2,000 requests · one model"


def test_what_would_be_refused_goes_only_when_the_person_says_so(
    qtbot: QtBot, model: ReviewModel
) -> None:
    model.begin_checks()
    bad = Finding(Severity.ERROR, "custom_id is missing", 12, rule="custom_id.missing")
    with qtbot.waitSignal(model.changed):
        checked(model, 0, CheckReport((bad,), errors=3))
    assert column(model, ReviewColumn.CHECKS)[0] == "Line 12: custom_id is missing · 2 more"
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.WRONG
    assert (model.standing.going, model.standing.held_back) == (2, 1)
    model.send_anyway([0], True)
    assert (model.standing.going, model.standing.held_back) == (3, 0)
    told = str(column(model, ReviewColumn.CHECKS)[0])
    assert told.startswith("Line 12: custom_id is missing · 2 more · ")


def test_a_warning_goes_all_the_same(qtbot: QtBot, model: ReviewModel) -> None:
    model.begin_checks()
    odd = Finding(Severity.WARNING, "an old key name", 2)
    with qtbot.waitSignal(model.changed):
        checked(model, 3, CheckReport((odd,), warnings=1))
    assert column(model, ReviewColumn.CHECKS)[3] == "Line 2: an old key name"
    assert model.standing.going == 3


def test_another_purpose_is_another_check_and_the_old_answer_is_dropped(model: ReviewModel) -> None:
    model.begin_checks()
    wanted = QSignalSpy(model.checks_wanted)
    model.choose_purpose([0], "evals")
    assert [(file.name, purpose) for file, purpose in wanted.at(0)[0]] == [("one.jsonl", "evals")]
    model.take_checked([CheckedFile(_FILES[0], "batch", CheckReport((), facts=("late",)))])
    assert column(model, ReviewColumn.CHECKS)[0] == "Checking…"


def test_what_could_not_be_checked_says_why(qtbot: QtBot, model: ReviewModel) -> None:
    model.begin_checks()
    with qtbot.waitSignal(model.changed):
        model.take_checked([CheckedFile(_FILES[0], "batch", None, problem("It is gone"))])
    assert column(model, ReviewColumn.CHECKS)[0] == "Not checked: It is gone"
    assert model.standing.going == 2


def test_checks_that_are_skipped_say_so(model: ReviewModel) -> None:
    model.begin_checks()
    model.stop_checks()
    assert (model.standing.checking, model.standing.going) == (0, 3)
    assert column(model, ReviewColumn.CHECKS)[0] == "Not checked"


def test_what_the_server_has_is_told_for_the_same_purpose_only(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.take_known([(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))])
        model.take_known([(_FILES[1].path, KnownUpload("file-2", True, "batch", 0.0, "scan.png"))])
    known, other = column(model, ReviewColumn.CHECKS)[:2]
    assert "file-1" in str(known)
    assert "file-2" not in str(other)
    assert (model.standing.going, model.standing.duplicates) == (3, 1)
    model.skip([0, 1], True)
    assert (model.standing.going, model.standing.duplicates) == (2, 0)
    assert column(model, ReviewColumn.CHECKS)[0] not in {known, other}


def test_a_mended_copy_takes_the_place_of_the_file_and_is_checked(model: ReviewModel) -> None:
    model.begin_checks()
    wanted = QSignalSpy(model.checks_wanted)
    mended = local_file(Path("/a/one (fixed).jsonl"), size=10)
    model.take_repaired(_FILES[0], mended)
    assert column(model, ReviewColumn.FILE)[0] == "one (fixed).jsonl"
    assert [file.path for file, _purpose in wanted.at(0)[0]] == [mended.path]
    assert model.requests(None)[0].file.path == mended.path


# Other names


def test_a_file_is_sent_under_the_name_chosen_for_it(model: ReviewModel) -> None:
    assert model.setData(model.index(0, ReviewColumn.FILE), " final.jsonl ")
    assert column(model, ReviewColumn.FILE)[0] == "final.jsonl"
    request = model.requests(None)[0]
    assert (request.file.name, request.file.path) == ("final.jsonl", _FILES[0].path)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", "..", "x" * 256])
def test_what_can_not_be_a_name_changes_nothing(model: ReviewModel, name: str) -> None:
    asked = QSignalSpy(model.look_ups_wanted)
    assert not model.setData(model.index(0, ReviewColumn.FILE), name)
    assert column(model, ReviewColumn.FILE)[0] == "one.jsonl"
    assert asked.count() == 0


def test_the_same_name_again_asks_for_nothing(model: ReviewModel) -> None:
    model.begin_checks()
    checks, look_ups = QSignalSpy(model.checks_wanted), QSignalSpy(model.look_ups_wanted)
    assert model.setData(model.index(0, ReviewColumn.FILE), "one.jsonl")
    assert (checks.count(), look_ups.count()) == (0, 0)


def test_a_renamed_file_is_checked_again_by_its_new_name(model: ReviewModel) -> None:
    model.begin_checks()
    wanted = QSignalSpy(model.checks_wanted)
    model.rename(0, "one.txt")
    [(file, purpose)] = wanted.at(0)[0]
    assert (file.name, file.path, purpose) == ("one.txt", _FILES[0].path, "batch")
    model.take_checked([CheckedFile(_FILES[0], "batch", CheckReport((), facts=("late",)))])
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.CHECKING
    checked(model, 0, CheckReport((Finding(Severity.ERROR, "no", rule="extension.wrong"),), 1))
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.WRONG


def test_without_checks_a_renamed_file_is_judged_by_its_new_name(model: ReviewModel) -> None:
    model.begin_checks()
    model.stop_checks()
    model.rename(0, "one.txt")
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.DOUBTFUL
    model.rename(0, "two.jsonl")
    assert model.index(0, 0).data(CHECK_ROLE).kind is CheckKind.FITS


def known_as(name: str, purpose: str = "batch", *, same_content: bool) -> KnownUpload:
    return KnownUpload("file-1", same_content, purpose, 0.0, name)


def test_duplicates_by_name_follow_the_name_and_those_by_content_stay(
    qtbot: QtBot, model: ReviewModel
) -> None:
    asked = QSignalSpy(model.look_ups_wanted)
    path = _FILES[0].path
    with qtbot.waitSignal(model.changed):
        model.take_known([(path, known_as("one.jsonl", same_content=False))])
        model.take_known([(path, known_as("x.jsonl", "evals", same_content=True))])
    assert model.standing.duplicates == 1
    model.rename(0, "two.jsonl")
    assert model.standing.duplicates == 0
    assert [file.name for file in asked.at(0)[0]] == ["two.jsonl"]
    assert not model.settled
    with qtbot.waitSignal(model.changed):
        model.take_known([(path, known_as("one.jsonl", same_content=False))])  # too late
        model.end_look_up()
    assert (model.standing.duplicates, model.settled) == (0, False)
    with qtbot.waitSignal(model.changed):
        model.take_known([(path, known_as("TWO.jsonl", same_content=False))])
        model.end_look_up()
    assert (model.standing.duplicates, model.settled) == (1, True)
    model.choose_purpose([0], "evals")
    assert model.standing.duplicates == 1


def test_the_local_name_of_a_renamed_file_is_told(model: ReviewModel) -> None:
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


def test_a_folder_of_many_is_one_row_with_its_sums(folders: ReviewModel) -> None:
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    assert column(folders, ReviewColumn.PURPOSE)[1] == "40 × batch, 3 × vision"
    assert column(folders, ReviewColumn.SIZE)[1] == "403 bytes"
    assert column(folders, ReviewColumn.CHECKS)[1] == "43 files"
    assert (folders.standing.files, folders.standing.going) == (44, 44)


def test_a_folder_opens_and_closes(folders: ReviewModel) -> None:
    folders.toggle(1)
    assert folders.rowCount() == 2 + 40 + 1 + 3
    folders.toggle(1)
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    folders.toggle(0)
    assert folders.rowCount() == 2


def test_a_purpose_for_a_folder_is_for_all_in_it(folders: ReviewModel) -> None:
    folders.choose_purpose([1], "user_data")
    assert column(folders, ReviewColumn.PURPOSE) == ["batch", "user_data"]
    assert [one.purpose for one in folders.requests(None)] == ["batch"] + ["user_data"] * 43


def test_a_pattern_puts_the_other_names_aside_and_brings_them_back(folders: ReviewModel) -> None:
    folders.show_only("*.PNG")
    assert column(folders, ReviewColumn.FILE) == ["many"]
    assert {one.file.path.suffix for one in folders.requests(None)} == {".png"}
    folders.show_only("nothing has this name")
    assert (folders.rowCount(), folders.requests(None)) == (0, [])
    folders.show_only("")
    assert folders.standing.files == 44


def test_removing_a_folder_takes_all_in_it_and_what_it_leaves_empty(folders: ReviewModel) -> None:
    folders.toggle(1)
    inner = next(place for place in range(folders.rowCount()) if _name(folders, place) == "deep")
    folders.remove(range(inner + 1, inner + 4))
    assert "deep" not in column(folders, ReviewColumn.FILE)
    assert folders.standing.files == 41
    folders.remove([1])
    assert (column(folders, ReviewColumn.FILE), folders.standing.files) == (["top.jsonl"], 1)


def test_the_worst_in_a_folder_is_told_in_its_row(qtbot: QtBot, folders: ReviewModel) -> None:
    folders.begin_checks()
    assert folders.index(1, 0).data(CHECK_ROLE).kind is CheckKind.CHECKING
    bad = CheckReport((Finding(Severity.ERROR, "bad", 1),), errors=1)
    with qtbot.waitSignal(folders.changed):
        for request in folders.requests(None):
            report = bad if request.file.name == "007.jsonl" else CheckReport(())
            folders.take_checked([CheckedFile(request.file, request.purpose, report)])
    assert str(column(folders, ReviewColumn.CHECKS)[1]).startswith("43 files · 1 ")
    assert folders.index(1, 0).data(CHECK_ROLE).kind is CheckKind.WRONG
    assert folders.standing.going == 43


def test_a_folder_is_told_in_words_to_those_who_can_not_see_it(folders: ReviewModel) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    assert folders.index(1, ReviewColumn.FILE).data(role) == "Folder many, collapsed, 43 files"


def test_what_is_put_aside_is_checked_all_the_same(qtbot: QtBot, folders: ReviewModel) -> None:
    folders.begin_checks()
    wanted = folders.requests(None)
    folders.show_only("*.png")
    with qtbot.waitSignal(folders.changed):
        for request in wanted:
            folders.take_checked([CheckedFile(request.file, request.purpose, CheckReport(()))])
    folders.show_only("")
    assert folders.standing.checking == 0


def test_what_is_put_aside_stays_when_its_folder_is_removed(folders: ReviewModel) -> None:
    folders.show_only("*.png")
    folders.remove([0])
    assert folders.rowCount() == 0
    folders.show_only("")
    assert column(folders, ReviewColumn.FILE) == ["top.jsonl", "many"]
    assert folders.standing.files == 41


def test_every_second_of_many_rows_is_removed(qtbot: QtBot) -> None:
    files = [local_file(Path(f"/d/{n:04}.jsonl"), size=10) for n in range(2_000)]
    model = model_of(files)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.remove(range(0, 2_000, 2))
    assert column(model, ReviewColumn.FILE)[:2] == ["0001.jsonl", "0003.jsonl"]
    assert (model.rowCount(), model.standing.files) == (1_000, 1_000)
    model.deleteLater()


def test_thousands_of_files_that_were_dropped_one_by_one_are_shown_at_once() -> None:
    files = [local_file(Path(f"/d/deep/down/{n}.jsonl"), size=10) for n in range(5_000)]
    began = time.monotonic()
    model = model_of(files, roots=[file.path for file in files])
    # By comparing every file with every root it took minutes.
    assert time.monotonic() - began < 5
    assert model.rowCount() == 5_000
    model.deleteLater()


def test_a_folder_dropped_with_one_that_is_in_it_is_one_tree() -> None:
    files = [local_file(Path("/d/a/one.jsonl")), local_file(Path("/d/a/b/two.jsonl"))]
    model = model_of(files, roots=[Path("/d/a/b"), Path("/d/a")])
    assert column(model, ReviewColumn.FILE) == ["a", "one.jsonl", "b", "two.jsonl"]
    model.deleteLater()


def test_leaving_duplicates_out_is_for_those_alone_and_can_be_taken_back(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.take_known([(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))])
        model.take_known([(_FILES[1].path, KnownUpload("file-2", True, "batch", 0.0, "scan.png"))])
    model.skip_known(True)
    assert (model.standing.duplicates, model.standing.skipped) == (0, 1)
    model.choose_purpose([1], "batch")
    assert (model.standing.duplicates, model.standing.going) == (1, 2)
    model.skip_known(False)
    assert (model.standing.duplicates, model.standing.going) == (2, 3)


def test_what_was_said_of_a_file_does_not_hold_for_its_mended_copy(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.take_known([(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))])
    model.skip([0], True)
    model.take_repaired(_FILES[0], local_file(Path("/a/one (fixed).jsonl"), size=10))
    assert (model.standing.duplicates, model.standing.going) == (0, 3)


def test_a_copy_that_only_has_another_name_is_there_as_before(
    qtbot: QtBot, model: ReviewModel
) -> None:
    with qtbot.waitSignal(model.changed):
        model.take_known([(_FILES[0].path, KnownUpload("file-1", True, "batch", 0.0, "one.jsonl"))])
    model.take_repaired(_FILES[0], replace(_FILES[0], name="ONE.jsonl"))
    assert model.standing.duplicates == 1


def test_a_folder_tells_apart_what_is_refused_and_what_can_not_be_sent() -> None:
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
