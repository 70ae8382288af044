"""Files as the cache of a listing keeps them: a column for each field, as MessagePack.

Against an object for each file, this is half as long and read in half the time, as the names of
the fields are not repeated, and of purposes and states each text is there only once.
"""

from collections.abc import Sequence
from itertools import starmap
from typing import Annotated

import msgspec

from services.api.remote_file import Moment, RemoteFile, Size

_Place = Annotated[int, msgspec.Meta(ge=0)]


class _Page(msgspec.Struct, array_like=True, gc=False):
    texts: list[str | None]
    """What purposes and states there are; the files tell their places."""
    ids: list[str]
    filenames: list[str | None]
    purposes: list[_Place]
    sizes: list[Size | None]
    created_at: list[Moment | None]
    expires_at: list[Moment | None]
    statuses: list[_Place]
    status_details: list[str | None]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Page).decode


def encode_page(files: Sequence[RemoteFile]) -> bytes:
    """Put files beside each other."""
    places: dict[str | None, int] = {}

    def place(text: str | None) -> int:
        return places.setdefault(text, len(places))

    purposes = [place(file.purpose) for file in files]
    statuses = [place(file.status) for file in files]
    return _encode(
        _Page(
            list(places),
            [file.id for file in files],
            [file.filename for file in files],
            purposes,
            [file.size for file in files],
            [file.created_at for file in files],
            [file.expires_at for file in files],
            statuses,
            [file.status_details for file in files],
        )
    )


def decode_page(page: bytes) -> list[RemoteFile]:
    """Give the files of a page in their order. Raise ValueError or IndexError if it is damaged."""
    kept = _decode(page)
    text = kept.texts.__getitem__
    columns = zip(
        kept.ids,
        kept.filenames,
        map(text, kept.purposes),
        kept.sizes,
        kept.created_at,
        kept.expires_at,
        map(text, kept.statuses),
        kept.status_details,
        strict=True,
    )
    return list(starmap(RemoteFile, columns))
