"""How several downloads become one archive, on a worker's thread."""

from pathlib import Path

from services.api.files_api import FilesApi
from services.api.retry import may_repeat
from services.transfers.attempts import repeat_attempts
from services.transfers.orders import ZipOrder
from services.transfers.partial_file import PartialFile, discard_part, part_path, was_placed
from services.transfers.running_transfer import RunningTransfer
from services.transfers.zip_archive import write_zip


def download_as_zip(api: FilesApi, order: ZipOrder, running: RunningTransfer) -> Path:
    """Save files as one archive, whole or not at all; each is written as it comes."""
    part = part_path(order.folder, order.name, order.part_mark)
    if order.target is not None and was_placed(part, order.target, None):
        return order.target

    def attempt() -> Path:
        api.pace.wait(running.token, running.waiting)
        running.trying()
        with PartialFile(order.folder, order.name, order.part_mark) as partial:
            write_zip(partial, order.files, api, running)
            return partial.place(order.when_taken, running.placing)

    try:
        return repeat_attempts(attempt, api, running, may_repeat)
    finally:
        discard_part(part)


def discard_part_of_zip(order: ZipOrder) -> None:
    """Remove what an archive that will not go on left."""
    discard_part(part_path(order.folder, order.name, order.part_mark))
