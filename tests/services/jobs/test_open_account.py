import threading

from services.jobs.open_account import OpenAccount
from tests.support.events import EventLog
from tests.support.narrowing import now


def test_stopping_cancels_all_work_and_what_begins_later() -> None:
    account = OpenAccount(EventLog(), threading.RLock(), lambda: None)
    before = account.new_token()
    assert not now(before.cancelled)
    account.stop()
    assert before.cancelled
    assert account.new_token().cancelled
