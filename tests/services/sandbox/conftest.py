import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openai
import pytest
import requests

from services.sandbox.server import SandboxAddress, SandboxServer
from tests.support.manual_clock import ManualClock

KEY = "sk-test-0123456789abcdef"
A_MONDAY = 1_795_000_000


@dataclass
class Client:
    """A simple HTTP client for a sandbox."""

    address: SandboxAddress
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {self.address.key}"

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(
            method, self.address.base_url + path, timeout=(5, 30), **options
        )

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.request("GET", path, params=query)

    def upload(
        self, name: str = "notes.txt", content: Any = b"hello", **fields: str
    ) -> requests.Response:
        fields.setdefault("purpose", "vision")
        return self.request("POST", "/files", files={"file": (name, content)}, data=fields)

    def create(self, name: str = "notes.txt", content: Any = b"hello", **fields: str) -> Any:
        response = self.upload(name, content, **fields)
        assert response.status_code == 200, response.text
        return response.json()

    def list_files(self, **query: Any) -> Any:
        response = self.get("/files", **query)
        assert response.status_code == 200, response.text
        return response.json()

    def names(self, **query: Any) -> list[str]:
        return [file["filename"] for file in self.list_files(**query)["data"]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(A_MONDAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "sandbox"


@pytest.fixture
def start(clock: ManualClock, folder: Path) -> Iterator[Callable[..., SandboxServer]]:
    """Makes servers for the test's folder, and stops them all at the end."""
    servers: list[SandboxServer] = []

    def make(at: Path = folder, **options: Any) -> SandboxServer:
        options.setdefault("with_samples", False)
        server = SandboxServer(at, key=KEY, clock=clock, **options)
        servers.append(server)
        server.start()
        return server

    yield make
    for server in servers:
        server.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox-server"]


@pytest.fixture
def server(start: Callable[..., SandboxServer]) -> SandboxServer:
    return start()


@pytest.fixture
def client(server: SandboxServer) -> Iterator[Client]:
    with_key = Client(server.start())
    yield with_key
    with_key.session.close()


@pytest.fixture
def sdk(server: SandboxServer) -> Iterator[openai.OpenAI]:
    """The official client."""
    address = server.start()
    with openai.OpenAI(
        base_url=address.base_url, api_key=address.key, max_retries=0, timeout=30
    ) as client:
        yield client


def error_in(response: requests.Response) -> Any:
    """The `error` of an error response, after checking its format."""
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    return body["error"]


def files_under(folder: Path) -> set[str]:
    """Content and incomplete uploads on disk."""
    return {
        path.relative_to(folder).as_posix()
        for part in ("content", "incoming")
        for path in (folder / part).iterdir()
    }


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Poll a condition, while the server's thread runs."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.01)
