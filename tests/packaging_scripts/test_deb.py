"""Packages are alike for one commit, and say what they need: real dpkg-deb, small folders."""

import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from services.system.version import __version__
from tests.packaging_scripts.conftest import Load

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="Debian's packages")

SECONDS = 1_700_000_000
CONTROL = """\
Package: filewharf
Version: 1
Architecture: all
Maintainer: Someone <someone@example.com>
Description: a test
"""


@pytest.fixture
def deb(load: Load) -> ModuleType:
    return load("deb")


def folder_for_package(folder: Path, modified: int) -> Path:
    for name, content in {
        "DEBIAN/control": CONTROL,
        "opt/program": "#!/bin/sh\n",
        "opt/b": "b",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        os.utime(path, (modified, modified))
    (folder / "opt" / "program").chmod(0o755)
    (folder / "opt" / "link").symlink_to("program")
    return folder


def test_the_same_files_always_make_the_same_package(deb: ModuleType, tmp_path: Path) -> None:
    packages = []
    for number, mask in enumerate((0o022, 0o077)):
        last = os.umask(mask)
        root = folder_for_package(tmp_path / str(number), SECONDS + 100 * number)
        os.umask(last)
        package = tmp_path / f"{number}.deb"
        deb.pack(root, package, SECONDS)
        packages.append(package.read_bytes())
    assert packages[0] == packages[1]


def test_everybody_can_read_what_is_packed(deb: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "one.deb"
    deb.pack(folder_for_package(tmp_path / "root", SECONDS), package, SECONDS)
    listing = subprocess.run(
        ["dpkg-deb", "--contents", str(package)], check=True, capture_output=True, text=True
    ).stdout
    modes = {line.split()[5]: line.split()[0] for line in listing.splitlines()}
    assert modes["./opt/program"] == "-rwxr-xr-x"
    assert modes["./opt/b"] == "-rw-r--r--"
    assert "root/root" in listing


def test_the_version_is_the_programs(deb: ModuleType) -> None:
    assert deb.version_of() == __version__


@pytest.mark.skipif(shutil.which("objdump") is None, reason="reads programs with objdump")
def test_needed_packages_are_those_of_libraries_that_are_missing(
    deb: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copyfile("/bin/true", tmp_path / "program")
    (tmp_path / "notes.txt").write_text("no program", encoding="utf-8")
    assert deb.needed_packages(tmp_path) == [deb.PACKAGES["libc.so.6"]]
    monkeypatch.delitem(deb.PACKAGES, "libc.so.6")
    with pytest.raises(deb.prepare.PreparationError, match="libc"):
        deb.needed_packages(tmp_path)
    (tmp_path / "libc.so.6").touch()
    assert deb.needed_packages(tmp_path) == []
