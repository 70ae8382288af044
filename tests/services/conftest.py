import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from services.api import retry
from services.system.cancellation import CancelToken
from services.transfers.events import TransfersRestored
from tests.support.engine_bench import EngineBench
from tests.support.files_server import ScriptedFilesServer
from tests.support.memory_keyring import HangingKeyring


@pytest.fixture
def make_bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., EngineBench]]:
    """Makes engine benches in `tmp_path/data` and closes them at the end."""
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    made: list[EngineBench] = []

    def make(**named: object) -> EngineBench:
        made.append(EngineBench(tmp_path / "data", **named))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., EngineBench]) -> EngineBench:
    bench = make_bench()
    bench.events.wait_for(TransfersRestored)
    bench.events.clear()
    return bench


@pytest.fixture
def opened(bench: EngineBench, files_server: ScriptedFilesServer) -> EngineBench:
    """A bench with an account of `files_server` opened and listed."""
    bench.save(files_server)
    bench.open()
    bench.events.clear()
    return bench


@pytest.fixture
def hanging_keyring() -> Iterator[HangingKeyring]:
    """A keyring that hangs until the end of the test."""
    backend = HangingKeyring()
    keyring.set_keyring(backend)
    yield backend
    backend.unlocked.set()


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.jsonl"
    path.write_bytes(b'{"custom_id": "1"}\n' * 100)
    return path


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    """A sparse file of 64 MB, more than any socket buffers."""
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(64_000_000)
    return path


@pytest.fixture
def cancel_when_stalled(files_server: ScriptedFilesServer) -> Iterator[CancelToken]:
    """A token that is canceled as soon as the server stalls."""
    token = CancelToken()

    def cancel() -> None:
        files_server.wait_until_stalled()
        token.cancel()

    cancelling = threading.Thread(target=cancel)
    cancelling.start()
    yield token
    cancelling.join(10)
