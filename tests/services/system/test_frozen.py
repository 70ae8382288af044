"""The frozen program: it gives the system's programs their own libraries back, and knows its package."""

import sys

import pytest

from services.system.frozen import is_from_system_package, restore_library_path

LOADED = {"LD_LIBRARY_PATH": "/opt/filewharf/_internal", "HOME": "/home/me"}


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.usefixtures("frozen")
def test_the_path_is_removed_if_there_was_none() -> None:
    environment = dict(LOADED)
    restore_library_path(environment)
    assert environment == {"HOME": "/home/me"}


@pytest.mark.usefixtures("frozen")
def test_the_path_is_as_it_was_before() -> None:
    environment = LOADED | {"LD_LIBRARY_PATH_ORIG": "/usr/local/lib"}
    restore_library_path(environment)
    assert environment == {"LD_LIBRARY_PATH": "/usr/local/lib", "HOME": "/home/me"}


@pytest.mark.parametrize(("is_frozen", "platform"), [(False, "linux"), (True, "darwin")])
def test_other_programs_keep_theirs(
    monkeypatch: pytest.MonkeyPatch, is_frozen: bool, platform: str
) -> None:
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    environment = dict(LOADED)
    restore_library_path(environment)
    assert environment == LOADED


@pytest.mark.parametrize(
    ("is_frozen", "program", "expected"),
    [
        (True, "/opt/filewharf/filewharf", True),
        (True, "/home/me/filewharf/filewharf", False),
        (False, "/opt/python/bin/python3", False),
    ],
)
def test_the_package_manager_updates_only_what_it_installed(
    monkeypatch: pytest.MonkeyPatch, is_frozen: bool, program: str, expected: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", is_frozen, raising=False)
    monkeypatch.setattr(sys, "executable", program)
    assert is_from_system_package() is expected
