"""Build the Debian package: dist/filewharf_VERSION_ARCHITECTURE.deb.

    python packaging/tasks.py deb [--frozen]

Around the frozen program (see freeze.py) come what desktops and shells look for. The same folder and
commit always give the same package. With --frozen, the program isn't frozen anew if it was before.
Needs dpkg-deb and objdump.
"""

from __future__ import annotations

import email.utils
import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import freeze
import prepare
import shipped
from commit import commit_time
from frozen_archive import mode_for

ROOT = prepare.ROOT
DIST = ROOT / "dist"
DESKTOP_ID = "io.github.filewharf.Filewharf"
HOME = "opt/filewharf"
MAINTAINER = "Filewharf contributors <filewharf@users.noreply.github.com>"
COMPLETIONS = {
    "bash": "usr/share/bash-completion/completions/filewharf",
    "zsh": "usr/share/zsh/vendor-completions/_filewharf",
    "fish": "usr/share/fish/vendor_completions.d/filewharf.fish",
}
PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libc.so.6": "libc6 (>= 2.36)",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libgio-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libsystemd.so.0": "libsystemd0",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
"""Debian's packages of the libraries that the folder doesn't bring along."""
_OF_LIBC = {"ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"} | {
    f"lib{name}"
    for name in ("dl.so.2", "m.so.6", "pthread.so.0", "resolv.so.2", "rt.so.1", "util.so.1")
}
OVERRIDES = """\
# The program brings its own Python and Qt, which Debian 12 doesn't have, and keeps them apart.
filewharf: dir-or-file-in-opt
filewharf: embedded-library
filewharf: custom-library-search-path
filewharf: hardening-no-relro
filewharf: hardening-no-pie
filewharf: hardening-no-fortify-functions
filewharf: hardening-no-bindnow
filewharf: package-name-doesnt-match-sonames
filewharf: shared-library-lacks-prerequisites
filewharf: sharedobject-in-library-directory-missing-soname
filewharf: unstripped-binary-or-object
# Compiled modules, and data that packages read as they are.
filewharf: package-installs-python-bytecode
filewharf: extra-license-file
# Modules of Python, and one with nothing but data, that call nothing in it.
filewharf: library-not-linked-against-libc
# Texts as the packages inside bring them.
filewharf: national-encoding
filewharf: copyright-file-contains-full-apache-2-license
filewharf: copyright-file-contains-full-gpl-license
# It isn't part of Debian, so there is no request to close.
filewharf: initial-upload-closes-no-bugs
"""


def version_of(root: Path = ROOT) -> str:
    """The program's version. Raises ValueError if it isn't where it should be."""
    text = (root / "services" / "system" / "version.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    if found is None:
        raise ValueError("services/system/version.py has no version")
    return found[1]


def needed_packages(folder: Path) -> list[str]:
    """The packages with the libraries that a folder's programs need and doesn't have itself.

    Raises PreparationError for a library of which the package isn't known.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    own = {path.name for path in folder.rglob("*")}
    needed = {name for path in files for name in _needed_libraries(path)} - own - _OF_LIBC
    unknown = sorted(needed - PACKAGES.keys())
    if unknown:
        raise prepare.PreparationError(f"In which package are {', '.join(unknown)}?")
    return sorted({PACKAGES[name] for name in needed})


def _needed_libraries(path: Path) -> Iterable[str]:
    with path.open("rb") as file:
        if file.read(4) != b"\x7fELF":
            return ()
    answer = subprocess.run(
        ["objdump", "-p", str(path)], check=True, capture_output=True, text=True
    )
    return re.findall(r"^\s*NEEDED\s+(\S+)", answer.stdout, re.MULTILINE)


def lay_out(frozen: Path, root: Path, version: str) -> None:
    """Lay out the package's files under `root`, and `DEBIAN` with what describes them."""
    shutil.rmtree(root, ignore_errors=True)
    home = root / HOME
    shutil.copytree(frozen, home, symlinks=True)
    share = root / "usr" / "share"
    (root / "usr" / "bin").mkdir(parents=True)
    for name in ("filewharf", "filewharf-window"):
        (root / "usr" / "bin" / name).symlink_to(f"/{HOME}/{name}")
    _copy(prepare.PACKAGING / f"{DESKTOP_ID}.desktop", share / "applications")
    _copy(prepare.PACKAGING / f"{DESKTOP_ID}.metainfo.xml", share / "metainfo")
    _copy_icons(share / "icons" / "hicolor")
    for shell, place in COMPLETIONS.items():
        script = subprocess.run(
            [str(home / "filewharf"), "completion", shell], check=True, capture_output=True
        )
        _write(root / place, script.stdout)
    _write_manual(share / "man" / "man1")
    about = share / "doc" / "filewharf"
    _write_licenses(about)
    _write(about / "changelog.gz", _zipped(_debian_changelog(version).encode()))
    _write(about / "NEWS.md.gz", _zipped((ROOT / "CHANGELOG.md").read_bytes()))
    _write(share / "lintian" / "overrides" / "filewharf", OVERRIDES.encode())
    sums = "".join(
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.is_symlink()
    )
    control = _control(version, -(-freeze.size_of(root) // 1024), needed_packages(home))
    _write(root / "DEBIAN" / "md5sums", sums.encode())
    _write(root / "DEBIAN" / "control", control.encode())


def _control(version: str, kib: int, depends: Sequence[str]) -> str:
    return f"""\
Package: filewharf
Version: {version}
Architecture: {architecture()}
Maintainer: {MAINTAINER}
Installed-Size: {kib}
Depends: {", ".join(depends)}
Recommends: gnome-keyring | kwalletmanager, xdg-utils, ca-certificates
Section: net
Priority: optional
Homepage: https://github.com/filewharf/filewharf
Description: file manager for the OpenAI Files API
 Filewharf lists, uploads, downloads, checks and deletes the files of the OpenAI
 Files API and of servers that speak it, in a window or in a terminal.
 .
 It brings its own Python and Qt, and keeps API keys in the system's keyring.
"""


def _debian_changelog(version: str) -> str:
    date = email.utils.formatdate(commit_time())
    return f"filewharf ({version}) stable; urgency=medium\n\n  * See NEWS.md.gz.\n\n -- {MAINTAINER}  {date}\n"


def architecture() -> str:
    """Debian's name for this machine's kind of processor."""
    answer = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    )
    return answer.stdout.strip()


def _write_licenses(folder: Path) -> None:
    """Write the licenses of the program and of everything that the folder brings along."""
    folder.mkdir(parents=True)
    lock = (prepare.PACKAGING / prepare.LOCKS["run"]).read_text(encoding="utf-8")
    shipped.write_licenses(
        ROOT, shipped.locked_packages(lock), _frozen_packages(), folder / "licenses"
    )
    own = (ROOT / "LICENSE").read_text(encoding="utf-8")
    about = (
        f"Filewharf is under the MIT license, below. The packages in /{HOME}, such as Qt, have\n"
        "licenses of their own: /usr/share/doc/filewharf/licenses has them, with a list in its\n"
        "README.txt and the place of Qt's source. The GNU licenses are also in\n"
        "/usr/share/common-licenses/LGPL-3 and GPL-3.\n"
    )
    _write(folder / "copyright", f"{about}\n{own}".encode())


def _frozen_packages() -> Path:
    """The packages that the frozen program is made from."""
    environment = prepare.tool_python("freeze", *freeze.LOCKS).parent.parent
    (found,) = environment.glob("lib/python*/site-packages")
    return found


def _write_manual(folder: Path) -> None:
    python = prepare.tool_python("freeze", *freeze.LOCKS)
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(
            [str(python), str(prepare.PACKAGING / "man_page.py"), name],
            check=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(commit_time())},
        )
        for page in sorted(Path(name).iterdir()):
            _write(folder / f"{page.name}.gz", _zipped(page.read_bytes()))


def _copy_icons(folder: Path) -> None:
    icons = ROOT / "resources" / "icons"
    _copy(icons / "filewharf.svg", folder / "scalable" / "apps", f"{DESKTOP_ID}.svg")
    for icon in sorted((icons / "program").iterdir()):  # drawn by draw_icons.py
        _copy(icon, folder / f"{icon.stem}x{icon.stem}" / "apps", f"{DESKTOP_ID}.png")


def _zipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _copy(source: Path, folder: Path, name: str = "") -> None:
    _write(folder / (name or source.name), source.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def pack(root: Path, package: Path, seconds: int) -> None:
    """Make a package of a folder, with `seconds` since 1970 as the time of everything in it."""
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(mode_for(path))
        os.utime(path, (seconds, seconds), follow_symlinks=False)
    package.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(seconds)}
    command = ["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zxz"]
    subprocess.run(
        [*command, "--build", str(root), str(package)],
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )


def build(version: str = "") -> Path:
    """Freeze the program if that wasn't done yet, and return the package around it."""
    version = version or version_of()
    frozen = freeze.FOLDER if freeze.FOLDER.exists() else freeze.freeze()
    root = ROOT / "build" / "deb" / version
    lay_out(frozen, root, version)
    package = DIST / f"filewharf_{version}_{architecture()}.deb"
    pack(root, package, commit_time())
    shutil.rmtree(root)
    return package


def main(arguments: Sequence[str]) -> int:
    """Freeze the program anew, unless that isn't wanted, and build the package around it."""
    if "--frozen" not in arguments:
        freeze.freeze()
    package = build()
    print(f"{package.relative_to(ROOT)}: {package.stat().st_size / 2**20:.0f} MiB")
    return 0
