"""The layout of the AppImage, and the image behind its runtime: a stand-in for both programs."""

import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging_scripts.conftest import Load

RUNTIME = b"#!/bin/sh\nexit 0\n"


@pytest.fixture
def appimage(load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    script = load("appimage")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setattr(script, "WORK", tmp_path / "work")
    return script


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    folder = tmp_path / "frozen"
    folder.mkdir()
    (folder / "filewharf").write_text('#!/bin/sh\necho "runs: $1"\n', encoding="ascii")
    (folder / "filewharf").chmod(0o755)
    (folder / "filewharf-window").symlink_to("filewharf")
    return folder


@pytest.mark.skipif(os.name != "posix", reason="AppImages are for Linux")
def test_its_launcher_starts_the_program(
    appimage: ModuleType, frozen: Path, tmp_path: Path
) -> None:
    appimage.lay_out(frozen, tmp_path / "image")
    answer = subprocess.run(
        [tmp_path / "image" / "AppRun", "ls"], check=True, capture_output=True, text=True
    )
    assert answer.stdout == "runs: ls\n"
    names = {path.name for path in (tmp_path / "image").iterdir()}
    entry = f"{appimage.deb.DESKTOP_ID}.desktop"
    assert {"AppRun", entry, f"{appimage.deb.DESKTOP_ID}.svg", ".DirIcon"} <= names


@pytest.mark.skipif(shutil.which("mksquashfs") is None, reason="needs mksquashfs")
def test_the_image_follows_the_runtime(appimage: ModuleType, frozen: Path, tmp_path: Path) -> None:
    runtime = tmp_path / "runtime"
    runtime.write_bytes(RUNTIME)
    built = []
    for name in ("one", "two"):
        appimage.build(runtime, frozen, tmp_path / "dist" / name)
        built.append((tmp_path / "dist" / name).read_bytes())
    assert built[0] == built[1]
    assert built[0].startswith(RUNTIME + b"hsqs")
    assert not appimage.WORK.exists()
