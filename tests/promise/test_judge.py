"""The judge sees each promise that is broken, and none where all is as it was told."""

import hashlib
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from services.problems.errors import ProblemKind
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.promise.asked import Asked
from tests.promise.judge import Judge
from tests.promise.store import Kept, Store
from tests.support import factories

State = TransferState
OURS, OTHER = b"ours", b"otherwise"


class Scene:
    """What was asked, what is there, and what the judge says of it."""

    def __init__(self, folder: Path) -> None:
        self.asked = Asked()
        self.store = Store()
        self.transfers: dict[int, Transfer] = {}
        self.received: Counter[bytes] = Counter()
        self.downloads = folder / "home" / "downloads"
        self.downloads.mkdir(parents=True)
        self.history = folder / "uploads.sqlite"

    def keep(self, content: bytes = OURS, *, ours: bool = True) -> Kept:
        return self.store.keep("a", "batch", content, now=0, created_at=0, ours=ours)

    def tell(self, kind: TransferKind, state: TransferState, file_id: str = "", **more: Any) -> int:
        number = len(self.transfers) + 1
        self.transfers[number] = factories.transfer(kind, state, id=number, file_id=file_id, **more)
        return number

    def upload(self, state: TransferState = State.DONE, file_id: str = "") -> int:
        number = self.tell(TransferKind.UPLOAD, state, file_id, problem=factories.problem())
        self.asked.uploads[number] = OURS
        return number

    def download(self, saved: bytes, *, name: str = "a") -> None:
        kept = self.keep(OTHER, ours=False)
        path = self.downloads / name
        path.write_bytes(saved)
        number = self.tell(TransferKind.DOWNLOAD, State.DONE, kept.id, path=path)
        self.asked.downloads[number] = kept.id

    def delete(self, state: TransferState, kind: ProblemKind = ProblemKind.SERVER_FAILED) -> Kept:
        kept = self.keep(OTHER, ours=False)
        problem = factories.problem(kind=kind)
        self.asked.deletes[self.tell(TransferKind.DELETE, state, kept.id, problem=problem)] = (
            kept.id
        )
        return kept

    @property
    def faults(self) -> list[str]:
        judge = Judge(self.asked, self.transfers, self.store)
        return list(judge.all_faults(self.downloads, self.history, self.received))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def test_all_is_well(scene: Scene) -> None:
    scene.upload(State.DONE, scene.keep().id)
    scene.upload(State.UNCERTAIN)
    scene.download(OTHER)
    scene.delete(State.DONE).gone = True
    assert scene.faults == []


def test_done_and_not_there(scene: Scene) -> None:
    scene.upload(State.DONE, "file-x")
    assert len(scene.faults) == 1


def test_done_and_somebody_elses(scene: Scene) -> None:
    scene.upload(State.DONE, scene.keep(OTHER, ours=False).id)
    assert len(scene.faults) == 1


def test_two_are_one(scene: Scene) -> None:
    kept = scene.keep()
    scene.upload(State.DONE, kept.id)
    scene.upload(State.DONE, kept.id)
    assert len(scene.faults) == 1


def test_twice_unless_the_person_said_so(scene: Scene) -> None:
    scene.upload(State.DONE, scene.keep().id)
    scene.keep()
    assert len(scene.faults) == 1
    scene.asked.said_again[OURS] += 1
    assert scene.faults == []


def test_failed_and_there(scene: Scene) -> None:
    scene.keep()
    scene.upload(State.FAILED)
    assert len(scene.faults) == 1


def test_cancelled_and_sent_again(scene: Scene) -> None:
    scene.asked.cancelled[scene.upload(State.UNCERTAIN)] = 1
    scene.received[OURS] = 2
    assert len(scene.faults) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.RUNNING, State.WAITING])
def test_without_an_end(scene: Scene, state: TransferState) -> None:
    scene.upload(state)
    assert len(scene.faults) == 1


def test_uncertain_without_a_word(scene: Scene) -> None:
    scene.asked.uploads[scene.tell(TransferKind.UPLOAD, State.UNCERTAIN)] = OURS
    assert len(scene.faults) == 1


def test_lost_from_the_queue(scene: Scene) -> None:
    scene.asked.downloads[7] = scene.keep(OTHER, ours=False).id
    scene.transfers[8] = factories.transfer(id=8, state=State.CANCELLED)
    assert scene.faults


def test_our_hash_for_another_file(scene: Scene) -> None:
    history = sqlite3.connect(scene.history)
    history.execute("CREATE TABLE uploads (file_id TEXT, sha256 BLOB)")
    row = (scene.keep(OTHER).id, hashlib.sha256(OURS).digest())
    history.execute("INSERT INTO uploads VALUES (?, ?)", row)
    history.commit()
    history.close()
    scene.upload(State.CANCELLED)
    assert len(scene.faults) == 2  # it is not what was asked for, either


def test_half_under_its_final_name(scene: Scene) -> None:
    scene.download(OTHER[:3])
    assert len(scene.faults) == 2  # told done, and there


@pytest.mark.parametrize("name", [".a.12345678.part", "../x"])
def test_what_is_left_behind(scene: Scene, name: str) -> None:
    (scene.downloads / name).write_bytes(OTHER)
    assert len(scene.faults) == 1
    (scene.downloads / name).unlink()


def test_told_deleted_and_there(scene: Scene) -> None:
    scene.delete(State.DONE)
    assert len(scene.faults) == 1


def test_deleted_by_us_and_told_not_found(scene: Scene) -> None:
    kept = scene.delete(State.FAILED, ProblemKind.NOT_FOUND)
    kept.gone = kept.deleted_by_us = True
    assert len(scene.faults) == 1


def test_deleted_though_nobody_asked(scene: Scene) -> None:
    scene.keep().deleted_by_us = True
    scene.upload(State.CANCELLED)
    assert len(scene.faults) == 1
