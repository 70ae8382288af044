from msgspec.structs import replace

from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.factories import problem, transfer
from ui.transfers.upload_batches import UploadBatches


def done(one: Transfer) -> Transfer:
    return replace(one, state=TransferState.DONE, file_id=f"file-{one.id}")


def watching() -> UploadBatches:
    batches = UploadBatches()
    batches.note_restored()
    return batches


def test_a_batch_ends_when_no_upload_continues_by_itself() -> None:
    batches = watching()
    one, two, three = (transfer(batch=1) for _ in range(3))
    other = transfer(batch=2)
    assert batches.update([one, two, three, other]) == []
    assert batches.update([done(two), done(one)]) == []
    failed = replace(three, state=TransferState.FAILED, problem=problem())
    assert batches.update([failed]) == [[done(one), done(two)]]
    assert batches.update([done(one), failed]) == []
    assert batches.update([replace(three, state=TransferState.QUEUED)]) == []
    assert batches.update([done(three), done(other)]) == [[done(three)], [done(other)]]


def test_an_upload_first_seen_as_done_is_reported() -> None:
    one = done(transfer(batch=1))
    assert watching().update([one]) == [[one]]


def test_uploads_of_earlier_sessions_and_downloads_are_not_reported() -> None:
    batches = UploadBatches()
    one = done(transfer(batch=1))
    assert batches.update([one]) == []
    batches.note_restored()
    assert batches.update([one, transfer(TransferKind.DOWNLOAD, TransferState.DONE, batch=2)]) == []
