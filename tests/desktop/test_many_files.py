"""The window on an account with thousands of files, used with pointer and keys.

`python -m tests.tour --many-files 1000000` does the same with as many as wanted.
"""

from pathlib import Path

import pytest

from tests.support.accessibility import AccessibilityBus
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import ServedFile, served_file
from tests.tour.camera import Camera
from tests.tour.many_files import ManyFiles
from tests.tour.many_files_server import Served

pytestmark = [pytest.mark.screen, pytest.mark.slow]

COUNT = 3_000


NEEDLE = "needle"


class ChangingServer(ScriptedFilesServer):
    needle = NEEDLE

    def served(self) -> list[Served]:
        return [Served(file.filename, file.purpose, file.size) for file in self.files]

    def change(self) -> None:
        for file in self.files[100:200]:
            self.remove(file.id)
        self.add(*(made(number) for number in range(COUNT, COUNT + 150)))


def made(number: int) -> ServedFile:
    purpose = ("batch", "batch_output", "user_data")[number % 3]
    name = f"{NEEDLE if number % 500 == 7 else 'run'}-{number * 7919 % 100_000}.jsonl"
    return served_file(name, purpose=purpose, size=number * 7919 % 1_000_003)


@pytest.mark.timeout(240)
@pytest.mark.usefixtures("qapp")  # screenshots need one that suits later tests too
def test_thousands_of_files_can_be_scrolled_sorted_searched_selected_and_refreshed(
    bus: AccessibilityBus, tmp_path: Path
) -> None:
    with ChangingServer([made(number) for number in range(COUNT)]) as server:
        camera = Camera(tmp_path / "pictures", small=False)
        ManyFiles(bus, camera, tmp_path, server, TEST_KEY).walk()
