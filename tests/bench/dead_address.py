"""The first page from a host whose IPv6 address is dead: the program and curl.

Nobody answers at the dead address, as on a network whose IPv6 leads nowhere: the listener there has
a full backlog. Both sides start from scratch, without an open connection.
"""

import contextlib
import socket
import statistics
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlsplit

from services.api.files_api import FilesApi
from services.providers.account import Account
from services.providers.network import Network
from services.system.cancellation import CancelToken
from tests.bench.product import KEY
from tests.bench.report import Line, Options, alternately, seconds
from tests.bench.throughput import timed, with_curl

HOST = "files.invalid"
_BACKLOG = 20
"""More connections than a listener without a backlog accepts."""


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the first page. Needs IPv6 on the loopback interface."""
    port = urlsplit(address).port or 0
    url = f"http://{HOST}:{port}/plain/v1"
    account = Account("dead", "Dead", "other", url, network=Network(plain_http_confirmed=True))
    resolve = f"{HOST}:{port}:[::1],127.0.0.1"
    families = ((socket.AF_INET6, ("::1", port, 0, 0)), (socket.AF_INET, ("127.0.0.1", port)))
    found = [(family, socket.SOCK_STREAM, 6, "", place) for family, place in families]

    def by_curl() -> float:
        return with_curl("--noproxy", "*", "--resolve", resolve, "-o", "-", f"{url}/files")

    def by_us() -> None:
        FilesApi(account, KEY).list_page(CancelToken())

    with _dead_listener(port), patch.object(socket, "getaddrinfo", lambda *_asked: found):
        ours, curl = alternately(options.runs, [lambda: timed(by_us), by_curl])
    return [
        Line(
            "first page with a dead IPv6 address, over curl",
            statistics.median(own - theirs for own, theirs in zip(ours, curl, strict=True)),
            "s",
            "dead_ipv6_over_curl_s",
            at_most=0.3,
            ours=seconds(ours),
            reference=seconds(curl),
        )
    ]


@contextlib.contextmanager
def _dead_listener(port: int) -> Iterator[None]:
    """Let connections to this IPv6 port wait for ever."""
    with contextlib.ExitStack() as stack:
        listener = socket.create_server(("::1", port), family=socket.AF_INET6, backlog=0)
        stack.enter_context(listener)
        for _number in range(_BACKLOG):
            waiting = stack.enter_context(socket.socket(socket.AF_INET6))
            waiting.setblocking(False)
            waiting.connect_ex(("::1", port))
        yield
