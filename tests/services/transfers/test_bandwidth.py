import pytest

from services.system.cancellation import Cancelled
from services.transfers.bandwidth import Bandwidth
from tests.support.manual_clock import ManualClock, ManualToken


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_nothing_waits_without_a_limit(clock: ManualClock) -> None:
    token, bandwidth = clock.token(), Bandwidth(clock)
    for limit in (None, 0, None):
        bandwidth.set_limit(limit)
        bandwidth.consume(10**12, token)
    assert token.pauses == []


@pytest.mark.parametrize("piece", [1, 1000, 65536, 256 * 1024])
def test_average_speed_equals_the_limit(clock: ManualClock, piece: int) -> None:
    bandwidth = Bandwidth(clock)
    bandwidth.set_limit(100_000)
    number = 4_000_000 // piece if piece > 1 else 4000
    for _ in range(number):
        bandwidth.consume(piece, clock.token())
    # Nothing waits after the last piece.
    assert clock.now - 1000 == pytest.approx((number - 1) * piece / 100_000)


def test_all_threads_share_one_limit(clock: ManualClock) -> None:
    bandwidth = Bandwidth(clock)
    bandwidth.set_limit(1000)
    for _ in range(5):
        for _each in range(4):
            bandwidth.consume(500, clock.token())
    assert clock.now - 1000 == pytest.approx(19 * 0.5)


def test_idle_time_earns_no_extra_bytes(clock: ManualClock) -> None:
    bandwidth, token = Bandwidth(clock), clock.token()
    bandwidth.set_limit(1000)
    bandwidth.consume(1000, token)
    clock.now += 3600
    bandwidth.consume(5000, token)
    assert token.pauses == []
    bandwidth.consume(1, token)
    assert sum(token.pauses) == pytest.approx(5)


def test_cancel_ends_the_wait(clock: ManualClock) -> None:
    bandwidth, token = Bandwidth(clock), clock.token()
    bandwidth.set_limit(1)
    bandwidth.consume(1_000_000, token)
    token.cancel_at = clock.now + 3
    with pytest.raises(Cancelled):
        bandwidth.consume(1, token)
    assert clock.now == 1003


class ChangingToken(ManualToken):
    """Sets another limit during its third pause."""

    bandwidth: Bandwidth
    limit: int | None

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        if len(self.pauses) == 3:
            self.bandwidth.set_limit(self.limit)


@pytest.mark.parametrize("limit", [None, 1_000_000])
def test_a_new_limit_applies_to_current_waiters(clock: ManualClock, limit: int | None) -> None:
    token = ChangingToken(clock)
    token.bandwidth, token.limit = Bandwidth(clock), limit
    token.bandwidth.set_limit(1)
    token.bandwidth.consume(1_000_000, token)
    token.bandwidth.consume(1_000_000, token)
    assert clock.now - 1000 < 5


def test_a_new_limit_drops_the_wait_owed_under_the_old_one(clock: ManualClock) -> None:
    bandwidth, token = Bandwidth(clock), clock.token()
    bandwidth.set_limit(1)
    bandwidth.consume(1_000_000, token)
    bandwidth.set_limit(1000)
    bandwidth.consume(1, token)
    assert token.pauses == []
