"""What requests to create a job have in common: its files, and how long it takes in the sandbox."""

from services.sandbox import api_errors
from services.sandbox.file_store import FileStore, NoSuchFile

RUN_SECONDS = "sandbox_run_seconds"
"""A key of the metadata: how long the requests of a batch, or a training, take."""
WINDOW_SECONDS = "sandbox_window_seconds"
"""A key of the metadata: the completion window, to see a batch expire without waiting a day."""
_MOST_SECONDS = 1_000_000


def require_file(store: FileStore, name: str, file_id: str, purpose: str) -> None:
    """Raise ApiError unless there is a file with this ID and purpose; `name` is the parameter."""
    if not file_id.startswith("file"):
        raise api_errors.id_malformed(name, file_id, "file")
    try:
        file = store.retrieve(file_id)
    except NoSuchFile:
        raise api_errors.no_such_file(file_id, param=name) from None
    if file.purpose != purpose:
        raise api_errors.purpose_wrong(name, file.purpose, purpose)


def seconds_in(metadata: dict[str, str] | None, key: str) -> int | None:
    """The seconds in the metadata of a job; None if there are none."""
    text = (metadata or {}).get(key, "")
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(int(text), _MOST_SECONDS) or None
