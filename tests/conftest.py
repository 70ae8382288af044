"""Fixtures for every test: no network access, no leftovers, no unexpected log records."""

import gc
import itertools
import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import keyring
import keyring.core
import pytest

from services.system.language import Translations, use_translations
from tests.support import network_guard
from tests.support.files_server import ScriptedFilesServer
from tests.support.leftovers import part_files_left, threads_left, windows_left
from tests.support.log_guard import LogGuard
from tests.support.memory_keyring import MemoryKeyring

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# In English, whatever the system's language.
use_translations(Translations())

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
# For `make mutants`, which only needs to know whether anything fails.
hypothesis.settings.register_profile(
    "unshrunk", deadline=None, phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate]
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "here")

_REMOVED_PREFIXES = ("OPENAI_", "AZURE_OPENAI_", "FILEWHARF_")
_REMOVED_NAMES = {
    "ALL_PROXY",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NETRC",
    "NO_PROXY",
    "PYTHONUNBUFFERED",
    "PYTHON_KEYRING_BACKEND",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SSLKEYLOGFILE",
}


def pytest_configure() -> None:
    """Block the network before anything that might use it is imported, and hide accounts."""
    network_guard.install()
    for name in list(os.environ):
        if name.startswith(_REMOVED_PREFIXES) or name.upper() in _REMOVED_NAMES:
            del os.environ[name]


def pytest_collection_finish() -> None:
    """Exclude the collected tests from later garbage collections."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves threads, windows or partial files, or tries to use the network."""
    has_folder = "tmp_path" in request.fixturenames
    folder = request.getfixturevalue("tmp_path") if has_folder else None
    before = threading.enumerate()
    yield
    left = windows_left() if {"qapp", "qtbot"} & set(request.fixturenames) else []
    left += threads_left(before)
    left += part_files_left(folder) if folder is not None else []
    left += network_guard.blocked
    network_guard.blocked.clear()
    if left:
        pytest.fail("left behind by the test: " + "; ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def expects_log(request: pytest.FixtureRequest, _nothing_left_behind: None) -> Iterator[LogGuard]:
    """Fail a test on log records at WARNING or above, except those it expects.

    A test expects a record with `expects_log("regex")` or the marker of the same name.
    """
    guard = LogGuard()
    for marker in request.node.iter_markers("expects_log"):
        guard(*marker.args)
    root = logging.getLogger()
    root.addHandler(guard)
    yield guard
    root.removeHandler(guard)
    complaints = guard.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """New folders, one for each test."""
    homes = tmp_path_factory.mktemp("homes")
    return (homes / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_folders(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A separate home folder; accounts, proxies and certificates are hidden from the beginning."""
    home = next(_homes)
    home.mkdir()
    for name, folder in {
        "HOME": "",
        "USERPROFILE": "",
        "APPDATA": "/config",
        "LOCALAPPDATA": "/data",
        "XDG_CONFIG_HOME": "/config",
        "XDG_DATA_HOME": "/data",
        "XDG_CACHE_HOME": "/cache",
        "XDG_STATE_HOME": "/state",
        "XDG_DOWNLOAD_DIR": "/Downloads",
    }.items():
        monkeypatch.setenv(name, f"{home}{folder}")
    return home


@pytest.fixture(autouse=True)
def memory_keyring(
    request: pytest.FixtureRequest, own_folders: Path
) -> Iterator[MemoryKeyring | None]:
    """A separate keyring; None in tests marked `real_keyring`, which use the system's."""
    if request.node.get_closest_marker("real_keyring"):
        keyring.core.init_backend()
        yield None
    else:
        backend = MemoryKeyring()
        keyring.set_keyring(backend)
        yield backend
    keyring.set_keyring(MemoryKeyring())


@pytest.fixture(scope="session")
def qapp_cls() -> "type[QApplication]":
    """The application of Qt in tests is the program's."""
    from ui.starting.opening_application import OpeningApplication

    return OpeningApplication


@pytest.fixture
def make_files_server() -> Iterator[Callable[..., ScriptedFilesServer]]:
    """Starts loopback servers with the arguments of `ScriptedFilesServer`, and closes them."""
    servers: list[ScriptedFilesServer] = []

    def make(*arguments: object, **named: object) -> ScriptedFilesServer:
        servers.append(ScriptedFilesServer(*arguments, **named))  # type: ignore[arg-type]
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def files_server(
    make_files_server: Callable[..., ScriptedFilesServer],
) -> ScriptedFilesServer:
    """A loopback server without files."""
    return make_files_server()
