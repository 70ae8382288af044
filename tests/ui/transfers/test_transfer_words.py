import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from services.problems.errors import ProblemKind
from services.system.sizes import GB, KB, MB, format_size
from services.transfers.transfer import ChangePhase, TransferKind, TransferState
from tests.support.factories import problem, transfer
from tests.support.narrowing import not_none
from ui.transfers.transfer_words import (
    Tone,
    advice_in_words,
    amount_in_words,
    fraction,
    status_in_words,
    tone,
)

_UNITS = {"bytes": 1, "KB": KB, "MB": MB, "GB": GB, "TB": 1000 * GB}


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [
        (116_300_000, 187_000_000, "116 of 187 MB"),
        (63_100_000, 203_500_000, "63 of 203.5 MB"),
        (1_960_000, 4_300_000, "1.9 of 4.3 MB"),
        (0, 12_400, "0 of 12 KB"),
        (5, 310, "5 of 310 bytes"),
        (500_000_000, 1_540_000_000, "0.5 of 1.5 GB"),
        (63_100_000, None, "63.1 MB"),
        (0, 0, "0 bytes"),
    ],
)
def test_amounts_show_the_unit_once(done: int, total: int | None, words: str) -> None:
    assert amount_in_words(done, total) == words


@given(st.integers(-(10**9), 10**15), st.integers(1, 10**14))
def test_an_amount_stays_between_zero_and_the_total(done: int, total: int) -> None:
    found = re.fullmatch(r"([\d.]+) of ([\d.]+) (\w+)", amount_in_words(done, total))
    assert found
    told_done, told_total = float(found[1]), float(found[2])
    assert 0 <= told_done <= told_total
    assert told_total * _UNITS[found[3]] == pytest.approx(total, rel=0.51)


@pytest.mark.parametrize("unit", [KB, MB, GB, 1000 * GB])
@pytest.mark.parametrize("tenths", [22.5, 25, 1_000.5, 9_999.5])
def test_totals_are_rounded_like_other_sizes(unit: int, tenths: float) -> None:
    total = int(tenths * unit / 10)
    total_text = amount_in_words(0, total).split(" of ")[1]
    assert total_text == format_size(total).replace(".0 ", " ")


@given(
    st.sampled_from(TransferState),
    st.sampled_from(TransferKind),
    st.integers(-(10**12), 10**15),
    st.none() | st.integers(-1, 10**14),
)
def test_a_bar_is_never_above_full_or_below_empty(
    state: TransferState, kind: TransferKind, done: int, total: int | None
) -> None:
    part = fraction(transfer(kind, state, done=done, total=total))
    assert part is None or 0.0 <= part <= 1.0


@given(
    st.floats(allow_nan=False, allow_infinity=False, max_value=1e15),
    st.floats(allow_nan=False, allow_infinity=False, max_value=1e12),
)
def test_negative_speeds_and_times_are_hidden(speed: float, left: float) -> None:
    words = status_in_words(transfer(speed=speed, seconds_left=left, total=10, done=1))
    assert "-" not in words


@pytest.mark.parametrize("kind", TransferKind)
def test_a_warning_is_not_shown_as_success(kind: TransferKind) -> None:
    warning = problem("The size differs", kind=ProblemKind.DIFFERS)
    done = transfer(kind, TransferState.DONE, warning=warning)
    assert tone(done) is Tone.UNSURE
    assert "The size differs" in status_in_words(done)
    assert tone(transfer(kind, TransferState.DONE)) is Tone.GOOD


@pytest.mark.parametrize("kind", [ProblemKind.DISK_FULL, ProblemKind.FOLDER_MISSING])
def test_waiting_for_a_disk_is_highlighted(kind: ProblemKind) -> None:
    paused = transfer(state=TransferState.PAUSED, problem=problem(kind=kind))
    assert tone(paused) is Tone.UNSURE


def test_a_missing_folder_is_shown_with_advice() -> None:
    gone = problem("It is gone", kind=ProblemKind.FOLDER_MISSING, advice="Plug it in.")
    words = status_in_words(transfer(state=TransferState.PAUSED, problem=gone))
    assert words == "Paused · It is gone · Plug it in"


def test_a_running_transfer_shows_amount_speed_and_time() -> None:
    shown = transfer(total=187_000_000, done=116_300_000, speed=21.4e6, seconds_left=3.2)
    assert status_in_words(shown) == "116 of 187 MB · 21.4 MB/s · 3 s left"


def test_unknown_values_are_hidden() -> None:
    assert status_in_words(transfer(total=None, done=2_000_000)) == "2.0 MB"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TransferState.QUEUED, "Waiting in the queue · 1.0 MB"),
        (TransferState.CONFIRMING, "Sent · waiting for the server"),
        (TransferState.PAUSED, "Paused · 0.5 of 1 MB"),
        (TransferState.DONE, "Done · batch"),
        (TransferState.CANCELLED, "Canceled"),
        (
            TransferState.UNCERTAIN,
            "May already be on the server · won't be sent again automatically",
        ),
    ],
)
def test_each_state_of_an_upload_has_its_text(state: TransferState, words: str) -> None:
    assert status_in_words(transfer(state=state, done=500_000)) == words


@pytest.mark.parametrize(
    "state", [TransferState.RUNNING, TransferState.CONFIRMING, TransferState.DONE]
)
def test_an_upload_shows_its_expiry(state: TransferState) -> None:
    with_expiry = status_in_words(transfer(state=state, expires_after=86_400))
    assert with_expiry == f"{status_in_words(transfer(state=state))} · expires after 1 day"


def test_every_state_of_every_kind_has_a_text() -> None:
    for kind in TransferKind:
        for state in TransferState:
            assert status_in_words(transfer(kind, state))


def test_a_clean_up_counts_files() -> None:
    words = status_in_words(
        transfer(TransferKind.CLEAN_UP, done=120, total=214, speed=3.0, seconds_left=30.0)
    )
    assert words == "120 of 214 files · 30 s left"
    paused = transfer(TransferKind.CLEAN_UP, TransferState.PAUSED, done=120, total=214)
    assert status_in_words(paused) == "Paused · 120 of 214 files"


def test_a_finished_download_names_its_folder() -> None:
    done = transfer(TransferKind.DOWNLOAD, TransferState.DONE, path=Path("/home/a/Downloads/x.txt"))
    assert status_in_words(done) == "Done · Downloads"


def test_waiting_shows_how_long_and_why() -> None:
    waiting = transfer(
        state=TransferState.WAITING, wait_seconds=4.2, problem=problem("The server is busy")
    )
    assert status_in_words(waiting) == "Trying again in 4 s · The server is busy"


def test_a_failure_shows_its_title_and_explains_with_its_advice() -> None:
    failed = transfer(
        state=TransferState.FAILED, problem=problem("The key was refused", advice="Check it.")
    )
    assert status_in_words(failed) == "The key was refused"
    assert advice_in_words(failed) == "The key was refused. Check it."
    assert tone(failed) is Tone.BAD


@pytest.mark.parametrize("state", [TransferState.FAILED, TransferState.WAITING])
def test_the_row_shows_the_servers_message(state: TransferState) -> None:
    message = "purpose: Input should be 'assistants'"
    refused = problem("The server refused the request", detail=f"{message}\n", status=422)
    assert message in status_in_words(transfer(state=state, problem=refused))
    assert message in advice_in_words(transfer(state=state, problem=refused))
    local = problem("The disk is full", detail="[Errno 28]")
    assert "Errno" not in status_in_words(transfer(state=state, problem=local))


def test_an_uncertain_upload_is_explained_without_promises() -> None:
    unsure = transfer(state=TransferState.UNCERTAIN, problem=problem("The answer was lost"))
    assert advice_in_words(unsure).startswith("The answer was lost. Everything was sent")
    assert tone(unsure) is Tone.UNSURE


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (38.4, "Answer lost · checking the server again in 38 s"),
        (0.2, "Answer lost · checking the server again in 1 s"),
        (-1.0, "Answer lost · checking the server"),
        (None, "Answer lost · checking the server again in 60 s"),
    ],
)
def test_an_uncertain_upload_counts_down_to_the_next_check(left: float | None, words: str) -> None:
    unsure = transfer(state=TransferState.UNCERTAIN, wait_seconds=60.0)
    assert status_in_words(unsure, left) == words
    assert advice_in_words(unsure) != advice_in_words(transfer(state=TransferState.UNCERTAIN))


@pytest.mark.parametrize("candidates", [("file-a",), ("file-a", "file-b")])
def test_a_choice_for_the_user_is_shown_in_the_row(candidates: tuple[str, ...]) -> None:
    unsure = transfer(state=TransferState.UNCERTAIN, wait_seconds=60.0, candidates=candidates)
    assert "choose" in status_in_words(unsure, 5.0)
    assert "choose" in advice_in_words(unsure)


def test_a_download_of_unknown_size_has_no_fraction() -> None:
    assert fraction(transfer(total=None, done=5)) is None
    assert fraction(transfer(total=None, state=TransferState.QUEUED)) == 0.0


def test_waiting_shows_the_remaining_time() -> None:
    waiting = transfer(state=TransferState.WAITING, wait_seconds=9.0)
    assert status_in_words(waiting, 3.2) == "Trying again in 3 s"
    assert status_in_words(waiting, 0.2) == "Trying again in 1 s"
    assert status_in_words(waiting, -0.1) == "Trying again"


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        (ProblemKind.INTERRUPTED, Tone.CALM),
        (ProblemKind.DISK_FULL, Tone.UNSURE),
        (ProblemKind.DISK_FAILED, Tone.UNSURE),
    ],
)
def test_an_automatic_pause_shows_the_reason(kind: ProblemKind, meant: Tone) -> None:
    paused = transfer(state=TransferState.PAUSED, problem=problem("The reason", kind=kind))
    assert status_in_words(paused) == "Paused · The reason"
    assert tone(paused) is meant


def test_a_paused_delete_has_no_bytes() -> None:
    paused = transfer(TransferKind.DELETE, TransferState.PAUSED, total=None)
    assert status_in_words(paused) == "Paused"


@pytest.mark.parametrize(
    ("kind", "status"), [(ProblemKind.RATE_LIMITED, 429), (ProblemKind.SERVER_FAILED, 503)]
)
def test_a_wait_that_is_too_long_is_shown(kind: ProblemKind, status: int) -> None:
    failed = transfer(
        state=TransferState.FAILED,
        problem=problem(
            "Too many requests",
            kind=kind,
            status=status,
            advice="The server asks for a wait of 10 minutes.",
        ),
    )
    words = "Too many requests · The server asks for a wait of 10 minutes"
    assert status_in_words(failed) == words
    limited = structs.replace(
        failed, problem=replace(not_none(failed.problem), detail="Limit 100/min")
    )
    assert status_in_words(limited) == f"{words} · Limit 100/min"


@pytest.mark.parametrize(
    "state", [state for state in TransferState if state is not TransferState.RUNNING]
)
def test_speed_and_time_show_only_while_running(state: TransferState) -> None:
    words = status_in_words(transfer(state=state, speed=21.4e6, seconds_left=3.0))
    assert "/s" not in words
    assert "left" not in words


def test_a_pause_that_starts_over_says_so_even_with_a_reason() -> None:
    lost = transfer(state=TransferState.PAUSED, starts_over=True)
    paused = transfer(state=TransferState.PAUSED)
    full = transfer(
        state=TransferState.PAUSED, starts_over=True, problem=problem("The disk is full")
    )
    assert "starts over" in status_in_words(lost)
    assert "starts over" not in status_in_words(paused)
    assert "The disk is full" in status_in_words(full)
    assert "starts over" in status_in_words(full)


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (ChangePhase.GETTING, "Getting the content · 2.0 of 12 MB"),
        (ChangePhase.CHECKING, "Checking · 2.0 of 12 MB"),
        (ChangePhase.UPLOADING, "Uploading · 2.0 of 12 MB"),
        (ChangePhase.VERIFYING, "Verifying the new file · 2.0 of 12 MB"),
    ],
)
def test_a_change_says_what_it_does_now(phase: ChangePhase, words: str) -> None:
    changing = transfer(TransferKind.CHANGE, phase=phase, done=2 * MB, total=12 * MB)
    assert status_in_words(changing) == words


def test_a_change_ends_with_its_new_file() -> None:
    changed = transfer(TransferKind.CHANGE, TransferState.DONE, file_id="file-new")
    assert status_in_words(changed) == "Verified · file-new · batch"
    stopped = transfer(TransferKind.CHANGE, TransferState.CANCELLED, file_id="file-new")
    assert status_in_words(stopped) == "Canceled · the new file isn't verified · file-new"
    assert status_in_words(transfer(TransferKind.CHANGE, TransferState.CANCELLED)) == "Canceled"
