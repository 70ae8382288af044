"""The body of a request that creates or changes something: JSON."""

from collections.abc import Iterator

import msgspec


class JsonBody:
    """A JSON body that knows whether it was sent; like `MultipartBody`, for small objects."""

    content_type = "application/json"

    def __init__(self, value: object) -> None:
        """`value` is encoded at once."""
        self._data = msgspec.json.encode(value)
        self._sent = False

    @property
    def fully_sent(self) -> bool:
        """Whether the whole body was written to the socket, so the server may have received it."""
        return self._sent

    @property
    def text(self) -> str:
        """The body as text."""
        return self._data.decode()

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        # Set before it is sent: if sending fails, the server may still have it.
        self._sent = True
        yield self._data
