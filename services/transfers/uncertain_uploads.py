"""Looks up uploads whose answer was lost, repeatedly and without occupying a worker."""

import logging
from typing import NoReturn

from services.api.exchanges import about, transfer_subject
from services.api.retry import may_retry
from services.problems.errors import FilesError, Problem, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.transfers.bandwidth import Bandwidth
from services.transfers.entry import Entry
from services.transfers.lost_answers import (
    AnswerLost,
    FileFound,
    NotOnServer,
    resent_too_often,
)
from services.transfers.reporter import Reporter
from services.transfers.shared_listings import SharedListings
from services.transfers.transfer import ChangePhase, TransferKind, TransferState
from services.transfers.transfer_runner import CarryOut, TransferRunner
from services.transfers.transfer_store import TransferStore

_log = logging.getLogger(__name__)


class UncertainUploads:
    """Runs the lookups of UNCERTAIN uploads. Thread-safe.

    Any decision of the user about an upload cancels its token, and the result of a lookup that is
    still running is then ignored.
    """

    def __init__(self, store: TransferStore, runner: TransferRunner, carry_out: CarryOut) -> None:
        self._store = store
        self._runner = runner
        self._carry_out = carry_out
        self._token: CancelToken | None = None
        self._closed = False

    def run_due_lookups(self) -> float | None:
        """Run every due lookup on this thread; return the seconds until the next one, or None."""
        now = self._store.now()
        with self._store.lock:
            due = self._store.lookups.due(now)
            sizes = {self._store.entries[one].transfer.total or 0 for one in due}
        listings = SharedListings(sizes)
        for transfer_id in due:
            self._look_up(transfer_id, now, listings)
        with self._store.lock:
            return None if self._closed else self._store.lookups.seconds_left

    def close(self) -> None:
        """Cancel the current lookup and start no more. Hold the store's lock."""
        self._closed = True
        if self._token is not None:
            self._token.cancel()

    def _look_up(self, transfer_id: int, now: float, listings: SharedListings) -> None:
        with self._store.lock:
            if self._closed or not self._store.lookups.begin(transfer_id, now):
                return  # the user has decided in the meantime
            entry = self._store.entries[transfer_id]
            token = self._token = entry.token
            job = entry.job
        try:
            lookup = _Lookup(self._store, entry, now, listings)
            with about(transfer_subject(transfer_id)):
                self._carry_out(entry.transfer.account_id, job, lookup)
        except Cancelled:
            return
        except FileFound:
            self._go_on(entry, token)
        except NotOnServer:
            self._send_again(entry, token)
        except AnswerLost as lost:
            self._keep_uncertain(entry, token, lost.problem, lost.candidates, again=lost.look_again)
        except FilesError as error:
            # The account can't be used: its key is missing, or it was removed.
            self._keep_uncertain(entry, token, error.problem, None, again=may_retry(error))
        except Exception as error:  # noqa: BLE001 - a bug must not end all lookups
            _log.exception("The lookup of an upload failed")
            self._keep_uncertain(entry, token, unexpected(error), None, again=False)
        else:
            with self._store.lock:
                if not token.cancelled:
                    self._runner.end(entry, TransferState.DONE)

    def _go_on(self, entry: Entry, token: CancelToken) -> None:
        with self._store.lock:
            if not token.cancelled:
                self._runner.requeue(entry)
                self._runner.start_ready()

    def _send_again(self, entry: Entry, token: CancelToken) -> None:
        with self._store.lock:
            if token.cancelled:
                return
            job = entry.job.as_resent()
            if job is None:
                self._keep_uncertain(entry, token, resent_too_often(), (), again=False)
                return
            entry.job = job
            self._runner.requeue(entry)
            self._runner.start_ready()

    def _keep_uncertain(
        self,
        entry: Entry,
        token: CancelToken,
        problem: Problem,
        candidates: tuple[str, ...] | None,
        *,
        again: bool,
    ) -> None:
        with self._store.lock:
            if not token.cancelled:
                known = entry.transfer.candidates if candidates is None else candidates
                self._store.change(
                    entry,
                    problem=problem,
                    candidates=known,
                    wait_seconds=self._store.lookups.schedule(entry) if again else None,
                )
                self._store.save_soon([entry])


class _Lookup(Reporter):
    """Reports of a lookup, which never sends anything."""

    def __init__(
        self, store: TransferStore, entry: Entry, now: float, listings: SharedListings
    ) -> None:
        """`now` is a time before the `listings`, in seconds since 1970."""
        super().__init__(store, entry, {kind: Bandwidth() for kind in TransferKind})
        self._now = now
        self._listings = listings

    @property
    def settled(self) -> bool:
        """See RunningTransfer."""
        return self._settled_at(self._now)

    @property
    def listings(self) -> SharedListings:
        """See RunningTransfer."""
        return self._listings

    def start_phase(self, phase: ChangePhase) -> None:
        """See RunningTransfer."""
        if phase is ChangePhase.VERIFYING:
            raise FileFound

    def mark_not_sent(self) -> NoReturn:
        """See RunningTransfer. Ends the lookup, so that the queue can send the upload again."""
        raise NotOnServer
