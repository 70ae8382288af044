import ast
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging_scripts.conftest import Load


@pytest.fixture
def tasks(load: Load, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = load("tasks")
    monkeypatch.setattr(module.prepare, "prepare", lambda purpose: Path("python"))
    return module


@pytest.fixture
def calls(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    commands: list[list[str]] = []

    def call(command: list[str]) -> int:
        commands.append(command)
        return 1 if "format" in command else 0

    def call_together(wanted: dict[str, list[str]], **_: object) -> list[str]:
        return [name for name, command in wanted.items() if call(command)]

    monkeypatch.setattr(tasks, "_call", call)
    monkeypatch.setattr(tasks, "call_together", call_together)
    return commands


def test_run_starts_the_program_on_a_display(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.prepare, "has_display", lambda: True)
    assert tasks.run(["--more"]) == 0
    assert calls == [["python", "main.py", "--sandbox", "--more"]]


def test_run_walks_through_the_program_without_a_display(
    tasks: ModuleType, calls: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.prepare, "has_display", lambda: False)
    assert tasks.run([]) == 0
    assert calls[0][-3:] == ["python", "-m", "tests.tour"]
    assert any(argument.endswith("virtual_screen.py") for argument in calls[0])


def test_all_checks_run_and_the_failed_ones_are_listed(
    tasks: ModuleType, calls: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.test(["-x"]) == 1
    assert len(calls) == 4
    assert calls[-1][-1] == "-x"
    assert capsys.readouterr().err == "Failed: format\n"


def test_three_processes_share_all_tests(tasks: ModuleType, calls: list[list[str]]) -> None:
    tasks.test([])
    first, second, third = (command[command.index("pytest") + 1 :] for command in calls[-3:])
    assert first[:2] == ["-p", "tests.support.shared_run"]
    # In one word: pytest doesn't know the option yet when it looks for its settings near the paths.
    assert first[2].startswith("--share=")
    assert second == [*first, "--from-the-end"]
    assert third == first


def test_the_quick_tests_are_shared_without_those_that_need_a_screen(
    tasks: ModuleType, calls: list[list[str]]
) -> None:
    tasks.check([])
    first, second = (command[command.index("pytest") + 1 :] for command in calls[-2:])
    assert first[4].startswith("--share=")
    assert second == [*first, "--from-the-end"]
    assert [part for part in first if part.startswith("--ignore")] == [
        f"--ignore={folder}" for folder in tasks.ON_SCREEN
    ]
    assert all((tasks.ROOT / folder).exists() for folder in tasks.ON_SCREEN)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX only")
def test_the_tests_write_to_memory_only_if_there_is_space(
    tasks: ModuleType, tmp_path: Path
) -> None:
    free = shutil.disk_usage(tmp_path).free
    assert tasks.folder_in_memory(tmp_path, needed=1) == tmp_path
    assert tasks.folder_in_memory(tmp_path, needed=2 * free) is None
    assert tasks.folder_in_memory(tmp_path / "none", needed=1) is None


def test_modules_are_compiled_once_even_if_not_next_to_the_source(tasks: ModuleType) -> None:
    unwanted = {"A": "b", "PYTHONDONTWRITEBYTECODE": "1"}
    folder = str(tasks.ROOT / "build" / "compiled")
    kept = tasks.with_compiled_modules(unwanted)
    assert kept == {"A": "b", "PYTHONPYCACHEPREFIX": folder}
    assert tasks.with_compiled_modules(unwanted | {"PYTHONPYCACHEPREFIX": "c"}) == {
        "A": "b",
        "PYTHONPYCACHEPREFIX": "c",
    }
    assert tasks.with_compiled_modules({"A": "b"}) == {"A": "b"}


def test_files_written_by_the_tests_are_removed(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = []

    def write(wanted: dict[str, list[str]], env: dict[str, str], **_: object) -> list[str]:
        folders.append(Path(env["TMPDIR"]))
        (folders[0] / "file").touch()
        return []

    monkeypatch.setattr(tasks, "call_together", write)
    assert tasks.test([]) == 0
    assert not folders[0].exists()


def test_the_crash_test_kills_100_times_by_default(
    tasks: ModuleType, calls: list[list[str]]
) -> None:
    assert tasks.crash(["--seed", "7"]) == 0
    command = ["python", "-m", "tests.crash.driver", "--kills", "100", "--seed", "7"]
    assert calls == [command]


def test_the_benchmark_runs_on_the_virtual_screen(
    tasks: ModuleType, calls: list[list[str]]
) -> None:
    assert tasks.bench(["--runs", "1"]) == 0
    assert calls[0][-5:] == ["python", "-m", "tests.bench", "--runs", "1"]
    assert any(argument.endswith("virtual_screen.py") for argument in calls[0])


def test_pictures_are_taken_on_the_virtual_screen(
    tasks: ModuleType, calls: list[list[str]]
) -> None:
    assert tasks.screenshots([]) == 0
    assert calls[0][-2:] == ["--screenshots", "resources/pictures"]
    assert any(argument.endswith("virtual_screen.py") for argument in calls[0])


@pytest.fixture
def locale(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder for translations."""
    monkeypatch.setattr(tasks.prepare, "tool_python", lambda task, lock: Path("python"))
    monkeypatch.setattr(tasks, "LOCALE", tmp_path)
    return tmp_path


def test_texts_are_collected_without_any_translations(
    tasks: ModuleType, calls: list[list[str]], locale: Path
) -> None:
    assert tasks.texts([]) == 0
    assert [command[4] for command in calls] == ["extract"]


def test_a_new_translation_goes_where_the_program_looks(
    tasks: ModuleType, calls: list[list[str]], locale: Path
) -> None:
    assert tasks.texts(["de"]) == 0
    assert [command[4] for command in calls] == ["extract", "init", "update", "compile"]
    assert calls[1][-2:] == ["--locale", "de"]
    assert str(locale) in calls[1]
    assert str(locale) in calls[3]


def test_translations_are_updated_and_compiled(
    tasks: ModuleType, calls: list[list[str]], locale: Path
) -> None:
    (locale / "de" / "LC_MESSAGES").mkdir(parents=True)
    (locale / "de" / "LC_MESSAGES" / "filewharf.po").touch()
    assert tasks.texts([]) == 0
    assert [command[4] for command in calls] == ["extract", "update", "compile"]


def test_the_collector_knows_every_translation_function(tasks: ModuleType) -> None:
    source = (tasks.ROOT / "services" / "system" / "language.py").read_text(encoding="utf-8")
    functions = {part.name for part in ast.parse(source).body if isinstance(part, ast.FunctionDef)}
    others = {"find_translations", "languages_in", "use_translations"}
    assert {keyword.partition(":")[0] for keyword in tasks.KEYWORDS} == functions - others


def test_every_target_of_make_is_a_task(tasks: ModuleType) -> None:
    makefile = (tasks.ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"\n{' '.join(tasks.TASKS)}:\n" in makefile


def test_an_unknown_task_shows_the_help(
    tasks: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tasks.main(["dance"]) == 2
    assert "packaging/tasks.py run" in capsys.readouterr().out


def test_a_terminated_task_stops_its_command(tasks: ModuleType) -> None:
    script = (
        "import sys, tasks\n"
        "tasks.TASKS['run'] = lambda _: tasks._call([sys.executable, '-c',\n"
        "    'import os, time; print(os.getpid(), flush=True); time.sleep(60)'])\n"
        "sys.exit(tasks.main(['run']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tasks.ROOT / "packaging",
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.terminate()
        # The pipe closes only when the command, which holds it too, is gone.
        assert process.stdout.read() == ""
        if sys.platform != "win32":
            assert process.wait() == 143
