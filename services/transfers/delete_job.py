"""How a delete is carried out, on a worker's thread."""

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS
from services.transfers.attempts import wait_listener
from services.transfers.orders import DeleteOrder
from services.transfers.running_transfer import RunningTransfer


def delete(api: FilesApi, order: DeleteOrder, running: RunningTransfer) -> None:
    """Delete a file at the server; one that a repeat finds gone was deleted by us."""

    def on_try() -> None:
        api.pace.wait(running.token, running.waiting)
        running.trying()

    api.delete(
        order.file.id,
        running.token,
        on_try=on_try,
        on_wait=wait_listener(api, running),
        patience=FOR_TRANSFERS,
        tried_before=order.tried,
    )
