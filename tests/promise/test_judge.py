"""The judge reports every broken promise, and nothing else."""

import hashlib
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.problems.errors import ProblemKind
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.promise.judge import Judge
from tests.promise.requested import Requested
from tests.promise.store import Store, StoredFile
from tests.support import factories

State = TransferState
OURS, OTHER = b"ours", b"otherwise"


class Scene:
    """What was requested, what exists, and the judge's verdict."""

    def __init__(self, folder: Path) -> None:
        self.requested = Requested()
        self.store = Store()
        self.transfers: dict[int, Transfer] = {}
        self.received: Counter[bytes] = Counter()
        self.downloads = folder / "home" / "downloads"
        self.downloads.mkdir(parents=True)
        self.history = folder / "uploads.sqlite"

    def add_file(self, content: bytes = OURS, *, ours: bool = True) -> StoredFile:
        return self.store.add("a", "batch", content, now=0, created_at=0, ours=ours)

    def add_transfer(
        self, kind: TransferKind, state: TransferState, file_id: str = "", **more: Any
    ) -> int:
        number = len(self.transfers) + 1
        self.transfers[number] = factories.transfer(kind, state, id=number, file_id=file_id, **more)
        return number

    def upload(self, state: TransferState = State.DONE, file_id: str = "") -> int:
        number = self.add_transfer(TransferKind.UPLOAD, state, file_id, problem=factories.problem())
        self.requested.uploads[number] = OURS
        return number

    def download(self, saved: bytes, *, name: str = "a") -> None:
        stored = self.add_file(OTHER, ours=False)
        path = self.downloads / name
        path.write_bytes(saved)
        number = self.add_transfer(TransferKind.DOWNLOAD, State.DONE, stored.id, path=path)
        self.requested.downloads[number] = stored.id

    def delete(
        self, state: TransferState, kind: ProblemKind = ProblemKind.SERVER_FAILED
    ) -> StoredFile:
        stored = self.add_file(OTHER, ours=False)
        problem = factories.problem(kind=kind)
        self.requested.deletes[
            self.add_transfer(TransferKind.DELETE, state, stored.id, problem=problem)
        ] = stored.id
        return stored

    @property
    def faults(self) -> list[str]:
        judge = Judge(self.requested, self.transfers, self.store)
        return list(judge.all_faults(self.downloads, self.history, self.received))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_no_promise_is_broken(scene: Scene) -> None:
    scene.upload(State.DONE, scene.add_file().id)
    scene.upload(State.UNCERTAIN)
    scene.download(OTHER)
    scene.delete(State.DONE).gone = True
    assert scene.faults == []


def test_done_but_missing(scene: Scene) -> None:
    scene.upload(State.DONE, "file-x")
    assert len(scene.faults) == 1


def test_done_but_somebody_elses_file(scene: Scene) -> None:
    scene.upload(State.DONE, scene.add_file(OTHER, ours=False).id)
    assert len(scene.faults) == 1


def test_two_uploads_claim_one_file(scene: Scene) -> None:
    stored = scene.add_file()
    scene.upload(State.DONE, stored.id)
    scene.upload(State.DONE, stored.id)
    assert len(scene.faults) == 1


def test_sent_twice_though_nobody_requested_it(scene: Scene) -> None:
    scene.upload(State.DONE, scene.add_file().id)
    scene.add_file()
    assert len(scene.faults) == 1
    scene.requested.resends[OURS] += 1
    assert scene.faults == []


def test_failed_but_on_the_server(scene: Scene) -> None:
    scene.add_file()
    scene.upload(State.FAILED)
    assert len(scene.faults) == 1


def test_canceled_but_sent_again(scene: Scene) -> None:
    scene.requested.canceled[scene.upload(State.UNCERTAIN)] = 1
    scene.received[OURS] = 2
    assert len(scene.faults) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.WAITING])
def test_never_ended(scene: Scene, state: TransferState) -> None:
    scene.upload(state)
    assert len(scene.faults) == 1


def test_uncertain_without_a_reason(scene: Scene) -> None:
    scene.requested.uploads[scene.add_transfer(TransferKind.UPLOAD, State.UNCERTAIN)] = OURS
    assert len(scene.faults) == 1


def test_lost_from_the_queue(scene: Scene) -> None:
    scene.requested.downloads[7] = scene.add_file(OTHER, ours=False).id
    scene.transfers[8] = factories.transfer(id=8, state=State.CANCELLED)
    assert scene.faults


def test_our_hash_for_another_file(scene: Scene) -> None:
    history = sqlite3.connect(scene.history)
    history.execute("CREATE TABLE uploads (file_id TEXT, sha256 BLOB)")
    row = (scene.add_file(OTHER).id, hashlib.sha256(OURS).digest())
    history.execute("INSERT INTO uploads VALUES (?, ?)", row)
    history.commit()
    history.close()
    scene.upload(State.CANCELLED)
    assert len(scene.faults) == 2  # it isn't what was requested, either


def test_incomplete_under_its_final_name(scene: Scene) -> None:
    scene.download(OTHER[:3])
    assert len(scene.faults) == 2  # it is reported as done, and under its final name


@pytest.mark.parametrize("name", [".a.12345678.part", "../x"])
def test_leftover_files(scene: Scene, name: str) -> None:
    (scene.downloads / name).write_bytes(OTHER)
    assert len(scene.faults) == 1
    (scene.downloads / name).unlink()


def test_reported_as_deleted_but_still_there(scene: Scene) -> None:
    scene.delete(State.DONE)
    assert len(scene.faults) == 1


def test_deleted_by_us_but_reported_as_not_found(scene: Scene) -> None:
    stored = scene.delete(State.FAILED, ProblemKind.NOT_FOUND)
    stored.gone = stored.deleted_by_us = True
    assert len(scene.faults) == 1


def test_deleted_though_nobody_requested_it(scene: Scene) -> None:
    scene.add_file().deleted_by_us = True
    scene.upload(State.CANCELLED)
    assert len(scene.faults) == 1
