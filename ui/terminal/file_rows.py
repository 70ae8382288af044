"""Files of an account as rows and as objects."""

from services.api.remote_file import RemoteFile
from services.catalog.exported_file import COLUMNS, utc_text, values_of
from services.system.sizes import format_size
from ui.terminal.output import JsonValue, printable

_SIZE_WIDTH = 9
_PURPOSE_WIDTH = 18


def row_of(file: RemoteFile) -> str:
    """A file in a line: created, size, purpose, ID, name."""
    created = (utc_text(file.created_at) or "-").replace("T", " ").rstrip("Z")
    size = "-" if file.size is None else format_size(file.size)
    purpose = printable(file.purpose or "-")
    return (
        f"{created:19}  {size:>{_SIZE_WIDTH}}  {purpose:{_PURPOSE_WIDTH}}  "
        f"{printable(file.id)}  {printable(file.name)}"
    )


def object_of(file: RemoteFile) -> JsonValue:
    """A file as a JSON object, with the names of the API."""
    return dict(zip(COLUMNS, values_of(file), strict=True)) | {"status": file.status}
