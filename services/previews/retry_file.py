"""A new file with the unfinished requests of a batch, to be uploaded."""

import re
from collections.abc import Collection
from pathlib import Path, PurePath

from services.disk.local_names import safe_name
from services.disk.written_files import prepare_folder
from services.previews.batches.retry_lines import JoinedBatch, RequestState, write_retry
from services.problems.disk_errors import error_writing
from services.system.cancellation import CancelToken
from services.system.private_files import restrict

_RETRIED = re.compile(r"(.+)-retry(?:-([0-9]{1,6}))?", re.DOTALL)


def write_retry_file(
    folder: Path,
    name: str,
    taken: Collection[str],
    joined: JoinedBatch,
    chosen: Collection[RequestState],
    token: CancelToken,
) -> tuple[Path, int]:
    """Write the requests in the chosen states to a new file; return it and their number.

    It is named after the input's `name`, and gets none of the names in `taken`. Raises FilesError
    and Cancelled.
    """
    try:
        prepare_folder(folder, "*-retry*.jsonl")
    except OSError as error:
        raise error_writing(error, folder) from error
    number = 1
    while True:
        path = folder / retry_name(name, number)
        if path.name not in taken:
            try:
                written = write_retry(joined, chosen, path, token)
            except FileExistsError:
                pass
            else:
                restrict(path)
                return path, written
        number += 1


def retry_name(name: str, number: int) -> str:
    """The name of the file with the requests to retry of an input file with this name.

    “sweep.jsonl” leads to “sweep-retry.jsonl”, then “sweep-retry-2.jsonl”, and so do these.
    """
    stem = safe_name(PurePath(name).stem)
    retried = _RETRIED.fullmatch(stem)
    if retried is not None:
        stem = retried.group(1)
        number += int(retried.group(2) or 1)
    ending = "-retry" if number == 1 else f"-retry-{number}"
    return f"{stem}{ending}.jsonl"
