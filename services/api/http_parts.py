"""The HTTP code, imported when the first request is made.

requests and urllib3 take a tenth of a second to import, and the window shouldn't wait for that: the
cached listing is shown without them. But if two threads import parts of them at once, each can hold
a module lock that the other waits for; the import system then breaks the deadlock by letting one
use a half-initialized module. So they're imported only here, by one thread at a time.
"""

import threading
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from services.api.connection import Connection
    from services.api.multipart_body import MultipartBody
    from services.api.network_in_use import FindNetwork
    from services.system.cancellation import CancelToken

_loading = threading.Lock()


class PublicGet(Protocol):
    """See `public_get`."""

    def __call__(
        self, url: str, find_network: "FindNetwork", token: "CancelToken", most: int
    ) -> bytes:
        """Return the body, of up to `most` bytes."""


class HttpParts(NamedTuple):
    """What needs requests and urllib3."""

    connection: "type[Connection]"
    multipart_body: "type[MultipartBody]"
    public_get: PublicGet


def http_parts() -> HttpParts:
    """Import the HTTP code, or wait until another thread has. Don't call on the window's thread."""
    with _loading:
        from services.api.connection import Connection
        from services.api.multipart_body import MultipartBody
        from services.api.public_get import public_get
    return HttpParts(Connection, MultipartBody, public_get)
