"""Encodes a page of files for the listing cache: one column per field, as MessagePack.

This is half the size of one object per file and twice as fast to read, as field names aren't
repeated and each purpose and status is stored only once.
"""

from collections.abc import Sequence
from itertools import starmap
from typing import Annotated

import msgspec

from services.api.json_values import Moment, Size
from services.api.remote_file import RemoteFile

_TextIndex = Annotated[int, msgspec.Meta(ge=0)]


class _Page(msgspec.Struct, array_like=True, gc=False):
    texts: list[str | None]
    """The distinct purposes and statuses; the files refer to them by index."""
    ids: list[str]
    filenames: list[str | None]
    purposes: list[_TextIndex]
    sizes: list[Size | None]
    created_at: list[Moment | None]
    expires_at: list[Moment | None]
    statuses: list[_TextIndex]
    status_details: list[str | None]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Page).decode


def encode_page(files: Sequence[RemoteFile]) -> bytes:
    """Encode files as a page."""
    indexes: dict[str | None, int] = {}

    def index_of(text: str | None) -> int:
        return indexes.setdefault(text, len(indexes))

    purposes = [index_of(file.purpose) for file in files]
    statuses = [index_of(file.status) for file in files]
    return _encode(
        _Page(
            list(indexes),
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
    """Decode a page, in order. Raises ValueError or IndexError if it is damaged."""
    decoded = _decode(page)
    text = decoded.texts.__getitem__
    columns = zip(
        decoded.ids,
        decoded.filenames,
        map(text, decoded.purposes),
        decoded.sizes,
        decoded.created_at,
        decoded.expires_at,
        map(text, decoded.statuses),
        decoded.status_details,
        strict=True,
    )
    return list(starmap(RemoteFile, columns))
