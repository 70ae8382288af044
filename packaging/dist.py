"""Builds what is released: the source archive and the wheel, into `dist/`.

    python packaging/tasks.py dist

The files of the last commit are built in a folder of their own, with the commit's time, so that
nothing else gets in and builds of one commit are alike to the byte. Outside of a Git checkout, the
files next to this script are built.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import prepare
from commands import call
from system_packages import PreparationError

DIST = prepare.ROOT / "dist"


def last_commit(root: Path) -> tuple[str, str] | None:
    """The ID of the checkout's commit, and its time in seconds since 1970; None without Git."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return None
    commit, when = _git(root, "log", "-1", "--format=%H %ct").decode().split()
    return commit, when


def export(root: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit to a folder, which mustn't exist."""
    archive = _git(root, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(folder, filter="data")


def build(python: Path, source: Path, folder: Path, when: str | None) -> None:
    """Build the source archive and the wheel into a folder. `when` is their time, since 1970.

    Raises PreparationError if that fails.
    """
    environment = dict(os.environ)
    if when is not None:
        environment["SOURCE_DATE_EPOCH"] = when
    command = [str(python), "-m", "hatchling", "build", "--directory", str(folder)]
    if call(command, cwd=source, env=environment):
        raise PreparationError("The packages couldn't be built.")


def main(arguments: list[str]) -> int:
    """Build everything into `dist/`."""
    if arguments:
        print(__doc__)
        return 2
    python = prepare.prepare("test")
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    commit = last_commit(prepare.ROOT)
    if commit is None:
        build(python, prepare.ROOT, DIST, None)
        return 0
    if _git(prepare.ROOT, "status", "--porcelain"):
        print(f"Building commit {commit[0]}, without the changes since.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="filewharf-") as name:
        source = Path(name) / "source"
        export(prepare.ROOT, commit[0], source)
        build(python, source, DIST, commit[1])
    return 0


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE).stdout
