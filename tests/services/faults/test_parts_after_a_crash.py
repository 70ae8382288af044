"""What a killed program left of downloads: nobody vouches for it, so nothing is put to it."""

import os
from pathlib import Path

import pytest
from msgspec import structs

from services.events import TransferChanged
from services.file_commands import WhenTaken
from services.transfers.journal import Journal, JournalRow
from services.transfers.orders import DownloadOrder, ZipOrder, new_transfer
from services.transfers.partial_file import part_path
from services.transfers.transfer import TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.making import remote_file
from tests.support.served_files import Ranges, ServedFile, etag_of, served_file

CONTENT = os.urandom(300_000)
HERE = 100_000


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    wharf.server.ranges = Ranges.STRONG
    return made


def restore(wharf: Wharf, folder: Path, order: DownloadOrder | ZipOrder, state: str) -> None:
    """Take up a journal that has this transfer in this state, and its part."""
    journal = Journal(folder / "queue.sqlite")
    begun = structs.replace(new_transfer(1, "acme", order, 1, 1), state=TransferState(state))
    journal.write([JournalRow(begun, order, 1)])
    wharf.queue.restore(journal)
    [restored] = wharf.told.all(TransferChanged)
    assert restored.transfer.state is TransferState.PAUSED
    wharf.told.clear()


def ranges_asked(wharf: Wharf) -> list[str | None]:
    return [request.headers.get("range") for request in wharf.server.requests]


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("running", None),
        ("waiting", None),
        ("paused", "bytes=100000-"),
        ("queued", "bytes=100000-"),
    ],
)
def test_only_what_a_pause_left_is_gone_on_from(
    wharf: Wharf, file: ServedFile, tmp_path: Path, state: str, asked: str | None
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    order = DownloadOrder(seen, wharf.folder, WhenTaken.KEEP_BOTH, etag=etag_of(file))
    part = part_path(wharf.folder, file.filename, order.part_mark)
    # What the last moments before the crash wrote may be anything.
    part.write_bytes(CONTENT[:HERE] if asked else bytes(HERE))
    restore(wharf, tmp_path, order, state)
    wharf.queue.resume([1])
    assert wharf.end().state is TransferState.DONE
    assert ranges_asked(wharf) == [asked]
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize("then", ["resume", "cancel"])
def test_the_part_of_a_zip_is_never_left_over(
    wharf: Wharf, file: ServedFile, tmp_path: Path, then: str
) -> None:
    seen = remote_file(file.filename, id=file.id, size=file.size)
    order = ZipOrder((seen,), wharf.folder, "files.zip", WhenTaken.KEEP_BOTH)
    part_path(wharf.folder, "files.zip", order.part_mark).write_bytes(b"half")
    restore(wharf, tmp_path, order, "running")
    getattr(wharf.queue, then)([1])
    wharf.end()
    assert list(wharf.saved) == (["files.zip"] if then == "resume" else [])
