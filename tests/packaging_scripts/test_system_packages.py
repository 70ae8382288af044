import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.packaging_scripts.conftest import SCRIPTS, Load

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux packages")


@pytest.fixture
def packages(load: Load) -> ModuleType:
    return load("system_packages")


def names(needs: Iterable[Any]) -> set[str]:
    return {need.package for need in needs}


def test_a_real_screen_needs_no_virtual_one(packages: ModuleType) -> None:
    wanted = names(packages.needs(virtual_screen=False, venv=False))
    assert "libxcb-cursor0" in wanted
    assert wanted.isdisjoint({"xvfb", "openbox", "gnome-keyring"})


def test_the_readme_names_the_libraries_for_those_who_install_by_hand(packages: ModuleType) -> None:
    words = set(
        (SCRIPTS.parent / "README.md").read_text(encoding="utf-8").replace("`", " ").split()
    )
    assert {need.package for need in packages.QT} <= {word.rstrip(";.,:") for word in words}


def test_a_virtual_screen_needs_more_packages(packages: ModuleType) -> None:
    wanted = names(packages.needs(virtual_screen=True, venv=False))
    assert {"xvfb", "openbox", "gnome-keyring", "dbus"} <= wanted


def test_only_testing_needs_curl(packages: ModuleType) -> None:
    assert "curl" in names(packages.needs(virtual_screen=True, venv=False, tests=True))
    assert "curl" not in names(packages.needs(virtual_screen=True, venv=False))


def test_the_venv_package_belongs_to_the_running_python(packages: ModuleType) -> None:
    wanted = names(packages.needs(virtual_screen=False, venv=True))
    assert f"python3.{sys.version_info.minor}-venv" in wanted


def test_only_installed_packages_count(packages: ModuleType) -> None:
    listing = "installed xvfb\nconfig-files openbox\nnot-installed dbus\n\n"
    assert packages.installed_packages(listing) == {"xvfb"}


@pytest.mark.parametrize("name", ["libglib2.0-0", "libglib2.0-0t64"])
def test_either_name_of_a_renamed_package_counts(packages: ModuleType, name: str) -> None:
    wanted = packages.needs(virtual_screen=False, venv=False)
    missing = packages.missing_packages(wanted, {name})
    assert "libglib2.0-0" not in names(missing)
    assert len(missing) == len(wanted) - 1


def test_root_needs_no_prefix_and_others_need_sudo(packages: ModuleType) -> None:
    assert packages.root_prefix(0, None, interactive=False) == []
    assert packages.root_prefix(1000, "/usr/bin/sudo", interactive=True) == ["/usr/bin/sudo"]
    assert packages.root_prefix(1000, None, interactive=True) is None


def test_sudo_never_waits_for_a_password_nobody_can_type(packages: ModuleType) -> None:
    assert packages.root_prefix(1000, "sudo", interactive=False) == ["sudo", "-n"]


def test_packages_are_described_by_their_reason(packages: ModuleType) -> None:
    needs = [packages.Need("a", "fonts", ""), packages.Need("b", "fonts", "")]
    assert packages.describe(needs) == "  a, b: fonts"


class Debian:
    """A folder of fake Debian programs that record their calls."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notes = folder / "notes"
        (folder / "sh").symlink_to("/bin/sh")
        self.program("env", 'while [ "${1#*=}" != "$1" ]; do shift; done; exec "$@"')

    def program(self, name: str, body: str = "", code: int = 0) -> None:
        path = self._folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >> {self._notes}\n{body}\nexit {code}\n')
        path.chmod(0o755)

    def has(self, *packages: str) -> None:
        self.program("dpkg-query", "\n".join(f"echo installed {name}" for name in packages), 1)

    def calls(self, name: str) -> list[str]:
        notes = self._notes.read_text().splitlines() if self._notes.exists() else []
        return [line for line in notes if line.startswith(f"{name} ")]


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Debian:
    system = Debian(tmp_path)
    system.program("apt-get")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: 0)
    return system


def needed(packages: ModuleType, *names: str, optional: bool = False) -> list[Any]:
    return [packages.Need(name, "a reason", "", optional=optional) for name in names]


def test_nothing_is_run_or_printed_if_nothing_is_missing(
    packages: ModuleType, debian: Debian, capsys: pytest.CaptureFixture[str]
) -> None:
    debian.has("a", "b")
    packages.ensure(needed(packages, "a", "b"))
    assert len(debian.calls("dpkg-query")) == 1
    assert debian.calls("apt-get") == []
    assert capsys.readouterr().out == ""


def test_only_missing_packages_are_installed_after_an_update(
    packages: ModuleType, debian: Debian, capsys: pytest.CaptureFixture[str]
) -> None:
    debian.has("a")
    packages.ensure(needed(packages, "a", "b", "c"))
    update, install = debian.calls("apt-get")
    assert update.endswith(" update")
    assert install.endswith("--no-install-recommends install b c")
    assert "b, c: a reason" in capsys.readouterr().out


def test_the_password_is_asked_for_once(
    packages: ModuleType, debian: Debian, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian.has()
    monkeypatch.setattr("os.getuid", lambda: 1000)
    debian.program("sudo", 'while [ "${1#-}" != "$1" ]; do shift; done; exec "$@"')
    packages.ensure(needed(packages, "a", "b"))
    assert len(debian.calls("sudo")) == 1
    assert len(debian.calls("apt-get")) == 2


def test_a_failed_update_does_not_stop_the_installation(
    packages: ModuleType, debian: Debian
) -> None:
    debian.has()
    debian.program("apt-get", 'for last; do :; done; test "$last" != update || exit 100')
    packages.ensure(needed(packages, "a"))
    assert len(debian.calls("apt-get")) == 2


def test_a_failed_installation_shows_the_commands(
    packages: ModuleType, debian: Debian, capfd: pytest.CaptureFixture[str]
) -> None:
    debian.has()
    debian.program("apt-get", "echo the reason", code=100)
    with pytest.raises(
        packages.PreparationError, match=r"(?s)apt-get update.*apt-get install .* a"
    ):
        packages.ensure(needed(packages, "a"))
    assert "the reason" in capfd.readouterr().err


def test_a_missing_network_is_reported_at_once_and_at_the_end(
    packages: ModuleType, debian: Debian, capsys: pytest.CaptureFixture[str]
) -> None:
    debian.has()
    debian.program("apt-get", "echo \"Temporary failure resolving 'server'\"", code=100)
    with pytest.raises(packages.PreparationError, match="network connection"):
        packages.ensure(needed(packages, "a"))
    assert capsys.readouterr().out.count("network connection") == 1


def test_other_failures_are_not_blamed_on_the_network(
    packages: ModuleType, debian: Debian, capsys: pytest.CaptureFixture[str]
) -> None:
    debian.has()
    debian.program("apt-get", "echo 'E: Unable to locate package a'", code=100)
    with pytest.raises(packages.PreparationError) as error:
        packages.ensure(needed(packages, "a"))
    assert "network" not in str(error.value) + capsys.readouterr().out


def test_without_root_and_sudo_the_command_is_shown(
    packages: ModuleType, debian: Debian, monkeypatch: pytest.MonkeyPatch
) -> None:
    debian.has()
    monkeypatch.setattr("os.getuid", lambda: 1000)
    with pytest.raises(packages.PreparationError, match="as root"):
        packages.ensure(needed(packages, "a"))
    assert debian.calls("apt-get") == []


def test_missing_optional_packages_do_not_stop_the_setup(
    packages: ModuleType,
    debian: Debian,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    debian.has()
    monkeypatch.setattr("os.getuid", lambda: 1000)
    packages.ensure(needed(packages, "a", optional=True))
    assert "Continuing without them" in capsys.readouterr().out


def test_on_other_systems_missing_packages_are_listed(
    packages: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    wanted = [
        packages.Need("a", "a reason", "libnot-there-at-all.so.9"),
        packages.Need("b", "another", "no-such-program"),
        packages.Need("c", "third", "libc.so.6"),
    ]
    packages.ensure(wanted)
    output = capsys.readouterr().out
    assert "libnot-there-at-all.so.9: a reason" in output
    assert "no-such-program: another" in output
    assert "libc.so.6" not in output
