from services.transfers.scheduler import Scheduler
from services.transfers.transfer import TransferKind

UP, DOWN, DELETE, *_others = TransferKind


def make_scheduler(limit: int = 1) -> Scheduler:
    return Scheduler(dict.fromkeys(TransferKind, limit))


def start_all(scheduler: Scheduler, kind: TransferKind = UP) -> list[int]:
    """Start and finish all waiting transfers one by one; return their IDs in order."""
    started = []
    while (one := scheduler.start_next(kind)) is not None:
        started.append(one)
        scheduler.finish(kind)
    return started


def test_start_order_is_by_place_then_id() -> None:
    scheduler = make_scheduler()
    for transfer_id, place in [(4, 1.0), (1, 3.0), (3, 2.0), (2, 2.0)]:
        scheduler.add(transfer_id, UP, place)
    assert start_all(scheduler) == [4, 2, 3, 1]


def test_each_kind_has_its_own_limit() -> None:
    scheduler = make_scheduler(2)
    for transfer_id in range(1, 5):
        scheduler.add(transfer_id, UP, transfer_id)
        scheduler.add(10 + transfer_id, DOWN, transfer_id)
    assert [scheduler.start_next(UP) for _ in range(3)] == [1, 2, None]
    assert [scheduler.start_next(DOWN) for _ in range(3)] == [11, 12, None]
    assert scheduler.start_next(DELETE) is None
    scheduler.finish(UP)
    assert [scheduler.start_next(UP), scheduler.start_next(UP)] == [3, None]


def test_moved_transfer_starts_once_at_its_new_place() -> None:
    scheduler = make_scheduler()
    for transfer_id in (1, 2, 3):
        scheduler.add(transfer_id, UP, transfer_id)
    scheduler.add(1, UP, 9.0)
    scheduler.add(3, UP, 0.0)
    assert start_all(scheduler) == [3, 2, 1]


def test_removed_transfer_does_not_start_until_added_again() -> None:
    scheduler = make_scheduler()
    scheduler.add(1, UP, 1.0)
    scheduler.add(2, UP, 2.0)
    scheduler.remove(1)
    scheduler.remove(99)
    assert start_all(scheduler) == [2]
    scheduler.add(1, UP, 1.0)
    scheduler.remove(1)
    scheduler.add(1, UP, 1.0)
    assert start_all(scheduler) == [1]


def test_new_limit_applies_at_once() -> None:
    scheduler = make_scheduler(2)
    for transfer_id in range(1, 7):
        scheduler.add(transfer_id, UP, transfer_id)
    assert [scheduler.start_next(UP), scheduler.start_next(UP)] == [1, 2]
    scheduler.set_limit(UP, 1)
    scheduler.finish(UP)
    assert scheduler.start_next(UP) is None
    scheduler.finish(UP)
    assert [scheduler.start_next(UP), scheduler.start_next(UP)] == [3, None]
    scheduler.set_limit(UP, 3)
    assert [scheduler.start_next(UP) for _ in range(3)] == [4, 5, None]
