"""State changes follow the rules."""

import pytest

from services.system.events import Event
from services.transfers.entry import Entry
from services.transfers.jobs import DeleteJob
from services.transfers.transfer import TransferState, TransitionNotAllowed
from services.transfers.transfer_store import TransferStore
from tests.support.factories import remote_file, transfer


def test_forbidden_transition_raises_and_is_not_published() -> None:
    published: list[Event] = []
    store = TransferStore(published.append, lambda: 0.0, lambda: 1_800_000_000.0)
    entry = Entry(DeleteJob(remote_file()), transfer(state=TransferState.DONE))
    with pytest.raises(TransitionNotAllowed):
        store.set_state(entry, TransferState.RUNNING)
    assert entry.transfer.state is TransferState.DONE
    assert published == []
