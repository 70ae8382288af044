"""Lookups of lost uploads while the user decides and other uploads end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import structs

from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled
from services.transfers.events import TransferChanged, TransfersCleared
from services.transfers.job import Job
from services.transfers.jobs import (
    DownloadJob,
    UploadJob,
)
from services.transfers.journal import Journal, JournalRow
from services.transfers.lost_answers import FIRST_PAUSE, AnswerLost, NotOnServer
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferState
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.factories import local_file, problem, remote_file, upload_request
from tests.support.manual_clock import ManualClock
from tests.support.waiting import wait_for

State = TransferState
Step = Callable[[UploadJob, RunningTransfer], None]
NOTHING_YET = AnswerLost(problem())


def lose(_job: UploadJob, _running: RunningTransfer) -> None:
    raise NOTHING_YET


class Uploads:
    """A queue with scripted uploads and lookups."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.events = EventLog()
        self.clock = ManualClock(1_800_000_000.0)
        self.sending: Step = lose
        self.looking: Step = lose
        self.lookups = 0
        self.queue = TransferQueue(self.events, self._carry_out, wall_clock=self.clock)
        if journal is not None:
            self.queue.restore(journal)

    def _carry_out(self, _account_id: str, job: Job, running: RunningTransfer) -> None:
        assert isinstance(job, UploadJob)
        if job.may_be_on_server:
            self.lookups += 1
            self.looking(job, running)
        else:
            self.sending(job, running)

    def add(self, name: str = "a", account_id: str = "acme") -> int:
        """Add an upload and wait until its answer is lost."""
        before = set(self.all)
        self.queue.add(account_id, [UploadJob(upload_request(local_file(name=name)))])
        [added] = set(self.all) - before
        self.wait_until(added, State.UNCERTAIN)
        return added

    def wait_until(self, transfer_id: int, state: State) -> None:
        wait_for(lambda: self.all[transfer_id].state is state, state.name)

    def look_up_after(self, seconds: float) -> float | None:
        self.clock.now += seconds
        return self.queue.run_due_lookups()

    @property
    def all(self) -> dict[int, Transfer]:
        """The last snapshot of each transfer."""
        events = self.events.all(TransferChanged)
        return {event.transfer.id: event.transfer for event in events}

    def close(self) -> None:
        self.queue.close()
        assert self.queue.join(time.monotonic() + 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite"


@pytest.fixture
def uploads(path: Path) -> Iterator[Uploads]:
    uploads = Uploads(Journal(path))
    yield uploads
    uploads.close()


def saved_transfers(uploads: Uploads, path: Path) -> dict[int, Transfer]:
    uploads.close()
    journal = Journal(path)
    rows = journal.rows()
    journal.close()
    return {row.transfer.id: row.transfer for row in rows}


# The user decides during a lookup

ENDINGS = [AnswerLost(problem(), ("file-x",)), NotOnServer(), FilesError(problem()), None]


@pytest.mark.parametrize("ending", ENDINGS, ids=repr)
@pytest.mark.parametrize("decision", ["adopt", "retry", "send again", "forget"])
def test_user_decision_during_a_lookup_stands(
    uploads: Uploads, decision: str, ending: Exception | None
) -> None:
    transfer_id = uploads.add()
    queue = uploads.queue

    def succeed(_job: UploadJob, _running: RunningTransfer) -> None:
        """The next run."""

    def decide(_job: UploadJob, running: RunningTransfer) -> None:
        uploads.looking = uploads.sending = succeed
        match decision:
            case "adopt":
                queue.adopt(transfer_id, "file-y")
            case "retry":
                queue.retry([transfer_id])
            case "send again":
                queue.send_again([transfer_id])
            case "forget":
                queue.clear([transfer_id])
        assert running.token.cancelled
        with pytest.raises(Cancelled):
            running.claim(lambda _others: "file-z")
        if ending is not None:
            raise ending

    uploads.looking = decide
    uploads.look_up_after(60)
    if decision == "forget":
        assert isinstance(uploads.events.received[-1], TransfersCleared)
    else:
        uploads.wait_until(transfer_id, State.DONE)
        done = uploads.all[transfer_id]
        assert (done.problem, done.candidates) == (None, ())
        assert done.file_id == ("file-y" if decision == "adopt" else "")
        states = [event.transfer.state for event in uploads.events.all(TransferChanged)]
        assert State.FAILED not in states
    assert uploads.look_up_after(86_400) is None


def test_upload_cleared_during_another_lookup_is_not_looked_up(
    uploads: Uploads,
) -> None:
    first, second = uploads.add("a"), uploads.add("b")

    def clear_the_other(job: UploadJob, _running: RunningTransfer) -> None:
        uploads.queue.clear([second if job.request.file.name == "a" else first])
        raise NOTHING_YET

    uploads.looking = clear_the_other
    uploads.look_up_after(60)
    assert uploads.lookups == 1


def test_close_ends_the_lookup_and_starts_none(uploads: Uploads) -> None:
    uploads.add("a")
    uploads.add("b")

    def close(_job: UploadJob, running: RunningTransfer) -> None:
        uploads.queue.close()
        running.token.check()

    uploads.looking = close
    assert uploads.look_up_after(60) is None
    assert uploads.look_up_after(86_400) is None
    assert uploads.lookups == 1


# Lookup times and saved results


def test_lookup_pauses_grow_and_reset_on_retry(uploads: Uploads) -> None:
    transfer_id = uploads.add()
    assert uploads.queue.run_due_lookups() == FIRST_PAUSE
    assert uploads.lookups == 0
    assert uploads.look_up_after(FIRST_PAUSE) == 2 * FIRST_PAUSE
    assert uploads.look_up_after(2 * FIRST_PAUSE) == 4 * FIRST_PAUSE
    uploads.events.clear()
    uploads.queue.retry([transfer_id])
    uploads.wait_until(transfer_id, State.UNCERTAIN)
    assert uploads.all[transfer_id].wait_seconds == FIRST_PAUSE


def test_lookup_result_is_saved(uploads: Uploads, path: Path) -> None:
    transfer_id = uploads.add()
    found = AnswerLost(problem(kind=ProblemKind.ANSWER_LOST), ("file-x", "file-y"))

    def find(_job: UploadJob, _running: RunningTransfer) -> None:
        raise found

    uploads.looking = find
    uploads.look_up_after(60)
    saved = saved_transfers(uploads, path)[transfer_id]
    assert (saved.problem, saved.candidates) == (found.problem, found.candidates)


def test_known_candidates_stay_if_the_lookup_fails(uploads: Uploads) -> None:
    def find(_job: UploadJob, _running: RunningTransfer) -> None:
        raise AnswerLost(problem(), ("file-x",))

    uploads.sending = find
    transfer_id = uploads.add()

    def fail(_job: UploadJob, _running: RunningTransfer) -> None:
        raise AnswerLost(problem(), None)

    uploads.looking = fail
    uploads.look_up_after(60)
    assert uploads.all[transfer_id].candidates == ("file-x",)


@pytest.mark.expects_log("The lookup of an upload failed(.|\n)*ZeroDivisionError")
def test_bug_in_one_lookup_ends_no_other(uploads: Uploads) -> None:
    first, second = uploads.add("a"), uploads.add("b")

    def look(job: UploadJob, _running: RunningTransfer) -> None:
        if job.request.file.name == "a":
            raise ZeroDivisionError

    uploads.looking = look
    uploads.look_up_after(60)
    failed = uploads.all[first]
    assert (failed.state, failed.wait_seconds) == (State.UNCERTAIN, None)
    assert failed.problem is not None
    assert failed.problem.kind is ProblemKind.UNEXPECTED
    assert uploads.all[second].state is State.DONE


# Files of other transfers


@pytest.mark.parametrize("cleared", [False, True])
def test_downloaded_file_can_be_matched_with_an_upload(path: Path, cleared: bool) -> None:
    journal = Journal(path)
    job = DownloadJob(remote_file(id="file-x"), Path("/downloads"), WhenTaken.KEEP_BOTH)
    done = structs.replace(job.new_transfer(1, "acme", 1, 1.0), state=State.DONE)
    journal.write([JournalRow(done, job, 1.0, ended_at=1_800_000_000.0)])
    uploads = Uploads(journal)
    if cleared:
        uploads.queue.clear([1])
        uploads.close()
        uploads = Uploads(Journal(path))
    transfer_id = uploads.add()
    uploads.queue.adopt(transfer_id, "file-x")
    assert uploads.all[transfer_id].state is State.DONE
    uploads.close()


def test_matched_file_is_no_candidate_of_other_uploads(uploads: Uploads, path: Path) -> None:
    several, one = ("file-x", "file-y"), ("file-x",)
    endings = {
        "a": AnswerLost(problem(), several, look_again=False),
        "b": AnswerLost(problem(), several, look_again=False),
        "c": AnswerLost(problem(), one, look_again=False),
        "d": AnswerLost(problem(), several),
        "elsewhere": AnswerLost(problem(), one, look_again=False),
    }

    def send(job: UploadJob, _running: RunningTransfer) -> None:
        raise endings[job.request.file.name]

    uploads.sending = send
    ids = {name: uploads.add(name, "other" if name == "elsewhere" else "acme") for name in endings}
    uploads.clock.now += 2
    uploads.queue.adopt(ids["a"], "file-x")
    for last in (uploads.all, saved_transfers(uploads, path)):
        left = {
            name: (last[one].candidates, last[one].wait_seconds)
            for name, one in ids.items()
            if name != "a"
        }
        assert left == {
            "b": (("file-y",), None),
            # No candidates are left, so another lookup is scheduled.
            "c": ((), FIRST_PAUSE),
            "d": (("file-y",), FIRST_PAUSE - 2),
            "elsewhere": (one, None),
        }


def test_cleared_upload_keeps_its_file_in_the_next_session(path: Path) -> None:
    def answer(_job: UploadJob, running: RunningTransfer) -> None:
        running.set_file_id("file-x")

    uploads = Uploads(Journal(path))
    uploads.sending = answer
    uploads.queue.add("acme", [UploadJob(upload_request(local_file()))])
    uploads.wait_until(1, State.DONE)
    uploads.queue.clear([1])
    uploads.close()
    path.with_name("claims.sqlite").unlink()  # from its own journal only
    again = Uploads(Journal(path))
    transfer_id = again.add()
    again.queue.adopt(transfer_id, "file-x")
    assert again.all[transfer_id].state is State.UNCERTAIN
    again.close()
