import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source_code import ROOT

MODULE = """
import os
import pytest

def note(text):
    with open(os.environ["NOTES"], "a") as notes:
        notes.write(f"{__name__} {text} {os.getpid()}\\n")

@pytest.fixture(scope="module", autouse=True)
def noted():
    note("begins")
    yield
    note("ends")

@pytest.mark.parametrize("number", range(3))
def test_it(number):
    note(number)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Has three modules with three tests each, and an empty folder to note in what is taken."""
    (tmp_path / "taken").mkdir()
    (tmp_path / "pytest.ini").touch()
    for name in ("first/test_1.py", "second/test_2.py", "test_3.py"):
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MODULE)
    return tmp_path


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    plugin = [
        "-p",
        "tests.support.shared_run",
        f"--share={folder / 'taken'}",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *plugin, *arguments, "tests"],
        cwd=folder,
        env={
            **os.environ,
            "NOTES": str(folder / "notes"),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": str(ROOT),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def notes(folder: Path) -> list[list[str]]:
    return [line.split() for line in (folder / "notes").read_text().splitlines()]


@pytest.mark.slow
def test_processes_share_all_tests_by_module(folder: Path) -> None:
    processes = [start(folder), start(folder, "--from-the-end")]
    for process in processes:
        output, _nothing = process.communicate()
        assert process.returncode == 0, output
    for name in ("test_1", "test_2", "test_3"):
        noted = [(note, process) for module, note, process in notes(folder) if module == name]
        assert [note for note, _process in noted] == ["begins", "0", "1", "2", "ends"]
        assert len({process for _note, process in noted}) == 1


@pytest.mark.slow
def test_the_last_module_can_be_the_first(folder: Path) -> None:
    output, _nothing = start(folder, "--from-the-end", "-k", "test_it and [1]").communicate()
    assert "3 passed, 6 deselected" in output
    assert [f"{module} {note}" for module, note, _process in notes(folder)] == [
        f"{module} {note}"
        for module in ("test_3", "test_2", "test_1")
        for note in ("begins", "1", "ends")
    ]


@pytest.mark.slow
def test_what_fails_is_reported(folder: Path) -> None:
    (folder / "tests" / "second" / "test_2.py").write_text("def test_it():\n    raise ValueError\n")
    (folder / "taken" / "tests-first-test_1.py").touch()
    process = start(folder)
    output, _nothing = process.communicate()
    assert process.returncode == 1
    assert "1 failed, 3 passed" in output


@pytest.mark.slow
def test_a_module_that_cannot_be_imported_fails_the_run(folder: Path) -> None:
    (folder / "tests" / "test_3.py").write_text("import none_such\n")
    process = start(folder)
    output, _nothing = process.communicate()
    assert process.returncode == 1
    assert "none_such" in output
    assert "6 passed, 1 error" in output


@pytest.mark.slow
def test_a_process_for_which_nothing_is_left_succeeds(folder: Path) -> None:
    for name in ("first-test_1", "second-test_2", "test_3"):
        (folder / "taken" / f"tests-{name}.py").touch()
    process = start(folder)
    output, _nothing = process.communicate()
    assert process.returncode == 0, output


@pytest.mark.slow
def test_a_run_in_which_no_test_is_selected_fails(folder: Path) -> None:
    process = start(folder, "-k", "none_such")
    output, _nothing = process.communicate()
    assert process.returncode == pytest.ExitCode.NO_TESTS_COLLECTED, output
