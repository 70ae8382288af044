"""The states of transfers: every change goes by the rules."""

import pytest

from services.system.events import Event
from services.transfers.entry import Entry
from services.transfers.jobs import DeleteJob
from services.transfers.transfer import MoveNotAllowed, TransferState
from services.transfers.transfer_store import TransferStore
from tests.support.factories import remote_file, transfer


def test_a_state_that_may_not_follow_is_refused_and_told_to_nobody() -> None:
    told: list[Event] = []
    store = TransferStore(told.append, lambda: 0.0, lambda: 1_800_000_000.0)
    entry = Entry(DeleteJob(remote_file()), transfer(state=TransferState.DONE))
    with pytest.raises(MoveNotAllowed):
        store.move(entry, TransferState.RUNNING)
    assert entry.transfer.state is TransferState.DONE
    assert told == []
