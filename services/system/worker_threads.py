"""A small pool of daemon threads with a queue.

The threads are daemons because a host name lookup or a keyring prompt can hang forever, and must
not keep the program from quitting; the standard library's pool waits for its threads at exit.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable

from services.system.deadlines import seconds_until

_log = logging.getLogger(__name__)

_STOP = None


class WorkerThreads:
    """Runs jobs in order, up to `count` at once. Threads start when first needed."""

    def __init__(self, name: str, count: int) -> None:
        self._name = name
        self._count = count
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        # Both change together, under the lock. Otherwise, a thread that has just taken a job would
        # still count as idle.
        self._idle = 0
        self._waiting = 0
        self._stopped = False

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` on one of the threads; ignored after `stop`."""
        with self._lock:
            if self._stopped:
                return
            self._jobs.put(job)
            self._waiting += 1
            if self._waiting > self._idle and len(self._threads) < self._count:
                thread = threading.Thread(
                    target=self._work, name=f"{self._name}-{len(self._threads) + 1}", daemon=True
                )
                self._threads.append(thread)
                self._idle += 1
                thread.start()

    def stop(self) -> None:
        """Accept no more jobs; threads end when all queued jobs are done."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            for _thread in self._threads:
                self._jobs.put(_STOP)

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(seconds_until(deadline))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            if job is _STOP:
                return
            with self._lock:
                self._idle -= 1
                self._waiting -= 1
            try:
                job()
            except Exception:  # noqa: BLE001 - a job's bug must not end the thread
                _log.exception("A job on %s failed", threading.current_thread().name)
            with self._lock:
                self._idle += 1
