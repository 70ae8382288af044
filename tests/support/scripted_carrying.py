"""Stands where a `TransferQueue` has its orders carried out, and does what the test says."""

import queue
import threading
from collections.abc import Callable

from services.transfers.job import Job
from services.transfers.running_transfer import RunningTransfer


def subject(order: Job) -> object:
    """What an order is about; stays the same object when the order is changed for a retry."""
    fields = ("request", "files", "file")
    return next(getattr(order, field) for field in fields if hasattr(order, field))


class Carried:
    """One order being carried out, on the worker's thread."""

    def __init__(self, account_id: str, order: Job, running: RunningTransfer) -> None:
        self.account_id = account_id
        self.order = order
        self.running = running
        self._steps: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def do(self, step: Callable[[], None]) -> None:
        """Have the worker do this, and return when it has; errors end the transfer."""
        done = threading.Event()

        def job() -> None:
            try:
                step()
            finally:
                done.set()

        self._steps.put(job)
        assert done.wait(10), "the worker is not there any more"

    def fail(self, error: BaseException) -> None:
        """End with an exception."""

        def job() -> None:
            raise error

        self.do(job)

    def finish(self) -> None:
        """End well."""
        self._steps.put(None)

    def work(self) -> None:
        """Do the steps until one of them, or the token, ends it."""
        while True:
            try:
                step = self._steps.get(timeout=0.005)
            except queue.Empty:
                self.running.token.check()
                continue
            if step is None:
                return
            step()


class ScriptedCarrying:
    """Give it to a queue as `carry_out`."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.begun: list[Carried] = []
        """All that was ever begun, in order."""
        self.most_at_once = 0
        self.twice_at_once = False
        """Whether an order was ever begun while it was being carried out."""
        self._active: list[Job] = []
        self._now = 0

    def __call__(self, account_id: str, order: Job, running: RunningTransfer) -> None:
        carried = Carried(account_id, order, running)
        with self._condition:
            self.twice_at_once |= any(subject(one) is subject(order) for one in self._active)
            self._active.append(order)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            self.begun.append(carried)
            self._condition.notify_all()
        try:
            carried.work()
        finally:
            with self._condition:
                self._active = [one for one in self._active if one is not order]
                self._now -= 1

    def wait_for(self, count: int) -> list[Carried]:
        """All that was begun, as soon as there are so many."""
        with self._condition:
            came = self._condition.wait_for(lambda: len(self.begun) >= count, 10)
            assert came, f"{len(self.begun)} of {count} were begun"
            return list(self.begun)

    def wait_for_order(self, order: Job, times: int = 1) -> Carried:
        """What carries this order, or a later version of it, out for the `times`-th time."""

        about = subject(order)
        return self.wait_for_one(lambda carried: subject(carried.order) is about, times)

    def wait_for_one(self, where: Callable[[Carried], bool], times: int = 1) -> Carried:
        """The `times`-th that is like this."""

        def found() -> list[Carried]:
            return [carried for carried in self.begun if where(carried)]

        with self._condition:
            assert self._condition.wait_for(lambda: len(found()) >= times, 10), "not begun"
            return found()[times - 1]
