import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging_scripts.conftest import Load

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian systems")


@pytest.fixture
def bare(load: Load) -> ModuleType:
    return load("bare")


def test_only_network_settings_are_passed_in(bare: ModuleType) -> None:
    outer = {
        "PATH": "/opt/tools/bin",
        "HOME": "/home/me",
        "PIP_INDEX_URL": "index",
        "https_proxy": "proxy",
        "PIP_FIND_LINKS": "/opt/wheels",
        "OPENAI_API_KEY": "a secret",
        "DISPLAY": ":0",
    }
    inner = bare.inner_environment(outer)
    assert inner["PIP_INDEX_URL"] == "index"
    assert inner["https_proxy"] == "proxy"
    assert inner["HOME"] == "/root"
    assert "/opt" not in inner["PATH"]
    assert inner.keys().isdisjoint({"PIP_FIND_LINKS", "OPENAI_API_KEY", "DISPLAY"})


def test_only_network_settings_of_apt_are_passed_in(bare: ModuleType) -> None:
    dump = (
        'Acquire "";\nAcquire::http "";\nAcquire::http::Proxy "proxy";\n'
        'Acquire::GzipIndexes "true";\nDir::Cache "x";\nAcquire::Check-Date "false";\n'
    )
    assert bare.apt_settings(dump) == (
        'Acquire::http::Proxy "proxy";\nAcquire::Check-Date "false";\n'
    )


def test_both_commands_run_even_if_the_first_fails(
    bare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def passes(_root: Path, _release: str, name: str, _words: list[str]) -> bool:
        done.append(name)
        return name == "test"

    monkeypatch.setattr(bare, "make_system", lambda root, _release, _mirror: root.mkdir())
    monkeypatch.setattr(bare, "_passes", passes)
    assert not bare.try_release("trixie", tmp_path, None, "")
    assert done == ["run", "test"]
    assert list(tmp_path.iterdir()) == []


def test_the_system_is_removed_even_if_creating_it_failed(
    bare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(root: Path, _release: str, _mirror: str | None) -> None:
        root.mkdir()
        raise subprocess.SubprocessError

    monkeypatch.setattr(bare, "make_system", fails)
    with pytest.raises(subprocess.SubprocessError):
        bare.try_release("trixie", tmp_path, None, "")
    assert list(tmp_path.iterdir()) == []
