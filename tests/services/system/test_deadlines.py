import time

import pytest

from services.system.deadlines import seconds_until


def test_the_remaining_time_is_never_negative(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "monotonic", lambda: 10.0)
    assert [seconds_until(deadline) for deadline in (12.5, 10.0, 9.0)] == [2.5, 0.0, 0.0]
