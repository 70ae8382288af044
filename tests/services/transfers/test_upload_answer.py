from pathlib import Path

from services.transfers.upload_answer import difference_from_request
from tests.support.factories import local_file, remote_file, upload_request

REQUEST = upload_request(local_file(Path("/a/requests.jsonl"), size=100))


def test_another_size_is_told_as_damage() -> None:
    found = difference_from_request(REQUEST, remote_file(purpose="batch", size=90))
    assert found is not None
    assert found.title == "The server has 90 bytes of 100 bytes"


def test_where_files_may_be_rewritten_another_size_is_told_as_that() -> None:
    file = remote_file(purpose="batch", size=90)
    found = difference_from_request(REQUEST, file, may_be_rewritten=True)
    assert found is not None
    assert found.title == "The server changed the file: 90 bytes instead of 100 bytes"
    whole = remote_file(purpose="batch", size=100)
    assert difference_from_request(REQUEST, whole, may_be_rewritten=True) is None
