"""Requests joined to their results, and new files of those that are unfinished."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.batches import retry_lines
from services.previews.batches.batch_result import Outcome
from services.previews.batches.retry_lines import (
    MAX_STATES,
    NOT_A_REQUEST,
    UNANSWERED,
    JoinedBatch,
    RequestState,
    join_batch,
    write_retry,
)
from services.previews.lines import bounded_lines
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.services.previews.batches.test_batch_summary import not_run, refused, succeeded, write
from tests.support.full_disk import fill_disk_under
from tests.support.narrowing import not_none

SUCCEEDED = RequestState(Outcome.SUCCEEDED)
EXPIRED = RequestState(Outcome.EXPIRED)
CANCELLED = RequestState(Outcome.CANCELLED)
SLOW = RequestState(Outcome.FAILED, 429, "slow")


def request(custom_id: object, text: str = "x") -> bytes:
    return json.dumps({"custom_id": custom_id, "method": "POST", "body": {"input": text}}).encode()


@pytest.fixture
def given_input(tmp_path: Path) -> Path:
    return tmp_path / "input.jsonl"


@pytest.fixture
def retry(tmp_path: Path) -> Path:
    return tmp_path / "retry.jsonl"


def write_requests(path: Path, lines: Iterable[bytes]) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def join(input_path: Path, *results: Path) -> JoinedBatch:
    *before, last = join_batch(input_path, results)
    assert all(step.joined is None for step in before)
    assert last.read == sum(path.stat().st_size for path in (input_path, *results))
    return not_none(last.joined)


def states(joined: JoinedBatch) -> list[RequestState]:
    return [joined.states[number] for number in joined.state_numbers]


def test_every_state_is_found_whatever_the_order(given_input: Path, tmp_path: Path) -> None:
    write_requests(given_input, map(request, "abcdef"))
    output = write(tmp_path / "output", succeeded("c"), refused("a", 429, "slow"))
    errors = write(
        tmp_path / "errors", not_run("e", "batch_cancelled"), not_run("d", "batch_expired")
    )
    joined = join(given_input, output, errors)
    assert states(joined) == [SLOW, UNANSWERED, SUCCEEDED, EXPIRED, CANCELLED, UNANSWERED]
    assert joined.counts == {SLOW: 1, UNANSWERED: 2, SUCCEEDED: 1, EXPIRED: 1, CANCELLED: 1}
    assert joined.unfinished == {SLOW: 1, UNANSWERED: 2, EXPIRED: 1, CANCELLED: 1}
    assert (joined.repeated_ids, joined.unknown_ids) == ((), 0)
    assert SUCCEEDED.is_finished
    assert not UNANSWERED.is_finished


@pytest.mark.parametrize(
    ("state", "retried"),
    [
        (SUCCEEDED, ""),
        (SLOW, "b"),
        (EXPIRED, "c"),
        (CANCELLED, "d"),
        (UNANSWERED, "e"),
        (NOT_A_REQUEST, ""),
        (RequestState(Outcome.FAILED, 500, "elsewhere"), ""),
    ],
)
def test_each_state_can_be_retried_alone(
    given_input: Path, retry: Path, tmp_path: Path, state: RequestState, retried: str
) -> None:
    write_requests(given_input, [*map(request, "abcde"), b"no request"])
    results = write(
        tmp_path / "results",
        not_run("d", "batch_cancelled"),
        not_run("c", "batch_expired"),
        refused("b", 429, "slow"),
        succeeded("a"),
    )
    assert write_retry(join(given_input, results), [state], retry) == len(retried)
    assert retry.read_bytes() == b"".join(request(one) + b"\n" for one in retried)


def test_lines_are_copied_byte_for_byte(given_input: Path, retry: Path) -> None:
    lines = [
        b'  {"custom_id":"a",  "x": "\\u00e9"}  \r\n',
        b"\r\n",
        b'{"custom_id":"b", "raw": "\xc3\xa9", "custom_id": "c"}\n',
        b'\t{"x": 1e400, "custom_id": "d"}\n',
        b'{"custom_id":"last"}',
    ]
    given_input.write_bytes(b"".join(lines))
    joined = join(given_input)
    assert write_retry(joined, joined.unfinished, retry) == 4
    assert retry.read_bytes() == b"".join(lines[:1] + lines[2:])


def test_the_last_line_may_lack_its_end(given_input: Path, retry: Path, tmp_path: Path) -> None:
    given_input.write_bytes(request("a") + b"\n" + request("b"))
    joined = join(given_input, write(tmp_path / "results", succeeded("a")))
    assert write_retry(joined, [UNANSWERED], retry) == 1
    assert retry.read_bytes() == request("b")


@pytest.mark.parametrize(
    "line",
    [b"nothing", b"{", b"[1]", b'{"method": "POST"}', b'{"custom_id": 7}', b'{"custom_id": null}'],
)
def test_a_line_that_is_no_request_is_never_sent_again(
    given_input: Path, retry: Path, line: bytes
) -> None:
    write_requests(given_input, [request("a"), line, request("b")])
    joined = join(given_input)
    assert states(joined) == [UNANSWERED, NOT_A_REQUEST, UNANSWERED]
    assert NOT_A_REQUEST not in joined.unfinished
    assert write_retry(joined, joined.states, retry) == 2
    assert retry.read_bytes() == request("a") + b"\n" + request("b") + b"\n"


def test_an_id_that_several_requests_have_is_told_and_none_is_lost(
    given_input: Path, retry: Path, tmp_path: Path
) -> None:
    write_requests(
        given_input, [request("a", "1"), request("b"), request("a", "2"), request("a", "3")]
    )
    results = write(tmp_path / "results", refused("a", 429, "slow"), succeeded("a"), succeeded("b"))
    joined = join(given_input, results)
    assert states(joined) == [SUCCEEDED, SUCCEEDED, SLOW, UNANSWERED]
    assert joined.repeated_ids == ("a",)
    assert joined.unknown_ids == 0
    write_retry(joined, joined.unfinished, retry)
    assert retry.read_bytes() == request("a", "2") + b"\n" + request("a", "3") + b"\n"


def test_an_id_that_only_requests_have_twice_is_told(given_input: Path) -> None:
    joined = join(write_requests(given_input, [request("a"), request("b"), request("a")]))
    assert joined.repeated_ids == ("a",)
    assert joined.counts == {UNANSWERED: 3}


def test_an_id_that_several_results_have_is_told(given_input: Path, tmp_path: Path) -> None:
    write_requests(given_input, [request("a"), request("b")])
    output = write(tmp_path / "output", succeeded("b"))
    errors = write(tmp_path / "errors", not_run("a", "batch_expired"), refused("b", 429, "slow"))
    joined = join(given_input, errors, output)
    assert states(joined) == [EXPIRED, SUCCEEDED]
    assert joined.repeated_ids == ("b",)


def test_results_that_belong_to_no_request_are_counted(given_input: Path, tmp_path: Path) -> None:
    write_requests(given_input, [request("a")])
    results = write(tmp_path / "results", succeeded("x"), succeeded("a"), refused("y", 400, "bad"))
    joined = join(given_input, results)
    assert (joined.counts, joined.unknown_ids) == ({SUCCEEDED: 1}, 2)


def test_unreadable_results_answer_nothing(given_input: Path, tmp_path: Path) -> None:
    write_requests(given_input, [request("a"), request("b")])
    results = tmp_path / "results"
    results.write_bytes(b'\n{"custom_id": "a", "resp\nnothing\n{"response": null}\n\xff\n')
    joined = join(given_input, results)
    assert states(joined) == [UNANSWERED, UNANSWERED]
    assert joined.unknown_ids == 0


def test_odd_results_answer_as_far_as_they_go(given_input: Path, tmp_path: Path) -> None:
    write_requests(given_input, map(request, "abcd"))
    odd = succeeded("a")
    odd["response"] = {"status_code": 200, "body": {"usage": "many", "model": 7}}
    text = {"custom_id": "b", "response": {"status_code": 502, "body": "Bad gateway"}}
    nothing = succeeded("c") | {"error": {}}
    number = {"custom_id": "d", "response": {"status_code": 429, "body": {"error": {"code": 0}}}}
    joined = join(given_input, write(tmp_path / "results", odd, text, nothing, number))
    assert states(joined) == [
        SUCCEEDED,
        RequestState(Outcome.FAILED, 502),
        SUCCEEDED,
        RequestState(Outcome.FAILED, 429, "0"),
    ]


def test_more_states_than_can_be_kept_lose_their_codes(given_input: Path, tmp_path: Path) -> None:
    count = MAX_STATES + 100
    write_requests(given_input, (request(str(number)) for number in range(count)))
    results = write(
        tmp_path / "results",
        *(refused(str(number), 400, f"code {number}") for number in range(count)),
    )
    joined = join(given_input, results)
    assert len(joined.states) == MAX_STATES + 1
    assert joined.counts[RequestState(Outcome.FAILED)] == 100
    assert sum(joined.unfinished.values()) == count


@pytest.mark.parametrize(
    "change",
    [
        b"",
        request("a") + b"\n",
        request("a") + b"\n" + request("b") + b"\n" + request("c") + b"\n",
        request("b") + b"\n" + request("a") + b"\n",
    ],
    ids=["emptied", "shorter", "longer", "reordered"],
)
def test_an_input_that_has_changed_since_is_not_retried(
    given_input: Path, retry: Path, tmp_path: Path, change: bytes
) -> None:
    write_requests(given_input, [request("a"), request("b")])
    found = given_input.stat()
    joined = join(given_input, write(tmp_path / "results", succeeded("a")))
    given_input.write_bytes(change)
    os.utime(given_input, ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    with pytest.raises(FilesError, match="has changed"):
        write_retry(joined, joined.unfinished, retry)
    assert not retry.exists()


def test_an_input_that_is_gone_leaves_no_partial_file(given_input: Path, retry: Path) -> None:
    joined = join(write_requests(given_input, [request("a")]))
    given_input.unlink()
    with pytest.raises(FilesError, match="can't be found"):
        write_retry(joined, joined.unfinished, retry)
    assert not retry.exists()


class FullDisk(CancelToken):
    """Fills the disk under a file as soon as it's asked whether to go on."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def check(self) -> None:
        fill_disk_under(lambda opened: opened == self._path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_no_partial_file(
    given_input: Path, retry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_lines, "_LINES_PER_STEP", 1)
    joined = join(write_requests(given_input, map(request, "abc")))
    with pytest.raises(FilesError) as caught:
        write_retry(joined, joined.unfinished, retry, FullDisk(retry))
    assert caught.value.problem.kind is ProblemKind.DISK_FULL
    assert not retry.exists()


def test_a_cancelled_file_is_not_left_half(
    given_input: Path, retry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_lines, "_LINES_PER_STEP", 2)
    joined = join(write_requests(given_input, map(request, "abc")))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_retry(joined, joined.unfinished, retry, token)
    assert not retry.exists()


@pytest.mark.parametrize(
    ("status", "again"), [(400, True), (404, True), (429, False), (500, False), (None, False)]
)
def test_what_the_request_itself_is_to_blame_for_fails_again(
    status: int | None, again: bool
) -> None:
    assert RequestState(Outcome.FAILED, status, "x").will_fail_again is again
    assert not RequestState(Outcome.EXPIRED, status).will_fail_again


def test_no_file_is_overwritten(given_input: Path, retry: Path) -> None:
    joined = join(write_requests(given_input, [request("a")]))
    retry.write_text("mine")
    for taken in (retry, given_input):
        before = taken.read_bytes()
        with pytest.raises(FileExistsError):
            write_retry(joined, joined.unfinished, taken)
        assert taken.read_bytes() == before


def test_lines_that_are_too_long_to_hold_are_copied_whole(
    given_input: Path, tmp_path: Path, retry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_lines, "MAX_LINE_BYTES", 150)
    monkeypatch.setattr(bounded_lines, "_PIECE_BYTES", 70)
    late = b'{"body": {"input": "' + b"z" * 500 + b'"}, "custom_id": "late"}'
    lines = [
        request("a", "y" * 500),
        request("b"),
        b"\xef\xbb\xbf" + request("c") + b" " * 500,
        request("d", '\\"{[' * 100),
        request("x" * 400, "an ID that is cut off is none"),
        late,
    ]
    write_requests(given_input, lines)
    joined = join(given_input, write(tmp_path / "results", succeeded("d")))
    assert states(joined) == [
        *[UNANSWERED] * 3,
        SUCCEEDED,
        NOT_A_REQUEST,
        NOT_A_REQUEST,
    ]
    assert write_retry(joined, joined.unfinished, retry) == 3
    assert retry.read_bytes() == b"".join(line + b"\n" for line in lines[:3])
    found = not_none(joined.finder.find("a"))
    assert (found.number, found.line) == (1, lines[0][:150])


def test_a_long_answer_still_answers_its_request(
    given_input: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_lines, "MAX_LINE_BYTES", 150)
    write_requests(given_input, map(request, "ab"))
    long = succeeded("a")
    long["response"] = {"status_code": 200, "body": {"data": [{"b64_json": "x" * 500}]}}
    cut_before_status = {"custom_id": "b", "note": "x" * 500, "response": {"status_code": 200}}
    joined = join(given_input, write(tmp_path / "results", long, cut_before_status))
    assert states(joined) == [SUCCEEDED, UNANSWERED]
    assert joined.summary.outcomes == {Outcome.SUCCEEDED: 1, Outcome.UNREADABLE: 1}


def test_a_long_line_whose_copying_is_cancelled_leaves_nothing(
    given_input: Path, retry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded_lines, "MAX_LINE_BYTES", 100)
    joined = join(write_requests(given_input, [request("a", "y" * 500)]))
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        write_retry(joined, joined.unfinished, retry, token)
    assert not retry.exists()


def test_the_progress_is_reported_in_steps(
    given_input: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_lines, "_LINES_PER_STEP", 2)
    write_requests(given_input, map(request, "abcde"))
    results = write(tmp_path / "results", *map(succeeded, "abc"))
    steps = list(join_batch(given_input, [results]))
    assert len(steps) == 4
    assert [step.read for step in steps] == sorted(step.read for step in steps)


IDS = st.sampled_from("abcd")
BAD_LINES = st.sampled_from([b"", b"  ", b"nothing", b'{"custom_id": 1}'])


@pytest.mark.slow
@settings(max_examples=300)
@given(
    requests=st.lists(IDS.map(request) | BAD_LINES, max_size=12),
    ends=st.booleans(),
    outcomes=st.lists(
        st.one_of(
            IDS.map(succeeded),
            IDS.map(lambda one: refused(one, 429, "slow")),
            IDS.map(lambda one: not_run(one, "batch_expired")),
            st.just({"odd": 1}),
        ),
        max_size=12,
    ),
    cut=st.integers(0, 12),
)
def test_what_is_kept_and_what_is_retried_add_up_to_the_input(
    tmp_path_factory: pytest.TempPathFactory,
    requests: list[bytes],
    ends: bool,
    outcomes: list[object],
    cut: int,
) -> None:
    folder = tmp_path_factory.mktemp("join")
    content = b"\n".join(requests) + (b"\n" if ends else b"")
    (folder / "input").write_bytes(content)
    output = write(folder / "output", *outcomes[:cut])
    errors = write(folder / "errors", *outcomes[cut:])
    joined = join(folder / "input", output, errors)
    lines = [line for line in content.split(b"\n") if line.strip()]
    assert sum(joined.counts.values()) == len(joined.state_numbers) == len(lines)
    written = write_retry(joined, joined.unfinished, folder / "retry")
    retried = (folder / "retry").read_bytes().split(b"\n")
    retried = [line for line in retried if line]
    kept = joined.counts.get(SUCCEEDED, 0) + joined.counts.get(NOT_A_REQUEST, 0)
    assert kept + written == len(lines)
    assert len(retried) == written
    # Each successful result finishes one request that has its ID, and no more.
    asked = Counter(lines)
    for custom_id in "abcd":
        answers = sum(1 for one in outcomes if one == succeeded(custom_id))
        line = request(custom_id)
        assert Counter(retried)[line] == max(asked[line] - answers, 0)
