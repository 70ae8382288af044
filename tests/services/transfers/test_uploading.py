"""Uploads, as the queue runs them."""

import hashlib
import json
import os
import time
from functools import partial
from pathlib import Path

import pytest

from services.problems.errors import ProblemKind
from services.transfers import lost_answers
from services.transfers.events import TransferChanged
from services.transfers.jobs import UploadJob
from services.transfers.transfer import Transfer, TransferState
from tests.services.transfers.conftest import ATTEMPTS, SOON, Wharf
from tests.support.factories import upload_request
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Moment,
    Reset,
    Stall,
    StallAtAccept,
    api_error,
    html,
    json_body,
    rate_limited,
    redirect,
    unavailable,
)

DONE_AT_ONCE = "QUEUED RUNNING CONFIRMING DONE"
NO_CONTENT = api_error(400, "Not allowed to download files of purpose: batch")
SENT_TWICE = "QUEUED RUNNING CONFIRMING WAITING RUNNING CONFIRMING DONE"
UNCERTAIN = "QUEUED RUNNING CONFIRMING UNCERTAIN"


def remote_copy_of(path: Path) -> ServedFile:
    """Return the remote file that an upload of this file creates."""
    return served_file(path.name, content=path.read_bytes(), created_at=int(time.time()))


def lose_the_answer(wharf: Wharf, path: Path) -> Transfer:
    """Upload a file that the server drops without an answer; return the final snapshot."""
    wharf.server.next(html(502))
    wharf.upload(path)
    return wharf.end()


@pytest.mark.slow
def test_upload_sends_identical_bytes(wharf: Wharf, large_file: Path) -> None:
    wharf.upload(large_file, purpose="fine-tune")
    ended = wharf.end()
    [file] = wharf.server.files
    assert (file.filename, file.size, file.purpose) == ("large.jsonl", 64_000_000, "fine-tune")
    assert (ended.file_id, ended.done, ended.total) == (file.id, 64_000_000, 64_000_000)
    assert wharf.states == DONE_AT_ONCE


def test_upload_is_retried_after_429(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(rate_limited(retry_after_ms="20"))
    wharf.upload(small_file)
    wharf.end()
    assert wharf.states == SENT_TWICE
    sums = [request.file_sha256 for request in wharf.server.requests]
    assert sums == [hashlib.sha256(small_file.read_bytes()).hexdigest()] * 2
    assert len(wharf.server.files) == 1
    waiting = wharf.wait_for(TransferState.WAITING)
    assert waiting.wait_seconds == 0.02
    assert waiting.problem is not None
    assert waiting.problem.kind is ProblemKind.RATE_LIMITED


@pytest.mark.slow
def test_upload_fails_after_repeated_429(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(*[rate_limited(retry_after_ms="20")] * ATTEMPTS)
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.problem is not None
    assert (ended.state.name, ended.problem.status) == ("FAILED", 429)
    assert wharf.posts == ATTEMPTS


def test_overloaded_server_is_retried_after_its_delay(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(unavailable(retry_after="0.02"))
    wharf.upload(small_file)
    wharf.end()
    assert wharf.states == SENT_TWICE


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (api_error(400, "Invalid file format. Must be .jsonl"), ProblemKind.REQUEST_REFUSED),
        (api_error(401, "no", code="invalid_api_key"), ProblemKind.KEY_REFUSED),
        (api_error(413, "too large"), ProblemKind.TOO_LARGE),
        (rate_limited(code="insufficient_quota"), ProblemKind.QUOTA_USED_UP),
        (redirect("http://127.0.0.1:1/v1/files"), ProblemKind.BAD_ADDRESS),
        (html(404), None),
    ],
)
def test_clear_refusal_is_not_looked_up(
    wharf: Wharf, small_file: Path, fault: Answer, kind: ProblemKind | None
) -> None:
    wharf.server.next(fault)
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.state is TransferState.FAILED
    assert ended.problem is not None
    assert kind in {None, ended.problem.kind}
    assert len(wharf.server.requests) == 1


TRY_AGAIN = (("x-should-retry", "true"),)
NO_ANSWER: list[Fault] = [
    api_error(500, "The server had an error"),
    html(502),
    unavailable(503),
    Reset(Moment.AFTER_BODY),
    Delivery(cut_after=10, answer=json_body({"id": "file-x"})),
    json_body({"ok": True}),
    Answer(200),
    # Gateways that time out, and one that redirects to the result.
    api_error(408, "litellm.Timeout: Request timed out"),
    # Asking to retry doesn't mean that there is no file.
    *(api_error(status, "Try again", headers=TRY_AGAIN) for status in (408, 500, 502, 503)),
    Answer(200, (("Content-Type", "application/json"), *TRY_AGAIN), b'{"error": "try again"}'),
    api_error(499, "Client closed the request"),
    redirect("/v1/files/file-x", 303),
    # An error with a success status, whose ID isn't a file's.
    json_body({"id": "req_1", "error": {"message": "The storage failed"}}),
    json_body({"id": "req_1", "object": "error", "message": "The storage failed"}),
    json_body({"id": "chatcmpl-1", "object": "chat.completion"}),
]


@pytest.mark.parametrize("fault", NO_ANSWER, ids=repr)
def test_upload_without_an_answer_is_matched_from_the_listing(
    wharf: Wharf, small_file: Path, fault: Fault
) -> None:
    remote_copy = remote_copy_of(small_file)
    wharf.server.add(served_file("other.jsonl"), remote_copy)
    wharf.server.next(fault)
    wharf.upload(small_file)
    assert wharf.end().file_id == remote_copy.id
    assert wharf.states == DONE_AT_ONCE
    assert wharf.posts == 1


@pytest.mark.parametrize("fault", NO_ANSWER, ids=repr)
def test_upload_without_answer_or_file_is_uncertain_and_not_resent(
    wharf: Wharf, small_file: Path, fault: Fault
) -> None:
    wharf.server.next(fault)
    wharf.upload(small_file)
    ended = wharf.end()
    assert wharf.states == UNCERTAIN
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.ANSWER_LOST
    assert [request.method for request in wharf.server.requests] == ["POST", "GET"]
    assert ended.wait_seconds is not None


def test_file_created_before_the_connection_broke_is_found(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    wharf.upload(small_file)
    assert wharf.end().file_id == wharf.server.files[0].id
    assert wharf.states == DONE_AT_ONCE


def test_two_possible_matches_leave_it_uncertain(wharf: Wharf, small_file: Path) -> None:
    wharf.server.add(remote_copy_of(small_file), remote_copy_of(small_file))
    wharf.server.script("GET", "/files/*/content", [NO_CONTENT] * 2)
    wharf.server.next(html(502))
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.state is TransferState.UNCERTAIN
    assert set(ended.candidates) == {file.id for file in wharf.server.files}


def test_file_of_an_earlier_upload_is_not_matched(wharf: Wharf, small_file: Path) -> None:
    wharf.upload(small_file)
    wharf.wait_for(TransferState.DONE)
    wharf.server.next(html(502))
    wharf.upload(small_file)
    assert wharf.wait_for(TransferState.UNCERTAIN).file_id == ""


def test_refused_listing_leaves_it_uncertain(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(html(502), api_error(403, "Missing scopes: api.files.read"))
    wharf.upload(small_file)
    assert wharf.end().state is TransferState.UNCERTAIN


@pytest.mark.parametrize(
    "fault", [Reset(Moment.BEFORE_BODY), Reset(Moment.IN_BODY, after_bytes=1_000_000)], ids=repr
)
def test_connection_lost_during_the_body_is_retried(
    wharf: Wharf, large_file: Path, fault: Fault
) -> None:
    wharf.server.next(fault)
    wharf.upload(large_file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING CONFIRMING DONE"
    assert [file.size for file in wharf.server.files] == [64_000_000]


def test_uncertain_upload_can_be_sent_again(wharf: Wharf, small_file: Path) -> None:
    ended = lose_the_answer(wharf, small_file)
    wharf.clock.now += lost_answers.SETTLED_AFTER
    wharf.queue.retry([ended.id])
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[0].id


def test_file_that_appears_later_is_found_instead_of_resent(wharf: Wharf, small_file: Path) -> None:
    ended = lose_the_answer(wharf, small_file)
    wharf.server.add(remote_copy_of(small_file))
    wharf.queue.retry([ended.id])
    assert wharf.wait_for(TransferState.DONE).file_id == wharf.server.files[0].id
    assert wharf.posts == 1


def test_nothing_is_resent_while_the_server_is_unreachable(wharf: Wharf, small_file: Path) -> None:
    ended = lose_the_answer(wharf, small_file)
    wharf.server.next(api_error(403, "Missing scopes: api.files.read"))
    wharf.queue.retry([ended.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.UNCERTAIN
    )
    assert wharf.posts == 1


def test_several_later_matches_are_left_to_the_user(wharf: Wharf, small_file: Path) -> None:
    ended = lose_the_answer(wharf, small_file)
    wharf.server.add(remote_copy_of(small_file), remote_copy_of(small_file))
    wharf.server.script("GET", "/files/*/content", [NO_CONTENT] * 2)
    wharf.queue.retry([ended.id])
    changed = wharf.events.wait_for(TransferChanged, lambda event: bool(event.transfer.candidates))
    assert changed.transfer.state is TransferState.UNCERTAIN
    assert wharf.posts == 1
    ids = {file.id for file in wharf.server.files}
    assert set(changed.transfer.candidates) == ids
    wharf.queue.adopt(ended.id, changed.transfer.candidates[1])
    done = wharf.wait_for(TransferState.DONE)
    assert (done.file_id, done.candidates) == (changed.transfer.candidates[1], ())
    assert wharf.posts == 1


def test_user_can_resend_without_a_lookup(wharf: Wharf, small_file: Path) -> None:
    ended = lose_the_answer(wharf, small_file)
    wharf.server.add(remote_copy_of(small_file), remote_copy_of(small_file))
    wharf.queue.send_again([ended.id])
    wharf.wait_for(TransferState.DONE)
    assert wharf.posts == 2


def test_only_uncertain_uploads_are_adopted_or_resent(wharf: Wharf, small_file: Path) -> None:
    wharf.upload(small_file)
    done = wharf.end()
    wharf.queue.adopt(done.id, "file-other")
    wharf.queue.send_again([done.id])
    assert wharf.posts == 1
    assert wharf.wait_for(TransferState.DONE).file_id == done.file_id


def test_upload_fails_after_all_attempts_without_a_server(wharf: Wharf, small_file: Path) -> None:
    wharf.server.close()
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.UNREACHABLE
    assert wharf.states == "QUEUED " + "RUNNING WAITING " * (ATTEMPTS - 1) + "RUNNING FAILED"


def test_early_refusal_is_reported(wharf: Wharf, large_file: Path) -> None:
    wharf.server.next(api_error(413, "too large", early=True))
    wharf.upload(large_file)
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.TOO_LARGE
    assert wharf.states == "QUEUED RUNNING FAILED"


@pytest.mark.parametrize("stays", [True, False])
@pytest.mark.parametrize("size", [64_000_000, None])
def test_early_success_is_not_trusted(
    wharf: Wharf, large_file: Path, size: int | None, stays: bool
) -> None:
    answer = json.dumps(remote_copy_of(large_file).described() | {"bytes": size}).encode()
    wharf.server.next(Answer(200, body=answer, early=True, stays=stays))
    wharf.upload(large_file)
    ended = wharf.end()
    assert (ended.state, ended.file_id) == (TransferState.FAILED, "")
    assert wharf.states == "QUEUED RUNNING FAILED"


def test_early_failure_leaves_nothing_uncertain(wharf: Wharf, large_file: Path) -> None:
    wharf.server.next(api_error(500, "The server had an error", early=True))
    wharf.upload(large_file)
    ended = wharf.end()
    assert ended.problem is not None
    assert (ended.state, ended.problem.status) == (TransferState.FAILED, 500)
    assert len(wharf.server.requests) == 1


def test_uploads_over_the_rate_limit_wait(wharf: Wharf, tmp_path: Path) -> None:
    wharf.allow_uploads(3)
    for number in range(5):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(b"{}\n")
        wharf.upload(path)
    for state, count in ((TransferState.DONE, 3), (TransferState.WAITING, 2)):
        waits = wharf.events.wait_for_count(
            TransferChanged,
            count,
            partial(lambda state, event: event.transfer.state is state, state),
        )
    assert all((event.transfer.wait_seconds or 0) > 0 for event in waits)
    assert {event.transfer.problem.kind for event in waits if event.transfer.problem} == {
        ProblemKind.RATE_LIMITED
    }
    assert wharf.posts == 3


# The answer differs from the request


def answering(path: Path, **different: object) -> Answer:
    return json_body({"object": "file", **remote_copy_of(path).described(), **different})


@pytest.mark.parametrize("size", [0, 1, 10_000_000_000])
def test_different_size_on_the_server_is_a_warning(
    wharf: Wharf, small_file: Path, size: int
) -> None:
    wharf.server.next(answering(small_file, bytes=size))
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.state is TransferState.DONE
    assert ended.warning is not None
    assert ended.warning.kind is ProblemKind.DIFFERS
    assert str(size) in ended.warning.detail


@pytest.mark.parametrize(
    "different",
    [
        {"status": "error", "status_details": "Invalid file format"},
        {"status": "deleted"},
        {"purpose": "assistants"},
    ],
)
def test_difference_from_the_request_is_a_warning(
    wharf: Wharf, small_file: Path, different: dict[str, str]
) -> None:
    wharf.server.next(answering(small_file, **different))
    wharf.upload(small_file)
    ended = wharf.end()
    assert ended.state is TransferState.DONE
    assert ended.warning is not None
    assert ended.warning.kind is ProblemKind.DIFFERS
    assert all(value in ended.warning.detail for value in different.values())
    assert all(value in ended.warning.detail for value in different.values())


@pytest.mark.parametrize(
    ("requested", "answered", "differs"),
    [
        (3600, {"created_at": 1000, "expires_at": 4600}, False),
        (3600, {"created_at": 1000, "expires_at": 4660}, False),
        (3600, {"created_at": 1000, "expires_at": 4540}, False),
        (3600, {"created_at": 1000, "expires_at": 4661}, True),
        (3600, {"created_at": 1000, "expires_at": 4539}, True),
        (3600, {"created_at": 1000, "expires_at": 31_450_600}, True),
        (86_400, {"created_at": 1000, "expires_at": 4600}, True),
        (3600, {"expires_at": None}, True),
        (3600, {}, True),
        # Without a creation time there is nothing to compare.
        (3600, {"created_at": None, "expires_at": 4600}, False),
        (None, {"created_at": 1000, "expires_at": 4600}, False),
        (None, {}, False),
    ],
)
def test_different_expiry_is_a_warning(
    wharf: Wharf,
    small_file: Path,
    requested: int | None,
    answered: dict[str, object],
    differs: bool,
) -> None:
    wharf.server.next(answering(small_file, **answered))
    wharf.add(UploadJob(upload_request(small_file, expires_after=requested)))
    ended = wharf.end()
    assert ended.state is TransferState.DONE
    assert (ended.warning is not None) is differs


@pytest.mark.parametrize(
    ("hours", "words"), [(1, "1 hour "), (47, "47 hours "), (48, "2 days "), (72, "3 days ")]
)
def test_expiry_warning_uses_hours_or_days(
    wharf: Wharf, small_file: Path, hours: int, words: str
) -> None:
    expires_at = 1000 + hours * 3600
    wharf.server.next(answering(small_file, created_at=1000, expires_at=expires_at))
    wharf.add(UploadJob(upload_request(small_file, expires_after=7200)))
    warning = wharf.end().warning
    assert warning is not None
    assert f": {words}" in warning.title


def test_expiry_of_a_matched_file_is_compared(wharf: Wharf, small_file: Path) -> None:
    wharf.server.add(remote_copy_of(small_file))
    wharf.server.next(Reset(Moment.AFTER_BODY))
    wharf.add(UploadJob(upload_request(small_file, expires_after=3600)))
    ended = wharf.end()
    assert (ended.state, ended.warning is not None) == (TransferState.DONE, True)


# The local file changes


@pytest.mark.parametrize("change", ["grows", "shrinks", "is written to"])
def test_file_changed_during_the_upload_creates_no_remote_file(
    wharf: Wharf, large_file: Path, change: str
) -> None:
    wharf.server.next(Stall(Moment.IN_BODY, after_bytes=100_000))
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    with large_file.open("r+b") as file:
        if change == "grows":
            file.truncate(65_000_000)
        elif change == "shrinks":
            file.truncate(1_000_000)
        else:
            file.write(b"changed")
    wharf.server.release()
    ended = wharf.end()
    assert ended.problem is not None
    assert (ended.state, ended.problem.kind) == (TransferState.FAILED, ProblemKind.FILE_CHANGED)
    assert wharf.server.files == []
    assert wharf.posts == 1


@pytest.mark.slow
def test_file_removed_during_the_upload_arrives_complete(wharf: Wharf, large_file: Path) -> None:
    wharf.server.next(Stall(Moment.IN_BODY, after_bytes=100_000))
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    large_file.unlink()
    wharf.server.release()
    wharf.end()
    assert [file.size for file in wharf.server.files] == [64_000_000]


@pytest.mark.slow
def test_file_removed_between_attempts_is_reported_missing(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(rate_limited(retry_after_ms="300"))
    wharf.upload(small_file)
    wharf.wait_for(TransferState.WAITING)
    small_file.unlink()
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.FILE_MISSING


@pytest.mark.slow
@pytest.mark.parametrize("what", ["folder", "pipe"])
def test_replacement_of_the_file_is_not_sent(wharf: Wharf, small_file: Path, what: str) -> None:
    wharf.server.next(rate_limited(retry_after_ms="300"))
    wharf.upload(small_file)
    wharf.wait_for(TransferState.WAITING)
    small_file.unlink()
    if what == "folder":
        small_file.mkdir()
    else:
        os.mkfifo(small_file)
    assert wharf.end().state is TransferState.FAILED
    assert wharf.server.files == []


# Canceling


@pytest.mark.parametrize(
    ("fault", "end"),
    [
        (StallAtAccept(), "CANCELLED"),
        (Stall(Moment.BEFORE_BODY), "CANCELLED"),
        (Stall(Moment.IN_BODY, after_bytes=1_000_000), "CANCELLED"),
        (Stall(Moment.AFTER_BODY), "UNCERTAIN"),
        (Stall(Moment.AFTER_BODY, carried_out=True), "UNCERTAIN"),
        (Delivery(stall_in_head=True), "UNCERTAIN"),
        (Delivery(stall_after=10), "UNCERTAIN"),
    ],
    ids=repr,
)
def test_cancel_is_quick_whatever_the_server_does(
    wharf: Wharf, large_file: Path, fault: Fault, end: str
) -> None:
    wharf.server.next(fault)
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    assert wharf.cancel() < SOON
    assert wharf.states.split()[-1] == end
    assert wharf.posts <= 1


def test_cancel_ends_the_wait_between_attempts(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(rate_limited(retry_after="60"))
    wharf.upload(small_file)
    wharf.wait_for(TransferState.WAITING)
    assert wharf.cancel() < SOON
    assert wharf.states.endswith("WAITING CANCELLED")


def test_cancel_ends_the_lookup_of_a_lost_answer(wharf: Wharf, small_file: Path) -> None:
    wharf.server.next(html(502), Stall())
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    assert wharf.cancel() < SOON
    assert wharf.states == UNCERTAIN
