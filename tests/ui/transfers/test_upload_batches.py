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


def test_a_batch_is_over_when_none_of_it_goes_on_by_itself() -> None:
    batches = watching()
    one, two, three = (transfer(batch=1) for _ in range(3))
    other = transfer(batch=2)
    assert batches.take([one, two, three, other]) == []
    assert batches.take([done(two), done(one)]) == []
    failed = replace(three, state=TransferState.FAILED, problem=problem())
    assert batches.take([failed]) == [[done(one), done(two)]]
    assert batches.take([done(one), failed]) == []
    assert batches.take([replace(three, state=TransferState.QUEUED)]) == []
    assert batches.take([done(three), done(other)]) == [[done(three)], [done(other)]]


def test_an_upload_that_was_done_before_it_was_seen_is_news_too() -> None:
    one = done(transfer(batch=1))
    assert watching().take([one]) == [[one]]


def test_those_of_earlier_sessions_and_downloads_are_no_news() -> None:
    batches = UploadBatches()
    one = done(transfer(batch=1))
    assert batches.take([one]) == []
    batches.note_restored()
    assert batches.take([one, transfer(TransferKind.DOWNLOAD, TransferState.DONE, batch=2)]) == []
