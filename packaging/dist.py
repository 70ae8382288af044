"""Builds what is released, into `dist/`, and says what is in it.

    python packaging/tasks.py dist
    python packaging/tasks.py audit

These are the packages, in `BUILDS`: the wheel and the source, and on Linux the frozen program as an
archive and as a Debian package; a bill of materials (CycloneDX) made from the locked packages;
the licenses of all that is shipped; and the SHA-256 sums. "audit" looks for known vulnerabilities
in the locked packages with pip-audit, if that is installed, or else says how to do it elsewhere.

The files of the last commit are built in a folder of their own, with the commit's time, so that
nothing else gets in and builds of one commit are alike to the byte. Outside of a Git checkout, the
files next to this script are built.
"""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import deb
import freeze
import frozen_archive
import prepare
import shipped
from commands import call
from commit import commit_time, last_commit
from system_packages import PreparationError

DIST = prepare.ROOT / "dist"
SUMS = "SHA256SUMS"
FREEZING = ("gcc", "objdump", "strip")
"""The programs that freezing needs."""
RUN_LOCK = prepare.PACKAGING / prepare.LOCKS["run"]

Build = Callable[[Path, Path, Path, str | None], None]
"""Builds from the files in a folder into another one, with the Python of the tests."""


def unpack(files: tarfile.TarFile, folder: Path) -> None:
    """Unpack an archive that was made here."""
    # Python before 3.11.4 has no filters, and later ones warn if none is chosen.
    safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    files.extractall(folder, **safely)  # type: ignore[arg-type]


def export(root: Path, commit: str, folder: Path) -> None:
    """Write the files of a commit to a folder, which mustn't exist."""
    archive = _git(root, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        unpack(files, folder)


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


def build_frozen(_python: Path, source: Path, folder: Path, when: str | None) -> None:
    """Freeze the program, and pack it into an archive, on Linux.

    Raises PreparationError if that fails.
    """
    if not sys.platform.startswith("linux"):
        print("The frozen program is only packed on Linux, so it is left out.", file=sys.stderr)
        return
    missing = [name for name in FREEZING if shutil.which(name) is None]
    if missing:
        print(f"There's no {missing[0]}, so the frozen program is left out.", file=sys.stderr)
        return
    _run_task(source, when, "freeze")
    name = f"filewharf-{deb.version_of(source)}"
    archive = folder / f"{name}-linux-{platform.machine()}.tar.xz"
    seconds = int(when) if when is not None else commit_time()
    frozen_archive.pack(_frozen_in(source), archive, name, seconds)


def build_deb(_python: Path, source: Path, folder: Path, when: str | None) -> None:
    """Build the Debian package around the frozen program, on Debian.

    Raises PreparationError if that fails.
    """
    if shutil.which("dpkg-deb") is None or not _frozen_in(source).exists():
        print(
            "The Debian package needs dpkg-deb and the frozen program; left out.", file=sys.stderr
        )
        return
    _run_task(source, when, "deb", "--frozen")
    for package in (source / "dist").glob("*.deb"):
        if package.parent != folder:
            shutil.move(package, folder)


def _frozen_in(source: Path) -> Path:
    """Where the frozen program of a checkout is."""
    return source / freeze.FOLDER.relative_to(prepare.ROOT)


def _run_task(source: Path, when: str | None, *task: str) -> None:
    """Run a task of another checkout, with this one's tools. Raises PreparationError if it fails."""
    environment = {**os.environ, prepare.TOOLS_VARIABLE: str(prepare.TOOLS)}
    if when is not None:
        environment["SOURCE_DATE_EPOCH"] = when
    if call([sys.executable, "packaging/tasks.py", *task], cwd=source, env=environment):
        raise PreparationError(f"This failed: make {task[0]}")


BUILDS: Sequence[Build] = (build, build_frozen, build_deb)
"""All builds that are released."""


def write_sums(folder: Path) -> None:
    """Write the SHA-256 sums of the files in a folder, for `sha256sum --check`."""
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"{digest}  {path.relative_to(folder).as_posix()}\n")
    (folder / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def describe(source: Path, library: Path, folder: Path, when: str | None) -> None:
    """Write the bill of materials and the licenses; `library` has the installed packages.

    Raises PreparationError if a license is missing.
    """
    project = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = source / "packaging" / RUN_LOCK.name
    packages = shipped.locked_packages(lock.read_text(encoding="utf-8"))
    installed = shipped.installed_metadata(library)
    licenses = {name: shipped.license_of(metadata) for name, (_, metadata) in installed.items()}
    bill = shipped.bill_of_materials(project["version"], packages, licenses, when)
    name = f"filewharf-{project['version']}.cdx.json"
    (folder / name).write_text(bill, encoding="utf-8", newline="\n")
    shipped.write_licenses(source, packages, library, folder / "licenses")


def main(arguments: list[str]) -> int:
    """Build everything into `dist/`."""
    if arguments:
        print(__doc__)
        return 2
    python = prepare.prepare("test")
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    library = Path(_output(str(python), "-c", _PRINT_LIBRARY))
    commit = last_commit(prepare.ROOT)
    if commit is None:
        _build_all(python, prepare.ROOT, library, None)
        return 0
    if _git(prepare.ROOT, "status", "--porcelain"):
        print(f"Building commit {commit[0]}, without the changes since.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="filewharf-") as name:
        source = Path(name) / "source"
        export(prepare.ROOT, commit[0], source)
        _build_all(python, source, library, commit[1])
    return 0


def audit(arguments: list[str]) -> int:
    """Look for known vulnerabilities; return 1 if there are some, or if nothing could be asked."""
    command = ["--require-hashes", "--disable-pip", "--requirement"]
    command += [RUN_LOCK.relative_to(prepare.ROOT).as_posix(), *arguments]
    program = shutil.which("pip-audit")
    if program is not None:
        return call([program, *command], cwd=prepare.ROOT)
    print("Nothing was checked: pip-audit isn't installed. Where it is, and can reach its service,")
    print(f"run: pip-audit {' '.join(command)}")
    print("It would ask for the known vulnerabilities of:")
    for package in shipped.locked_packages(RUN_LOCK.read_text(encoding="utf-8")):
        print(f"  {package.name} {package.version}")
    return 1


_PRINT_LIBRARY = "import sysconfig; print(sysconfig.get_path('purelib'))"


def _build_all(python: Path, source: Path, library: Path, when: str | None) -> None:
    for each in BUILDS:
        each(python, source, DIST, when)
    describe(source, library, DIST, when)
    write_sums(DIST)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def _git(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, check=True, stdout=subprocess.PIPE).stdout
