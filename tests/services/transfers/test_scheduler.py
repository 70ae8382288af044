from services.transfers.scheduler import Scheduler
from services.transfers.transfer import TransferKind

UP, DOWN, DELETE = TransferKind


def turns(number: int = 1) -> Scheduler:
    return Scheduler(dict.fromkeys(TransferKind, number))


def all_next(line: Scheduler, kind: TransferKind = UP) -> list[int]:
    """Everybody whose turn it is, one after the other, each ending before the next."""
    found = []
    while (one := line.start_next(kind)) is not None:
        found.append(one)
        line.finish(kind)
    return found


def test_the_smaller_place_goes_first_and_the_older_of_the_same_place() -> None:
    line = turns()
    for transfer_id, place in [(4, 1.0), (1, 3.0), (3, 2.0), (2, 2.0)]:
        line.add(transfer_id, UP, place)
    assert all_next(line) == [4, 2, 3, 1]


def test_only_so_many_of_a_kind_run_and_kinds_do_not_wait_for_each_other() -> None:
    line = turns(2)
    for transfer_id in range(1, 5):
        line.add(transfer_id, UP, transfer_id)
        line.add(10 + transfer_id, DOWN, transfer_id)
    assert [line.start_next(UP) for _ in range(3)] == [1, 2, None]
    assert [line.start_next(DOWN) for _ in range(3)] == [11, 12, None]
    assert line.start_next(DELETE) is None
    line.finish(UP)
    assert [line.start_next(UP), line.start_next(UP)] == [3, None]


def test_whoever_moves_in_the_line_has_one_turn_at_the_new_place() -> None:
    line = turns()
    for transfer_id in (1, 2, 3):
        line.add(transfer_id, UP, transfer_id)
    line.add(1, UP, 9.0)
    line.add(3, UP, 0.0)
    assert all_next(line) == [3, 2, 1]


def test_whoever_leaves_has_no_turn_and_may_come_back() -> None:
    line = turns()
    line.add(1, UP, 1.0)
    line.add(2, UP, 2.0)
    line.remove(1)
    line.remove(99)
    assert all_next(line) == [2]
    line.add(1, UP, 1.0)
    line.remove(1)
    line.add(1, UP, 1.0)
    assert all_next(line) == [1]


def test_the_limit_holds_from_when_it_is_set() -> None:
    line = turns(2)
    for transfer_id in range(1, 7):
        line.add(transfer_id, UP, transfer_id)
    assert [line.start_next(UP), line.start_next(UP)] == [1, 2]
    line.set_limit(UP, 1)
    line.finish(UP)
    assert line.start_next(UP) is None
    line.finish(UP)
    assert [line.start_next(UP), line.start_next(UP)] == [3, None]
    line.set_limit(UP, 3)
    assert [line.start_next(UP) for _ in range(3)] == [4, 5, None]
