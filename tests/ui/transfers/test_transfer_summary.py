from hypothesis import given
from hypothesis import strategies as st

from services.transfers.transfer import TransferKind, TransferState
from tests.support.making import transfer
from ui.transfers.transfer_summary import TransferCounter, TransferSummary, summary_in_words


def test_the_sums_name_only_what_there_is() -> None:
    assert summary_in_words(TransferSummary()) == ""
    assert summary_in_words(TransferSummary(running=3, waiting=41, needs_attention=1)) == (
        "3 running · 41 waiting · 1 needs attention"
    )
    assert summary_in_words(TransferSummary(needs_attention=2, done=4)) == "2 need attention"
    assert summary_in_words(TransferSummary(done=12)) == "12 done"


def test_speeds_are_added_up_by_direction_and_only_while_running() -> None:
    counter = TransferCounter()
    counter.add(transfer(speed=2e6))
    counter.add(transfer(speed=3e6))
    counter.add(transfer(TransferKind.DOWNLOAD, speed=7e6))
    counter.add(transfer(state=TransferState.WAITING, speed=9e6))
    assert counter.summary.upload_speed == 5_000_000
    assert counter.summary.download_speed == 7_000_000
    assert counter.summary.running == 4


_transfers = st.builds(
    lambda kind, state, speed: transfer(kind, state, speed=speed),
    st.sampled_from(TransferKind),
    st.sampled_from(TransferState),
    st.none() | st.floats(0, 1e10),
)


@given(st.lists(_transfers))
def test_taking_all_away_leaves_nothing(transfers: list) -> None:
    counter = TransferCounter()
    for one in transfers:
        counter.add(one)
    for one in transfers:
        counter.remove(one)
    assert counter.summary == TransferSummary()
