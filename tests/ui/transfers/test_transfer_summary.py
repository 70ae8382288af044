import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.transfers.transfer import ChangePhase, Transfer, TransferKind, TransferState
from tests.support.factories import problem, transfer
from ui.transfers.transfer_summary import TransferCounter, TransferSummary, summary_in_words


def test_the_summary_names_only_nonzero_counts() -> None:
    assert summary_in_words(TransferSummary()) == ""
    assert summary_in_words(TransferSummary(running=3, waiting=41, needs_attention=1)) == (
        "3 running · 41 waiting · 1 needs attention"
    )
    assert summary_in_words(TransferSummary(needs_attention=2, done=4)) == "2 need attention"
    assert summary_in_words(TransferSummary(running=1, paused=2)) == "1 running · 2 paused"
    assert summary_in_words(TransferSummary(done=12)) == "12 done"


def test_warnings_are_counted_until_their_rows_are_removed() -> None:
    counter = TransferCounter()
    odd = transfer(state=TransferState.DONE, warning=problem())
    counter.change(None, odd)
    counter.change(None, transfer(state=TransferState.DONE))
    assert (counter.summary.done, counter.summary.warned) == (2, 1)
    assert "1" in summary_in_words(TransferSummary(done=2, warned=1)).replace("2", "")
    counter.change(odd, None)
    assert counter.summary.warned == 0


def test_the_summary_shows_progress() -> None:
    assert summary_in_words(TransferSummary(running=1, fraction=0.429)) == "1 running · 42%"
    assert summary_in_words(TransferSummary(running=1, fraction=0.9999)) == "1 running · 99%"
    assert summary_in_words(TransferSummary(running=1, fraction=1.0)) == "1 running · 99%"
    assert summary_in_words(TransferSummary(waiting=1, fraction=0.5)) == "1 waiting · 50%"
    assert summary_in_words(TransferSummary(paused=1, fraction=0.5)) == "1 paused"


def test_transfers_between_attempts_count_as_waiting() -> None:
    counter = counted(
        transfer(),
        transfer(state=TransferState.CONFIRMING),
        transfer(state=TransferState.WAITING),
        transfer(state=TransferState.QUEUED),
    )
    assert (counter.summary.running, counter.summary.waiting) == (2, 2)
    assert counter.summary.pausable == 3


@pytest.mark.parametrize("kind", [TransferKind.CHANGE, TransferKind.COPY])
def test_a_change_or_copy_counts_with_all_its_phases_and_never_falls_back(
    kind: TransferKind,
) -> None:
    counter = TransferCounter()
    before = transfer(kind, TransferState.QUEUED, total=1000)
    counter.change(None, before)
    seen = [counter.summary.fraction]
    for phase in ChangePhase:
        for done in (0, 500, 1000):
            after = replace(before, state=TransferState.RUNNING, phase=phase, done=done)
            counter.change(before, after)
            before = after
            seen.append(counter.summary.fraction)
    assert seen == [0, 0, 0.125, 0.25, 0.25, 0.375, 0.5, 0.5, 0.625, 0.75, 0.75, 0.875, 1.0]
    counter.change(None, transfer(state=TransferState.RUNNING, total=1000, done=0))
    assert counter.summary.fraction == 0.5


def test_speeds_are_summed_by_direction_and_only_while_running() -> None:
    counter = TransferCounter()
    counter.change(None, transfer(speed=2e6))
    counter.change(None, transfer(speed=3e6))
    counter.change(None, transfer(TransferKind.DOWNLOAD, speed=7e6))
    counter.change(None, transfer(state=TransferState.WAITING, speed=9e6))
    assert counter.summary.upload_speed == 5_000_000
    assert counter.summary.download_speed == 7_000_000
    assert counter.summary.running == 3


_transfers = st.builds(
    lambda kind, state, speed: transfer(kind, state, speed=speed),
    st.sampled_from(TransferKind),
    st.sampled_from(TransferState),
    st.none() | st.floats(0, 1e10),
)


@given(st.lists(_transfers))
def test_removing_everything_leaves_zero(transfers: list[Transfer]) -> None:
    counter = TransferCounter()
    for one in transfers:
        counter.change(None, one)
    for one in transfers:
        counter.change(one, None)
    assert counter.summary == TransferSummary()


def counted(*transfers: Transfer) -> TransferCounter:
    counter = TransferCounter()
    for one in transfers:
        counter.change(None, one)
    return counter


def test_the_fraction_covers_all_bytes_to_move() -> None:
    counter = counted(
        transfer(total=300, done=100),
        transfer(TransferKind.DOWNLOAD, TransferState.WAITING, total=100, done=100),
        transfer(state=TransferState.QUEUED, total=400),
        transfer(state=TransferState.PAUSED, total=9_000, done=8_000),
        transfer(state=TransferState.FAILED, total=9_000, done=8_000),
        transfer(TransferKind.DELETE, total=None),
    )
    assert counter.summary.fraction == pytest.approx(0.25)


def test_there_is_no_fraction_without_work_or_with_an_unknown_total() -> None:
    assert counted().summary.fraction is None
    assert counted(transfer(state=TransferState.PAUSED)).summary.fraction is None
    assert counted(transfer(state=TransferState.DONE, done=1_000_000)).summary.fraction is None
    assert counted(transfer(), transfer(total=None)).summary.fraction is None
    assert counted(transfer(TransferKind.DELETE, total=None)).summary.fraction is None
    assert counted(transfer(total=0)).summary.fraction is None


def test_the_fraction_does_not_drop_as_transfers_end() -> None:
    one, two = transfer(total=100, done=90), transfer(total=100, done=20)
    counter = counted(one, two)
    shown = [counter.summary.fraction]
    for before, after in (
        (one, replace(one, state=TransferState.DONE, done=100)),
        (two, replace(two, done=60)),
    ):
        counter.change(before, after)
        shown.append(counter.summary.fraction)
    assert shown == pytest.approx([0.55, 0.6, 0.8])
    counter.change(replace(two, done=60), replace(two, state=TransferState.DONE, done=100))
    assert counter.summary.fraction is None
    counter.change(None, transfer(total=100))
    assert counter.summary.fraction == 0.0


_ENDS = [
    TransferState.DONE,
    TransferState.FAILED,
    TransferState.CANCELLED,
    TransferState.PAUSED,
]


@given(
    st.lists(st.tuples(st.integers(1, 10**12), st.floats(0, 1), st.sampled_from(_ENDS)), min_size=1)
)
def test_the_fraction_never_drops_whatever_happens_to_a_batch(
    batch: list[tuple[int, float, TransferState]],
) -> None:
    queued = [transfer(state=TransferState.QUEUED, total=total) for total, _part, _end in batch]
    counter = counted(*queued)
    highest = 0.0
    for before, (total, part, end) in zip(queued, batch, strict=True):
        done = int(total * part)
        running = replace(before, state=TransferState.RUNNING, done=done)
        ended = replace(running, state=end, done=total if end is TransferState.DONE else done)
        for old, new in ((before, running), (running, ended)):
            counter.change(old, new)
            now = counter.summary.fraction
            if now is not None:
                assert highest - 1e-9 <= now <= 1.0
                highest = now
    assert counter.summary.fraction is None
