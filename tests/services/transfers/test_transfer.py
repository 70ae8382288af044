import itertools

import pytest

from services.transfers.transfer import TransferState, TransitionNotAllowed, check_transition
from tests.support.factories import transfer

ALLOWED = {
    "QUEUED": "RUNNING PAUSED CANCELLED",
    "RUNNING": "CONFIRMING WAITING PAUSED DONE FAILED UNCERTAIN CANCELLED",
    "CONFIRMING": "RUNNING WAITING DONE FAILED UNCERTAIN",
    "WAITING": "RUNNING PAUSED CANCELLED",
    "PAUSED": "QUEUED CANCELLED",
    "FAILED": "QUEUED",
    "CANCELLED": "QUEUED",
    "UNCERTAIN": "DONE QUEUED",
    "DONE": "",
}


@pytest.mark.parametrize(
    ("old", "new"), list(itertools.product(TransferState, repeat=2)), ids=lambda state: state.name
)
def test_only_listed_transitions_are_allowed(old: TransferState, new: TransferState) -> None:
    if new.name in ALLOWED[old.name].split():
        check_transition(old, new)
    else:
        with pytest.raises(TransitionNotAllowed, match=f"^{old.value} → {new.value}$"):
            check_transition(old, new)


@pytest.mark.parametrize(
    ("state", "cancel", "retry", "attention"),
    [
        ("QUEUED", True, False, False),
        ("RUNNING", True, False, False),
        ("CONFIRMING", True, False, False),
        ("WAITING", True, False, False),
        ("PAUSED", True, False, False),
        ("DONE", False, False, False),
        ("FAILED", False, True, True),
        ("UNCERTAIN", False, True, True),
        ("CANCELLED", False, True, False),
    ],
)
def test_state_decides_the_available_actions(
    state: str, cancel: bool, retry: bool, attention: bool
) -> None:
    snapshot = transfer(state=TransferState[state])
    offered = (snapshot.can_cancel, snapshot.can_retry, snapshot.needs_attention)
    assert offered == (cancel, retry, attention)


@pytest.mark.parametrize("state", TransferState, ids=lambda state: state.name)
def test_retryable_states_can_be_queued(state: TransferState) -> None:
    if transfer(state=state).can_retry:
        check_transition(state, TransferState.QUEUED)
