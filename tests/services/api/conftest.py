"""Fixtures for testing the API client against a real loopback server."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.api.files_api import FilesApi
from services.providers.network import Network
from services.system.cancellation import CancelToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer

QUICK = Network(answer_seconds=10, plain_http_confirmed=True)
MakeApi = Callable[..., FilesApi]


class NonWaitingToken(CancelToken):
    """Records the pauses between attempts instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.check()


@pytest.fixture
def token() -> NonWaitingToken:
    return NonWaitingToken()


@pytest.fixture
def make_api(files_server: ScriptedFilesServer) -> MakeApi:
    """Makes an API client for `files_server` or another address, without jitter."""

    def make(
        base_url: str | None = None,
        key: str = TEST_KEY,
        network: Network = QUICK,
        **of_account: Any,
    ) -> FilesApi:
        address = base_url or files_server.base_url
        used = account(base_url=address, network=network, **of_account)
        return FilesApi(used, key, random=lambda: 0.0)

    return make


@pytest.fixture
def api(make_api: MakeApi) -> FilesApi:
    return make_api()


@pytest.fixture
def tls_server(
    make_files_server: Callable[..., ScriptedFilesServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ScriptedFilesServer:
    """A TLS server with a trusted certificate."""
    server = make_files_server(tls=True)
    assert server.ca_pem is not None
    (tmp_path / "ca.pem").write_bytes(server.ca_pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return server


@pytest.fixture
def full_server() -> Iterator[int]:
    """The port of a listener with a full backlog, so that connecting to it never succeeds."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(20):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
