from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.api import retry
from services.events import TransfersRestored
from services.transfers import lost_answers
from tests.support.files_server import ScriptedFilesServer
from tests.support.service_bench import ServiceBench


@pytest.fixture
def make_bench(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., ServiceBench]]:
    """Makes services on `tmp_path/data`, with the arguments of `ServiceBench`; closes them."""
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    monkeypatch.setattr(lost_answers, "SETTLED_AFTER", 0.02)
    monkeypatch.setattr(lost_answers, "LOOK_EVERY", 0.01)
    made: list[ServiceBench] = []

    def make(**named: object) -> ServiceBench:
        made.append(ServiceBench(tmp_path / "data", **named))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make_bench: Callable[..., ServiceBench]) -> ServiceBench:
    bench = make_bench()
    bench.told.wait_for(TransfersRestored)
    bench.told.clear()
    return bench


@pytest.fixture
def opened(bench: ServiceBench, files_server: ScriptedFilesServer) -> ServiceBench:
    """With an account of `files_server` opened and listed."""
    bench.save(files_server)
    bench.open()
    bench.told.clear()
    return bench
