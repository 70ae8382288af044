import contextlib
import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.packaging_scripts.conftest import SCRIPTS, Load
from tests.support.narrowing import not_none


@pytest.fixture
def prepare(load: Load) -> ModuleType:
    return load("prepare")


class Checkout:
    """Lock files, an environment, and the commands that the package tools got."""

    def __init__(self, prepare: ModuleType, folder: Path) -> None:
        self._prepare = prepare
        self.folder = folder
        self.venv = folder / "venv"
        self.commands: list[list[str]] = []
        for name in (prepare.PIP_LOCK, *prepare.LOCKS.values()):
            (folder / name).write_text("one==1\n")

    def set_up(self, purpose: str = "test") -> None:
        self._prepare.ensure_venv(purpose, self.venv, self.folder)

    def run(self, command: list[str]) -> None:
        """Stands in for the package tools; creates only a file for Python."""
        self.commands.append(command)
        if "--clear" in command:
            shutil.rmtree(self.venv, ignore_errors=True)
            python = self._prepare.venv_python(self.venv)
            python.parent.mkdir(parents=True)
            python.touch()

    @property
    def installed(self) -> list[str]:
        """The locks installed since the environment was last created."""
        created = max((at for at, one in enumerate(self.commands) if "--clear" in one), default=0)
        return [Path(one[-1]).name for one in self.commands[created:] if "install" in one]

    @property
    def times_created(self) -> int:
        return sum("--clear" in one for one in self.commands)


@pytest.fixture
def checkout(prepare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    checkout = Checkout(prepare, tmp_path)
    monkeypatch.setattr(prepare, "_run", checkout.run)
    return checkout


PIP, RUN, TEST = "requirements-pip.lock", "requirements-run.lock", "requirements.lock"


@pytest.mark.parametrize("purpose", ["run", "test"])
def test_a_finished_environment_is_left_alone(checkout: Checkout, purpose: str) -> None:
    checkout.set_up(purpose)
    before = len(checkout.commands)
    checkout.set_up(purpose)
    assert len(checkout.commands) == before > 0


def test_run_installs_only_what_it_needs(checkout: Checkout) -> None:
    checkout.set_up("run")
    assert checkout.installed == [PIP, RUN]


def test_test_extends_the_environment_of_run(checkout: Checkout) -> None:
    checkout.set_up("run")
    checkout.set_up("test")
    assert checkout.installed == [PIP, RUN, TEST]
    assert checkout.times_created == 1


def test_run_uses_the_environment_of_test(checkout: Checkout) -> None:
    checkout.set_up("test")
    checkout.set_up("run")
    assert checkout.installed == [PIP, TEST]


def test_packages_are_installed_with_hashes_and_from_wheels_only(
    checkout: Checkout,
) -> None:
    checkout.set_up()
    for command in checkout.commands:
        if "install" in command:
            assert "--require-hashes" in command
            assert command[command.index("--only-binary") + 1] == ":all:"


@pytest.mark.parametrize("name", [PIP, RUN, TEST])
def test_a_changed_lock_recreates_the_environment(checkout: Checkout, name: str) -> None:
    checkout.set_up()
    (checkout.folder / name).write_text("one==2\n")
    checkout.set_up()
    assert checkout.times_created == 2


def test_an_environment_without_its_python_is_recreated(
    prepare: ModuleType, checkout: Checkout
) -> None:
    checkout.set_up()
    prepare.venv_python(checkout.venv).unlink()
    checkout.set_up()
    assert checkout.times_created == 2


@pytest.mark.parametrize("first", [None, "run"])
def test_an_interrupted_installation_starts_over(
    prepare: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch, first: str | None
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    if first is not None:
        checkout.set_up(first)
    before = checkout.times_created
    with monkeypatch.context() as patch:
        patch.setattr(prepare, "install_locked", interrupted)
        with pytest.raises(KeyboardInterrupt):
            checkout.set_up("test")
    checkout.set_up("run")
    assert checkout.times_created > max(before, 1)
    assert checkout.installed == [PIP, RUN]


def test_the_stamp_distinguishes_pythons_and_purposes(prepare: ModuleType) -> None:
    states = [("cpython-311", "run"), ("cpython-312", "run"), ("cpython-311", "test")]
    assert len({prepare.stamp_for([b"x"], *state) for state in states}) == 3


@pytest.mark.slow
def test_a_second_setup_waits_for_the_first(
    prepare: ModuleType, checkout: Checkout, tmp_path: Path
) -> None:
    """The first runs in another process, which holds the lock until it's told to continue."""
    first = (
        "import sys, prepare, pathlib\n"
        "from one_at_a_time import one_at_a_time\n"
        "with one_at_a_time(pathlib.Path(sys.argv[1]), 'the first waits'):\n"
        "    print('held', flush=True); sys.stdin.readline()\n"
        "    pathlib.Path(sys.argv[2]).write_text('done')\n"
    )
    lock, done = tmp_path / "lock", tmp_path / "done"
    command = [sys.executable, "-c", first, str(lock), str(done)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SCRIPTS)}, **pipes) as one:
        output, answer = not_none(one.stdout), not_none(one.stdin)
        assert output.readline() == "held\n"
        messages: list[str] = []

        def go_on(message: str) -> None:
            messages.append(message)
            answer.write("\n")
            answer.flush()

        prepare_lock = sys.modules["one_at_a_time"]
        with prepare_lock.one_at_a_time(lock, prepare.WAITING, notify=go_on):
            assert done.read_text() == "done"
    assert messages == [prepare.WAITING]


def test_a_lock_whose_file_was_removed_does_not_count(load: Load, tmp_path: Path) -> None:
    lock = load("one_at_a_time")
    with lock.one_at_a_time(tmp_path / "lock", "waits"):
        (tmp_path / "lock").unlink()
        with lock.one_at_a_time(tmp_path / "lock", "waits"):
            pass


def test_the_environment_is_created_under_the_lock(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []

    @contextlib.contextmanager
    def held(*_: object) -> Iterator[None]:
        events.append("held")
        yield
        events.append("released")

    monkeypatch.setattr(prepare, "one_at_a_time", held)
    monkeypatch.setattr(prepare, "ensure_venv", lambda purpose: events.append(purpose))
    monkeypatch.setattr(prepare.system_packages, "ensure", lambda wanted: None)
    prepare.prepare("run")
    assert events == ["held", "run", "released"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux displays")
@pytest.mark.parametrize(
    ("display", "wayland", "expected"),
    [("", "", False), (":0", "", True), ("", "wayland-0", True)],
)
def test_a_display_is_recognized(
    prepare: ModuleType, monkeypatch: pytest.MonkeyPatch, display: str, wayland: str, expected: bool
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("WAYLAND_DISPLAY", wayland)
    assert prepare.has_display() is expected


@pytest.fixture
def tools(prepare: ModuleType, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for the environments of tasks, while locks are read from the checkout's folder."""
    folder = checkout.folder / "build" / "tools"
    monkeypatch.setattr(prepare, "PACKAGING", checkout.folder)
    monkeypatch.setattr(prepare, "TOOLS", folder)

    def run(command: list[str]) -> None:
        if "--clear" in command:
            checkout.venv = Path(command[-1])
        checkout.run(command)

    monkeypatch.setattr(prepare, "_run", run)
    return folder


def test_tools_stay_for_as_long_as_their_locks_are_the_same(
    prepare: ModuleType, checkout: Checkout, tools: Path
) -> None:
    python = prepare.tool_python("freeze", RUN)
    assert python.is_relative_to(tools)
    assert prepare.tool_python("freeze", RUN) == python
    assert checkout.times_created == 1
    (checkout.folder / RUN).write_text("one==2\n")
    newer = prepare.tool_python("freeze", RUN)
    assert newer != python
    assert checkout.installed == [PIP, RUN]
    (checkout.folder / RUN).write_text("one==1\n")
    assert prepare.tool_python("freeze", RUN) == python
    assert checkout.times_created == 2


def test_tools_that_were_not_finished_are_made_anew(
    prepare: ModuleType, checkout: Checkout, tools: Path
) -> None:
    python = prepare.tool_python("freeze", RUN)
    (python.parent.parent / "filewharf-stamp").unlink()
    assert prepare.tool_python("freeze", RUN) == python
    assert checkout.times_created == 2


def test_only_one_process_makes_the_tools(
    prepare: ModuleType,
    checkout: Checkout,
    tools: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = prepare.tool_python("freeze", RUN)
    (made.parent.parent / "filewharf-stamp").unlink()
    lock = made.parent.parent.with_suffix(".lock")
    waiting = threading.Event()
    lock_it = prepare.one_at_a_time
    notifying = functools.partial(lock_it, notify=lambda _: waiting.set())
    monkeypatch.setattr(prepare, "one_at_a_time", notifying)
    with lock_it(lock, ""):
        other = threading.Thread(target=lambda: prepare.tool_python("freeze", RUN))
        other.start()
        assert waiting.wait(30)
        assert checkout.times_created == 1
    other.join(30)
    assert checkout.times_created == 2


def test_an_export_uses_the_tools_of_its_checkout(
    load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FILEWHARF_TOOLS", str(tmp_path))
    assert str(load("prepare").TOOLS) == str(tmp_path)


def test_the_output_of_a_failing_tool_is_shown(prepare: ModuleType) -> None:
    with pytest.raises(prepare.PreparationError, match="the reason"):
        prepare._run([sys.executable, "-c", "import sys; print('the reason'); sys.exit(3)"])


def test_a_missing_network_is_reported_at_once_and_at_the_end(
    prepare: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "print('Temporary failure in name resolution'); print('No matching distribution');"
    with pytest.raises(prepare.PreparationError, match="network connection"):
        prepare._run([sys.executable, "-c", script + "raise SystemExit(1)"])
    assert capsys.readouterr().out.count("network connection") == 1


def test_an_unknown_purpose_shows_the_help(
    prepare: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prepare.main(["dance"]) == 2
    assert "packaging/prepare.py run" in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", [PIP, RUN, TEST, "requirements-uv.lock", "requirements-babel.lock"]
)
def test_the_locks_have_a_hash_for_every_package_and_no_urls(
    prepare: ModuleType, name: str
) -> None:
    text = (prepare.PACKAGING / name).read_text(encoding="utf-8")
    pinned = pinned_in(text)
    assert pinned
    assert all(line.endswith("\\") for line in pinned)
    assert text.count("--hash=") >= len(pinned)
    assert "://" not in text
    assert "pyside6-essentials==6.12.0" not in text


def test_run_needs_a_subset_of_the_packages_of_test(prepare: ModuleType) -> None:
    run, test = (
        {line.split()[0] for line in pinned_in((prepare.PACKAGING / name).read_text("utf-8"))}
        for name in (RUN, TEST)
    )
    assert run < test
    names = {line.split("==")[0] for line in run}
    assert {"pyside6-essentials", "requests", "keyring", "uvicorn"} <= names
    assert names.isdisjoint({"pytest", "mypy", "ruff", "openai", "hypothesis"})


def pinned_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))]


@pytest.mark.slow
def test_the_installed_packages_match_the_lock(prepare: ModuleType) -> None:
    if Path(sys.prefix) != prepare.VENV:
        pytest.skip("not running in the environment that prepare.py creates")
    command = [sys.executable, "-m", "pip", "check"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
