"""The wheel: what is in it, that it installs, works and leaves nothing, and that builds are alike."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from tests.packaging_scripts.conftest import Load

ROOT = Path(__file__).resolve().parents[2]
WHEN = "1700000000"
SOURCE = ("main.py", "ui", "services", "resources", "packaging", "pyproject.toml", "README.md")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("wheel"))


def built(folder: Path) -> Path:
    """A wheel of the files as they are now, built in the folder."""
    source = folder / "source"
    source.mkdir()
    for name in (*SOURCE, "LICENSE", "CHANGELOG.md"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("*.pyc"))
        else:
            shutil.copy(ROOT / name, source / name)
    build = "import dist, pathlib, sys; p = pathlib.Path; a = sys.argv"
    build += "; dist.build(p(sys.executable), p(a[1]), p(a[2]), a[3])"
    command = [sys.executable, "-c", build, str(source), str(folder / "dist"), WHEN]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "packaging")}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    (found,) = (folder / "dist").glob("*.whl")
    return found


def test_the_wheel_brings_one_name_and_no_pictures(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"filewharf"}
    about = {"LICENSE", "CHANGELOG.md", "resources/icons/LICENSE.txt"}
    assert {f"filewharf/app/{name}" for name in about} < {*names}
    assert not [name for name in names if "/pictures/" in name or "__pycache__" in name]


def test_builds_of_the_same_files_are_alike(wheel: Path, tmp_path: Path) -> None:
    before = os.umask(0o077)  # nor do they depend on who builds, and where
    try:
        again = built(tmp_path)
    finally:
        os.umask(before)
    assert again.read_bytes() == wheel.read_bytes()
    (first,) = wheel.parent.glob("*.tar.gz")
    (second,) = again.parent.glob("*.tar.gz")
    assert second.read_bytes() == first.read_bytes()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_the_files_of_the_last_commit_are_built(load: Load, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        name = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
        environment = os.environ | {"GIT_COMMITTER_DATE": f"{WHEN} +0100"}
        subprocess.run(["git", *name, *arguments], cwd=checkout, check=True, env=environment)

    checkout = tmp_path / "checkout"
    checkout.mkdir()
    dist = load("dist")
    assert dist.last_commit(checkout) is None
    git("init", "--quiet")
    (checkout / "file").write_text("committed")
    git("add", "file")
    git("commit", "--quiet", "--message=One")
    (checkout / "file").write_text("changed")
    (checkout / "other").write_text("new")
    commit, when = dist.last_commit(checkout)
    assert when == WHEN
    dist.export(checkout, commit, tmp_path / "exported")
    exported = {path.name: path.read_text() for path in (tmp_path / "exported").iterdir()}
    assert exported == {"file": "committed"}


def test_it_installs_works_and_leaves_nothing(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    library = Path(sysconfig.get_path("purelib", vars={"base": str(place)}))
    # The packages it needs are those of the tests.
    (library / "needed.pth").write_text(sysconfig.get_path("purelib"))
    before = files_in(place)
    pip = [sys.executable, "-m", "pip", "--quiet", "--python", str(python)]
    install = [*pip, "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    start = {"PATH": os.defpath, "HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    Path(start["HOME"]).mkdir()

    def run(*command: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env={**start, **environment},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run(place / "bin" / "filewharf", "--version").stdout.startswith("Filewharf ")
    tested = run(python, "-m", "filewharf", "--self-test")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"custom_id": \n')
    checked = run(place / "bin" / "filewharf", "check", bad)
    assert checked.returncode == 1
    assert "bad.jsonl:1:" in checked.stdout
    started = run(place / "bin" / "filewharf-window", QT_QPA_PLATFORM="xcb")
    assert started.returncode == 1
    assert started.stderr == "Can't open a window: there's no display (DISPLAY not set).\n"
    # As for a person: pip looks for compiled modules where this variable says.
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONPYCACHEPREFIX"}
    subprocess.run([*pip, "uninstall", "--yes", "filewharf"], check=True, env=usual)
    assert files_in(place) == before


def files_in(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}
