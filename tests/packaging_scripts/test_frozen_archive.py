"""The archive of the frozen program: alike for one commit, and whole when it's unpacked."""

import os
import platform
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.packaging_scripts.conftest import Load

SECONDS = 1_700_000_000
pytestmark = pytest.mark.skipif(os.name != "posix", reason="for Linux")


@pytest.fixture
def frozen_archive(load: Load) -> ModuleType:
    return load("frozen_archive")


def frozen(folder: Path, modified: int) -> Path:
    """A folder like the frozen program's."""
    for name in ("filewharf", "_internal/b.txt", "_internal/a.so.1", "_internal/empty/.keep"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "{name} $1"\n', encoding="ascii")
        os.utime(path, (modified, modified))
    for name in ("filewharf", "_internal/a.so.1"):
        (folder / name).chmod(0o700)
    (folder / "filewharf-window").symlink_to("filewharf")
    return folder


def test_the_same_files_always_make_the_same_archive(
    frozen_archive: ModuleType, tmp_path: Path
) -> None:
    archives = []
    for number, mask in enumerate((0o022, 0o077)):
        last = os.umask(mask)
        folder = frozen(tmp_path / str(number), SECONDS + 100 * number)
        os.umask(last)
        archive = tmp_path / "dist" / f"{number}.tar.xz"
        frozen_archive.pack(folder, archive, "filewharf-1", SECONDS)
        archives.append(archive.read_bytes())
    assert archives[0] == archives[1]


def test_the_unpacked_program_runs(load: Load, frozen_archive: ModuleType, tmp_path: Path) -> None:
    archive = tmp_path / "one.tar.xz"
    frozen_archive.pack(frozen(tmp_path / "one", SECONDS), archive, "filewharf-1", SECONDS)
    with tarfile.open(archive) as packed:
        inside = packed.getmembers()
        load("dist").unpack(packed, tmp_path / "there")
    assert {path.name for path in (tmp_path / "there").iterdir()} == {"filewharf-1"}
    assert [one.name for one in inside] == sorted(one.name for one in inside)
    assert {(one.uid, one.gid, one.mtime) for one in inside} == {(0, 0, SECONDS)}
    modes = {one.name.removeprefix("filewharf-1/"): one.mode for one in inside}
    assert modes["filewharf"] == modes["_internal"] == 0o755
    assert modes["_internal/a.so.1"] == modes["_internal/b.txt"] == 0o644
    program = tmp_path / "there" / "filewharf-1" / "filewharf-window"
    answer = subprocess.run([program, "ls"], check=True, capture_output=True, text=True)
    assert answer.stdout == "filewharf ls\n"


TASKS = """
import os, pathlib, sys
assert sys.argv[1] == "freeze"
folder = pathlib.Path("build/frozen/filewharf")
folder.mkdir(parents=True)
(folder / "tools").write_text(os.environ["FILEWHARF_TOOLS"] + " " + os.environ["SOURCE_DATE_EPOCH"])
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A checkout that can be frozen."""
    folder = tmp_path / "source"
    for name, text in {
        "packaging/tasks.py": TASKS,
        "services/system/version.py": '__version__ = "1.2"\n',
    }.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.skipif(sys.platform != "linux", reason="for Linux")
def test_releases_have_it_frozen_with_the_tools_that_are_there(
    load: Load, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist = load("dist")
    monkeypatch.setattr(dist, "FREEZING", (sys.executable,))
    dist.build_frozen(Path(sys.executable), source, tmp_path / "dist", str(SECONDS))
    (archive,) = (tmp_path / "dist").iterdir()
    assert archive.name == f"filewharf-1.2-linux-{platform.machine()}.tar.xz"
    with tarfile.open(archive) as packed:
        content = packed.extractfile("filewharf-1.2/tools")
        assert content is not None
        assert content.read().decode() == f"{dist.prepare.TOOLS} {SECONDS}"
        assert packed.getmember("filewharf-1.2").mtime == SECONDS


@pytest.mark.skipif(sys.platform != "linux", reason="for Linux")
def test_what_cannot_be_frozen_is_left_out_and_said(
    load: Load,
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dist = load("dist")
    monkeypatch.setattr(dist, "FREEZING", ("no-such-compiler",))
    for build in (dist.build_frozen, dist.build_deb):
        build(Path(sys.executable), source, tmp_path / "dist", None)
    assert "no-such-compiler" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()
