"""Which files are needed at the moment, asked just before they are deleted."""

import pytest

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.references.needed_now import needed_now
from services.system.cancellation import CancelToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import ListingQuirk
from tests.support.served_jobs import running_batch, served_batch, served_job
from tests.support.server_faults import api_error


@pytest.fixture
def api(files_server: ScriptedFilesServer) -> FilesApi:
    return FilesApi(account(base_url=files_server.base_url), TEST_KEY)


def test_only_what_has_not_ended_needs_a_file(
    api: FilesApi, files_server: ScriptedFilesServer
) -> None:
    served = files_server.jobs
    served.batches.append(served_batch(input_file_id="f1"))
    served.batches.append(running_batch(id="batch_2", input_file_id="f2"))
    served.batches += [served_batch() for _ in range(120)]
    served.fine_tuning.append(
        served_job(id="job_3", status="running", finished_at=None, training_file="f3")
    )
    needed = needed_now(api, ["f1", "f2", "f3", "f4"], CancelToken())
    assert {file_id: one.id for file_id, one in needed.items()} == {"f2": "batch_2", "f3": "job_3"}


@pytest.mark.parametrize("status", [403, 404, 405, 501])
def test_a_list_that_the_key_may_not_see_is_left_out(
    api: FilesApi, files_server: ScriptedFilesServer, status: int
) -> None:
    files_server.jobs.fine_tuning.append(
        served_job(status="running", finished_at=None, training_file="f3")
    )
    files_server.script("GET", "/batches", [api_error(status, "No")] * 3)
    assert set(needed_now(api, ["f1", "f3"], CancelToken())) == {"f3"}


@pytest.mark.parametrize("status", [401, 500])
def test_nothing_is_called_unneeded_if_a_list_cannot_be_read(
    api: FilesApi, files_server: ScriptedFilesServer, status: int
) -> None:
    files_server.script("GET", "/batches", [api_error(status, "No")] * 3)
    with pytest.raises(FilesError):
        needed_now(api, ["f1"], CancelToken())


@pytest.mark.parametrize("status", [403, 404])
def test_nothing_is_called_unneeded_if_only_the_beginning_of_a_list_came(
    api: FilesApi, files_server: ScriptedFilesServer, status: int
) -> None:
    files_server.jobs.batches.append(running_batch(input_file_id="f1"))
    files_server.jobs.batches += [served_batch() for _ in range(120)]
    files_server.script("GET", "/batches", [None, api_error(status, "No such cursor")])
    with pytest.raises(FilesError) as caught:
        needed_now(api, ["f1"], CancelToken())
    assert caught.value.problem.server_message == "No such cursor"


@pytest.mark.parametrize(
    "lie",
    [{ListingQuirk.HAS_MORE_ALWAYS}, {ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED}],
)
def test_nothing_is_called_unneeded_if_a_list_has_no_honest_end(
    api: FilesApi, files_server: ScriptedFilesServer, lie: set[ListingQuirk]
) -> None:
    files_server.jobs.batches += [served_batch() for _ in range(120)]
    files_server.quirks.update(lie)
    with pytest.raises(FilesError) as caught:
        needed_now(api, ["f1"], CancelToken())
    assert caught.value.problem.kind is ProblemKind.INCOMPLETE
