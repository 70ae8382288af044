"""What an upload consists of besides the file."""

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath

from services.providers.paging import Pairs


class Expiry(Enum):
    """How an upload says when the file expires."""

    NONE = "none"
    """It can't."""
    ANCHORED = "anchored"
    """In two fields: `expires_after[anchor]` and `expires_after[seconds]`."""
    SECONDS = "seconds"
    """In one field: `expires_after`, in seconds."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where files are uploaded to, and with which fields. The file is always the last one."""

    path: str = "/files"
    """Relative to the base URL."""
    expiry: Expiry = Expiry.ANCHORED
    name_field: str = ""
    """A field for the file name, which is otherwise sent only with the file."""
    type_field: str = ""
    """A field for the file's extension, without the dot."""
    always: Pairs = ()
    """Fields with the same value in every upload."""

    def fields(self, name: str, purpose: str, expires_after: int | None) -> dict[str, str]:
        """The fields for a file; `expires_after` is in seconds, None for the server's default."""
        fields = {"purpose": purpose, **dict(self.always)}
        if self.name_field:
            fields[self.name_field] = name
        if self.type_field and (ending := PurePath(name).suffix):
            fields[self.type_field] = ending[1:].lower()
        if expires_after is not None:
            match self.expiry:
                case Expiry.ANCHORED:
                    fields["expires_after[anchor]"] = "created_at"
                    fields["expires_after[seconds]"] = str(expires_after)
                case Expiry.SECONDS:
                    fields["expires_after"] = str(expires_after)
        return fields


OFFICIAL_FORM = UploadForm()
