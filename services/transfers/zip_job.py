"""How several downloads become one archive, on a worker's thread."""

from pathlib import Path

from services.api.files_api import FilesApi
from services.api.retry import may_repeat
from services.disk.partial_file import PartialFile, discard_part, part_path, was_placed
from services.disk.unused_names import give_back_name
from services.problems.errors import FilesError
from services.transfers.attempts import repeat_attempts
from services.transfers.orders import ZipOrder, name_being_taken
from services.transfers.received_content import HashesOf, no_hashes
from services.transfers.running_transfer import RunningTransfer
from services.transfers.target_folder import blame_missing_folder, require_folder
from services.transfers.zip_archive import write_zip


def download_as_zip(
    api: FilesApi, order: ZipOrder, running: RunningTransfer, hashes_of: HashesOf = no_hashes
) -> Path:
    """Save files as one archive, whole or not at all; each is written as it comes."""
    part = part_path(order.folder, order.name, order.part_mark)
    require_folder(order)
    if order.target is not None and was_placed(part, order.target, order.target_size):
        if order.warning is not None:
            running.warn(order.warning)
        return order.target
    give_back_name(part, name_being_taken(order))
    hashes = hashes_of([file.id for file in order.files])

    def attempt() -> Path:
        api.pace.wait(running.token, running.waiting)
        running.trying()
        with PartialFile(order.folder, order.name, order.part_mark) as partial:
            warning = write_zip(partial, order.files, api, running, hashes)
            saved = partial.place(
                order.when_taken,
                lambda target: running.placing(target, partial.written, warning),
            )
            if warning is not None:
                running.warn(warning)
            return saved

    try:
        return repeat_attempts(attempt, api, running, may_repeat)
    except FilesError as error:
        raise blame_missing_folder(error, order) from error


def discard_part_of_zip(order: ZipOrder) -> None:
    """Remove what an archive that will not go on left."""
    discard_part(part_path(order.folder, order.name, order.part_mark), name_being_taken(order))
