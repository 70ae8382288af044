"""`filewharf batches`: lists, starts and cancels batches, and downloads their results."""

from collections.abc import Sequence

import msgspec

from services.api.batch import Batch, NewBatch
from services.api.remote_file import RemoteFile
from services.catalog.events import FileNotRetrieved, FileRetrieved
from services.catalog.exported_file import utc_text
from services.disk.when_taken import WhenTaken
from services.jobs.events import (
    BatchNotCancelled,
    BatchNotRetrieved,
    BatchNotStarted,
    BatchRetrieved,
    BatchStarted,
    JobsChanged,
    JobsListed,
    JobsListingEnded,
)
from services.jobs.job_kind import JobKind
from services.problems.errors import Problem
from services.system.language import _
from ui.terminal.end_of_list import end_list
from ui.terminal.failure import ExitCode, Failure
from ui.terminal.get import Place, get
from ui.terminal.opened_account import OpenedAccount
from ui.terminal.output import Output, printable

_REQUEST = 1
_UNKNOWN = "-"


def list_batches(opened: OpenedAccount) -> ExitCode:
    """Print all batches, the newest first, as they come. Raises Failure if the list isn't whole."""
    opened.session.jobs.lists.refresh(JobKind.BATCHES)
    for event in opened.events():
        match event:
            case JobsListed(kind=JobKind.BATCHES):
                for job in event.jobs:
                    if isinstance(job, Batch):
                        _print(opened.output, job)
            case JobsListingEnded(kind=JobKind.BATCHES):
                end_list(opened.output, event.oddities, event.problem, complete=event.complete)
                break
    opened.output.end()
    return ExitCode.DONE


def show_batches(opened: OpenedAccount, batch_ids: Sequence[str]) -> ExitCode:
    """Print these batches, as they are now."""
    return _print_each(opened, batch_ids, [_retrieved(opened, one) for one in batch_ids])


def cancel_batches(opened: OpenedAccount, batch_ids: Sequence[str]) -> ExitCode:
    """Cancel these batches, and print each as it is then."""
    return _print_each(opened, batch_ids, [_canceled(opened, one) for one in batch_ids])


def create_batch(opened: OpenedAccount, batch: NewBatch) -> ExitCode:
    """Start a batch from a file on the server, and print it."""
    opened.session.jobs.batches.start(_REQUEST, batch)
    for event in opened.events():
        match event:
            case BatchStarted(batch=started):
                _print(opened.output, started)
                break
            case BatchNotStarted(problem=problem):
                opened.output.problem(problem, printable(batch.input_file_id))
                opened.output.end()
                return ExitCode.FAILED
    opened.output.end()
    return ExitCode.DONE


def get_results(
    opened: OpenedAccount, batch_ids: Sequence[str], place: Place, when_taken: WhenTaken
) -> ExitCode:
    """Download the output and error files of these batches, and print where each went.

    Raises Failure if there is nothing to download.
    """
    failed = 0
    files: dict[str, RemoteFile] = {}
    for batch_id in batch_ids:
        batch = _retrieved(opened, batch_id)
        if isinstance(batch, Problem):
            opened.output.problem(batch, printable(batch_id))
            failed += 1
            continue
        results = [file_id for role, file_id in batch.file_ids if role != "input"]
        if not results:
            words = _("{batch} has no results. Its status: {status}.")
            status = printable(batch.status or _UNKNOWN)
            opened.output.error(words.format(batch=printable(batch.id), status=status))
            failed += 1
        for file_id in results:
            file = _file(opened, file_id)
            if isinstance(file, Problem):
                opened.output.problem(file, printable(file_id))
                failed += 1
            else:
                files[file_id] = file
    if not files:
        raise Failure(_("Nothing was downloaded."))
    code = get(opened, list(files.values()), place, when_taken, as_zip=False)
    return ExitCode.SOME_FAILED if failed and code is ExitCode.DONE else code


def _retrieved(opened: OpenedAccount, batch_id: str) -> Batch | Problem:
    opened.session.jobs.batches.retrieve(batch_id)
    for event in opened.events():
        match event:
            case BatchRetrieved(batch=batch):
                return batch
            case BatchNotRetrieved(problem=problem):
                return problem
    raise AssertionError("events never end")


def _canceled(opened: OpenedAccount, batch_id: str) -> Batch | Problem:
    opened.session.jobs.batches.cancel(batch_id)
    for event in opened.events():
        match event:
            case JobsChanged(kind=JobKind.BATCHES, jobs=jobs):
                for job in jobs:
                    if isinstance(job, Batch) and job.id == batch_id:
                        return job
            case BatchNotCancelled(batch_id=refused, problem=problem) if refused == batch_id:
                return problem
    raise AssertionError("events never end")


def _file(opened: OpenedAccount, file_id: str) -> RemoteFile | Problem:
    opened.session.details.retrieve(file_id)
    for event in opened.events():
        match event:
            case FileRetrieved(file=file):
                return file or RemoteFile(file_id)
            case FileNotRetrieved(problem=problem):
                return problem
    raise AssertionError("events never end")


def _print_each(
    opened: OpenedAccount, batch_ids: Sequence[str], found: Sequence[Batch | Problem]
) -> ExitCode:
    failed = 0
    for batch_id, batch in zip(batch_ids, found, strict=True):
        if isinstance(batch, Problem):
            opened.output.problem(batch, printable(batch_id))
            failed += 1
        else:
            _print(opened.output, batch)
    opened.output.end()
    return ExitCode.of(failed, len(batch_ids))


def _print(output: Output, batch: Batch) -> None:
    created = (utc_text(batch.created_at) or _UNKNOWN).replace("T", " ").rstrip("Z")
    status = printable(batch.status or _UNKNOWN)
    total = _UNKNOWN if batch.total is None else str(batch.total)
    requests = f"{batch.completed}+{batch.failed}/{total}"
    files = [
        printable(one or _UNKNOWN)
        for one in (batch.input_file_id, batch.output_file_id, batch.error_file_id)
    ]
    name = "" if batch.name == batch.id else f"  {printable(batch.name)}"
    row = f"{created:19}  {status:11}  {requests:>13}  {printable(batch.id)}  {'  '.join(files)}{name}"
    output.result(row, batch.id, msgspec.to_builtins(batch))
