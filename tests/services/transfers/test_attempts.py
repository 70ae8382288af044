"""Attempts of all kinds of transfers: the speed limit and held accounts."""

from pathlib import Path

import pytest

from services.disk.when_taken import WhenTaken
from services.transfers.bandwidth import Bandwidth
from services.transfers.jobs import AnyJob, DeleteJob, DownloadJob, UploadJob, ZipJob
from tests.services.transfers.conftest import Wharf
from tests.support.factories import remote_file, upload_request
from tests.support.served_files import served_file


def job_of(kind: str, wharf: Wharf, small_file: Path) -> AnyJob:
    served = served_file("a.jsonl", content=b"{}\n")
    wharf.server.add(served)
    file = remote_file(served.filename, id=served.id, size=served.size)
    match kind:
        case "upload":
            return UploadJob(upload_request(small_file))
        case "download":
            return DownloadJob(file, wharf.folder, WhenTaken.KEEP_BOTH)
        case "zip":
            return ZipJob((file,), wharf.folder, "a.zip", WhenTaken.KEEP_BOTH)
        case _:
            return DeleteJob(file)


@pytest.mark.parametrize("kind", ["upload", "download", "zip"])
def test_every_byte_counts_toward_the_limit(
    wharf: Wharf, small_file: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    spent: list[int] = []
    monkeypatch.setattr(Bandwidth, "consume", lambda _self, count, _token: spent.append(count))
    wharf.add(job_of(kind, wharf, small_file))
    total = wharf.end().total
    assert sum(spent) == total


@pytest.mark.parametrize("kind", ["upload", "download", "zip", "delete"])
def test_a_held_account_makes_transfers_wait_then_run(
    wharf: Wharf, small_file: Path, kind: str
) -> None:
    wharf.hold(0.05)
    wharf.add(job_of(kind, wharf, small_file))
    wharf.end()
    confirming = "CONFIRMING " if kind == "upload" else ""
    assert wharf.states == f"QUEUED RUNNING WAITING RUNNING {confirming}DONE"
