"""Starts the program as its own process, on the screen."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.accessibility import AccessibilityBus
from tests.support.program import Program

StartProgram = Callable[..., Program]


@pytest.fixture
def bus() -> Iterator[AccessibilityBus]:
    """The accessibility bus."""
    if "DISPLAY" not in os.environ or shutil.which("xdotool") is None:
        pytest.skip("needs an X display, a session bus and xdotool; make test has them")
    with AccessibilityBus() as opened:
        yield opened


@pytest.fixture
def start(bus: AccessibilityBus, tmp_path: Path) -> Iterator[StartProgram]:
    """Starts the program on the data folder of the test; at the end nothing may be complained of.

    Takes the arguments of the program and, as `environment`, variables.
    """
    started: list[Program] = []

    def start_program(*arguments: str, environment: dict[str, str] | None = None) -> Program:
        data_folder = tmp_path / "data"
        started.append(Program(bus, data_folder, *arguments, environment=environment))
        return started[-1]

    yield start_program
    for program in started:
        program.clean_up()
    complaints = {program.complaints for program in started} - {""}
    if complaints:
        pytest.fail("the program complained:\n" + "\n".join(complaints), pytrace=False)
