"""The queue runs any kind of job, even one it doesn't know."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Self

import pytest
from msgspec import structs

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.transfers.events import DeletesEnded, TransferChanged
from services.transfers.job import Job, JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer

State = TransferState


class Tally(Job, frozen=True):
    """Counts its attempts in a file, and fails as often as configured."""

    kind: ClassVar[TransferKind] = TransferKind.DOWNLOAD

    path: Path
    failures: int = 0
    attempts: int = 0

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        return Transfer(
            transfer_id, self.kind, account_id, self.path.name, total=10, batch=batch, place=place
        )

    def as_started(self, now: float) -> Self:
        return structs.replace(self, attempts=self.attempts + 1)

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        running.set_progress(7)
        self.path.write_text(str(self.attempts + 1))
        if self.attempts < self.failures:
            raise FilesError(problem(kind=ProblemKind.DISK_FULL))
        running.set_path(self.path)

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


@pytest.fixture
def wharf(files_server: ScriptedFilesServer, tmp_path: Path) -> Iterator[Wharf]:
    wharf = Wharf(files_server, tmp_path)
    yield wharf
    wharf.close()


def test_custom_job_runs_with_its_name_and_size(wharf: Wharf, tmp_path: Path) -> None:
    wharf.add(Tally(tmp_path / "tally"))
    ended = wharf.end()
    assert wharf.states == "QUEUED RUNNING DONE"
    assert (ended.name, ended.done, ended.path) == ("tally", 10, tmp_path / "tally")
    assert wharf.saved == {"tally": b"1"}
    assert wharf.events.all(DeletesEnded) == []


def test_next_attempt_sees_the_previous_one(wharf: Wharf, tmp_path: Path) -> None:
    wharf.add(Tally(tmp_path / "tally", failures=1))
    paused = wharf.wait_for(State.PAUSED)
    wharf.queue.resume([paused.id])
    wharf.wait_for(State.DONE)
    assert wharf.saved == {"tally": b"2"}


def test_cancel_discards_what_the_job_left(wharf: Wharf, tmp_path: Path) -> None:
    wharf.add(Tally(tmp_path / "tally", failures=1))
    paused = wharf.wait_for(State.PAUSED)
    assert wharf.saved == {"tally": b"1"}
    wharf.queue.cancel([paused.id])
    assert wharf.events.all(TransferChanged)[-1].transfer.state is State.CANCELLED
    assert wharf.saved == {}


def test_job_without_carry_out_cannot_be_created() -> None:
    class Unfinished(Job, frozen=True):
        kind: ClassVar[TransferKind] = TransferKind.DELETE

    with pytest.raises(TypeError, match="carry_out"):
        Unfinished()  # type: ignore[abstract]
