import os
import sys
import threading

import pytest

from services.system.thread_priority import lower_priority

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux priorities")


def niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_lowering_a_threads_priority_does_not_affect_others() -> None:
    before = niceness()
    seen = []

    def work() -> None:
        lower_priority()
        seen.append(niceness())
        lower_priority()
        seen.append(niceness())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [max(before, 10)] * 2
    assert niceness() == before
