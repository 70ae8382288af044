"""What speaks HTTP, loaded when the first request is about to be made.

requests and urllib3 take a tenth of a second to load, and no window is to wait for that: the last
listing is shown without them. But two threads that load parts of them at once can each hold a
module that the other one waits for; the import system then gives one of them up, half made. So
only one thread at a time comes to load them here, and nothing else in the program imports them.
"""

import threading
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from services.api.connection import Connection
    from services.api.multipart_body import MultipartBody

_loading = threading.Lock()


class HttpParts(NamedTuple):
    """The classes that need requests and urllib3."""

    connection: "type[Connection]"
    multipart_body: "type[MultipartBody]"


def http_parts() -> HttpParts:
    """Load what speaks HTTP, or wait until another thread has. From any thread but the window's."""
    with _loading:
        from services.api.connection import Connection
        from services.api.multipart_body import MultipartBody
    return HttpParts(Connection, MultipartBody)
