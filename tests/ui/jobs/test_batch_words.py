"""What the window says of batches."""

import pytest

from services.api.batch import Batch, BatchError, BatchErrors, RequestCounts
from services.api.remote_file import RemoteFile
from tests.support.factories import remote_file
from tests.ui.jobs.some_batches import HOUR, NOW, batch, failed, running
from ui.jobs.batches.batch_acts import BatchActs, acts_of
from ui.jobs.batches.batch_files import files_of
from ui.jobs.batches.batch_look import BATCH_LOOK, progress_cell
from ui.jobs.batches.batch_words import ErrorCount, errors_of, fields_of, sentence_of
from ui.jobs.job_file import FoundFile, JobFile, Where
from ui.theme import Role

EXPIRED = batch(
    status="expired",
    completed_at=None,
    expired_at=NOW - HOUR,
    request_counts=RequestCounts(802, 700, 2),
)
CANCELED = batch(
    status="cancelled",
    completed_at=None,
    cancelled_at=NOW - 10 * HOUR + 1_381,
    request_counts=RequestCounts(802, 112, 0),
)


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (batch(), "Completed, 31 of 802 failed · took 50 minutes"),
        (
            batch(request_counts=RequestCounts(802, 802, 0)),
            "Completed, none failed · took 50 minutes",
        ),
        (running(), "Running, 5,604 of 46,700 done · ends in 14 hours at the latest"),
        (EXPIRED, "Expired, 702 of 802 done · after 9 hours"),
        (CANCELED, "Canceled, 112 of 802 done · after 23 minutes"),
        (failed(), "Failed · after 1 minute"),
        (failed(failed_at=NOW - 10 * HOUR + 13), "Failed · after 12 seconds"),
        (
            batch(status="paused", completed_at=None),
            "paused, 802 of 802 done · ends in 14 hours at the latest",
        ),
        (Batch("batch_1"), "No status"),
        (Batch("batch_1", status="completed"), "Completed"),
    ],
)
def test_a_sentence_says_what_became_of_a_batch(shown: Batch, words: str) -> None:
    assert sentence_of(shown, NOW) == words


@pytest.mark.parametrize(
    ("shown", "words", "role"),
    [
        (batch(), "Completed, 31 failed of 802", Role.TEXT),
        (batch(request_counts=RequestCounts(802, 802, 0)), "Completed, 802", Role.TEXT),
        (running(), "Running 12%, 5,604 of 46,700", Role.TEXT),
        (
            running(request_counts=RequestCounts(2_000, 1_999, 0)),
            "Running 99%, 1,999 of 2,000",
            Role.TEXT,
        ),
        (running(status="validating", request_counts=None), "Validating", Role.MUTED),
        (running(status="finalizing"), "Finalizing, 5,604 of 46,700", Role.TEXT),
        (EXPIRED, "Expired, 100 not done", Role.WARNING),
        (CANCELED, "Canceled, 112 of 802", Role.MUTED),
        (failed(), "Failed, Line 7: The URL is wrong.", Role.DANGER),
        (failed(error_list=None), "Failed", Role.DANGER),
        (Batch("batch_1"), "No status", Role.TEXT),
    ],
)
def test_the_list_says_the_state_in_words_and_not_only_in_color(
    shown: Batch, words: str, role: Role
) -> None:
    cell = progress_cell(shown, NOW)
    assert (cell.in_words, cell.role) == (words, role)


def test_blue_is_moving_green_is_done_and_red_is_failed() -> None:
    bars = [progress_cell(one, NOW).bar for one in (running(), batch())]
    assert bars == [
        ((Role.ACCENT, 5_600 / 46_700), (Role.DANGER, 4 / 46_700)),
        ((Role.SUCCESS, 771 / 802), (Role.DANGER, 31 / 802)),
    ]


def test_a_batch_without_a_name_is_known_by_its_id() -> None:
    name = BATCH_LOOK.columns[0].cell
    assert name(batch(), NOW).in_words == "invoices-1, batch_0001"
    assert name(batch(metadata=None), NOW).in_words == "batch_0001, no name"


def test_errors_of_one_kind_are_counted_together_the_commonest_first() -> None:
    assert errors_of(failed()) == [
        ErrorCount(2, "duplicate_custom_id: This custom_id was used before. First in line 812."),
        ErrorCount(1, "invalid_url: The URL is wrong. First in line 7."),
    ]
    nameless = BatchErrors((BatchError(),))
    assert errors_of(failed(error_list=nameless)) == [ErrorCount(1, "unknown error")]


def test_all_fields_are_shown_and_those_that_are_missing_are_left_out() -> None:
    fields = {
        field.name: field.value for field in fields_of(batch(metadata={"name": "a\nb", "x": "y"}))
    }
    assert fields["usage"] == "1,210,000 in · 164,000 out"
    assert fields["completion_window"] == "24 hours"
    assert fields["metadata"] == "name: a b\nx: y"
    assert [field.name for field in fields_of(Batch("batch_1"))] == ["id"]


def found(where: Where, file: RemoteFile | None = None) -> FoundFile:
    return FoundFile(where, file)


def files(
    shown: Batch, known: dict[str, FoundFile] | None = None, where: Where = Where.LISTED
) -> tuple[JobFile, ...]:
    def find(file_id: str) -> FoundFile:
        listed = remote_file(f"{file_id}.jsonl", id=file_id, size=5_900_000)
        return (known or {}).get(file_id, FoundFile(where, listed))

    return files_of(shown, find, NOW)


def test_the_three_files_say_where_they_are() -> None:
    soon = remote_file("out.jsonl", id="file-out-1", size=3_400_000, expires_at=NOW + 3 * 86_400)
    shown = files(
        batch(),
        {"file-out-1": found(Where.LISTED, soon), "file-err-1": found(Where.GONE)},
    )
    assert [(one.name, one.detail, one.state, one.is_there) for one in shown] == [
        ("file-in-1.jsonl", "Input · 5.9 MB · 802 lines", "in list", True),
        ("out.jsonl", "Output · 3.4 MB · 771 lines", "expires in 3 days", True),
        ("file-err-1", "Errors · 31 lines", "deleted", False),
    ]


def test_files_that_were_not_made_say_why() -> None:
    ended = files(CANCELED_WITHOUT_ERRORS)
    assert (ended[2].name, ended[2].detail, ended[2].state) == (
        "No errors file",
        "Errors · no line failed",
        "not made",
    )
    assert [one.state for one in files(running())] == ["in list", "not made yet", "not made yet"]
    assert files(batch(input_file_id=None))[0].state == "not known"


CANCELED_WITHOUT_ERRORS = batch(
    status="cancelled",
    cancelled_at=NOW,
    error_file_id=None,
    request_counts=RequestCounts(802, 112, 0),
)


def acts(shown: Batch, where: Where = Where.LISTED, **refused: str) -> BatchActs:
    return acts_of(shown, files(shown, where=where), refused, is_canceling=False)


def test_what_can_be_done_with_a_completed_batch() -> None:
    made = acts(batch())
    assert (made.look_inside, made.download, made.retry, made.start_again) == ("", "", "", "")
    assert made.cancel == made.why_not == "It has ended."
    assert made.download_words == "Download all three"


def test_what_can_be_done_with_a_running_batch() -> None:
    made = acts(running())
    assert made.cancel == ""
    assert made.download_words == "Download input"
    assert made.why_not == "There are no results yet. It hasn't ended yet."


def test_unfinished_lines_of_a_canceled_batch_can_be_retried() -> None:
    made = acts(CANCELED_WITHOUT_ERRORS)
    assert made.retry == ""
    assert made.download_words == "Download both files"


def test_nothing_is_left_to_retry_where_no_line_failed() -> None:
    shown = batch(error_file_id=None, request_counts=RequestCounts(802, 802, 0))
    assert acts(shown).why_not == "It has ended. No line failed."


def test_deleted_files_and_refused_content_are_told() -> None:
    assert acts(batch(), Where.GONE).why_not == (
        "It has ended. The results have been deleted. There is no file to download."
        " Its input file has been deleted."
    )
    refused = "Files with the purpose batch can't be downloaded."
    assert acts(running(), input=refused).download == refused


def test_files_that_nobody_has_asked_for_yet_may_be_there() -> None:
    made = acts(batch(), Where.UNKNOWN)
    assert made.why_not == "It has ended."
    assert [one.state for one in files(batch(), where=Where.UNKNOWN)] == ["not in the list"] * 3


def test_a_cancel_that_is_on_its_way_is_told() -> None:
    shown = running()
    made = acts_of(shown, files(shown), {}, is_canceling=True)
    assert made.cancel == "It is being canceled."
    assert acts(running(status="cancelling")).cancel == "It is being canceled."
