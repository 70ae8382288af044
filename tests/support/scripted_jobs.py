"""Stands in for the code that carries out the jobs of a `TransferQueue`; the test decides what happens."""

import queue
import threading
from collections.abc import Callable

from services.transfers.job import Job
from services.transfers.running_transfer import RunningTransfer


def subject(job: Job) -> object:
    """What a job is about; it stays the same object when a retry replaces the job."""
    fields = ("request", "files", "file", "plan")
    return next(getattr(job, field) for field in fields if hasattr(job, field))


class ScriptedJob:
    """One run of a job, on the worker's thread."""

    def __init__(self, account_id: str, job: Job, running: RunningTransfer) -> None:
        self.account_id = account_id
        self.job = job
        self.running = running
        self._steps: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

    def do(self, step: Callable[[], None]) -> None:
        """Run a step on the worker and wait for it; an exception ends the transfer."""
        done = threading.Event()

        def run() -> None:
            try:
                step()
            finally:
                done.set()

        self._steps.put(run)
        assert done.wait(10), "the worker is gone"

    def fail(self, error: BaseException) -> None:
        """End with an exception."""

        def step() -> None:
            raise error

        self.do(step)

    def finish(self) -> None:
        """End successfully."""
        self._steps.put(None)

    def run(self) -> None:
        """Run the steps until one of them, or the cancel token, ends the job."""
        while True:
            try:
                step = self._steps.get(timeout=0.005)
            except queue.Empty:
                self.running.token.check()
                continue
            if step is None:
                return
            step()


class ScriptedJobs:
    """Pass it to a queue as `carry_out`."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self.started: list[ScriptedJob] = []
        """All runs ever started, in order."""
        self.most_at_once = 0
        self.ran_twice_at_once = False
        """Whether a job was ever started while it was already running."""
        self._active: list[Job] = []

    def __call__(self, account_id: str, job: Job, running: RunningTransfer) -> None:
        scripted = ScriptedJob(account_id, job, running)
        with self._condition:
            self.ran_twice_at_once |= any(subject(one) is subject(job) for one in self._active)
            self._active.append(job)
            self.most_at_once = max(self.most_at_once, len(self._active))
            self.started.append(scripted)
            self._condition.notify_all()
        try:
            scripted.run()
        finally:
            with self._condition:
                self._active = [one for one in self._active if one is not job]

    def wait_for(self, count: int) -> list[ScriptedJob]:
        """All runs, as soon as `count` were started."""
        with self._condition:
            reached = self._condition.wait_for(lambda: len(self.started) >= count, 10)
            assert reached, f"{len(self.started)} of {count} were started"
            return list(self.started)

    def wait_for_job(self, job: Job, times: int = 1) -> ScriptedJob:
        """The `times`-th run of this job, or of a later version of it."""
        about = subject(job)
        return self.wait_for_match(lambda scripted: subject(scripted.job) is about, times)

    def wait_for_match(self, where: Callable[[ScriptedJob], bool], times: int = 1) -> ScriptedJob:
        """The `times`-th run for which `where` holds."""

        def found() -> list[ScriptedJob]:
            return [scripted for scripted in self.started if where(scripted)]

        with self._condition:
            assert self._condition.wait_for(lambda: len(found()) >= times, 10), "not started"
            return found()[times - 1]
