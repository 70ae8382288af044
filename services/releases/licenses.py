"""The licenses of the program and of all that is shipped with it, from the packages' own metadata."""

import platform
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from services.system.version import __version__

NEEDED = (
    "keyring",
    "msgspec",
    "platformdirs",
    "pypdfium2",
    "pyside6-essentials",
    "python-multipart",
    "requests",
    "starlette",
    "truststore",
    "urllib3",
    "uvicorn",
)
"""The packages that the program itself needs, as in pyproject.toml; they need others."""
_ROOT = Path(__file__).resolve().parents[2]
_GNU_FOLDERS = (_ROOT / "licenses", Path("/usr/share/common-licenses"))
"""Where the GNU licenses are: in the frozen program, or on Debian. Qt's packages don't have them."""
_GNU_LICENSES = (
    ("LGPL-3", "https://www.gnu.org/licenses/lgpl-3.0.txt"),
    ("GPL-3", "https://www.gnu.org/licenses/gpl-3.0.txt"),
)
_QT = ("pyside6-essentials", "shiboken6")
_QT_NOTICE = """\
{name} {version}, with Qt, is used under the GNU Lesser General Public License, version 3
(LGPL-3.0-only). It is unchanged and consists of separate files, which you may replace with your
own builds.

Source code: https://download.qt.io/official_releases/qt/ and
https://download.qt.io/official_releases/QtForPython/
Licenses of what Qt itself includes: https://doc.qt.io/qt-6/licenses-used-in-qt.html
"""
_PYTHON_NOTICE = """\
Python {version} is used under the Python Software Foundation License, version 2. Its text is at
https://docs.python.org/3/license.html

{copyright}
"""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_LICENSE_FILE = re.compile(r"(licen[cs]es?|copying|notice|authors)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LicensedPart:
    """Something that is shipped, and the terms it is used under."""

    name: str
    version: str
    """Empty if it has none of its own."""
    license: str
    """In a few words; empty if it doesn't say."""
    text: str
    """All of its license files."""


def licensed_parts() -> list[LicensedPart]:
    """The program first, then everything else by name. Parts that aren't installed are left out."""
    python = platform.python_version()
    notice = _PYTHON_NOTICE.format(version=python, copyright=sys.copyright)
    others = [
        LicensedPart("Lucide icons", "", "ISC", _read(_ROOT / "resources/icons/LICENSE.txt")),
        LicensedPart("Python", python, "PSF-2.0", notice),
        *map(_part, _installed(NEEDED)),
    ]
    own = LicensedPart("Filewharf", __version__, "MIT", _read(_ROOT / "LICENSE"))
    return [own, *sorted(others, key=lambda part: part.name.lower())]


def _installed(names: Sequence[str]) -> Iterator[metadata.Distribution]:
    """These packages and those they need, as far as they are installed."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = _canonical(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # needed on other systems only
        yield found
        for requirement in found.requires or ():
            needed, _, marker = requirement.partition(";")
            if "extra" not in marker and (match := _NAME.match(needed)):
                waiting.append(match[0])


def _part(package: metadata.Distribution) -> LicensedPart:
    name, version = package.name, package.version
    if _canonical(name) in _QT:
        return LicensedPart(name, version, "LGPL-3.0-only", _qt_text(name, version))
    texts = [
        _read(Path(str(file.locate())))
        for file in package.files or ()
        if file.parts[0].endswith(".dist-info") and _LICENSE_FILE.match(file.parts[1])
    ]
    return LicensedPart(name, version, _in_words(package), "\n\n".join(filter(None, texts)))


def _in_words(package: metadata.Distribution) -> str:
    about = package.metadata
    for field in ("License-Expression", "License"):
        if field in about and about[field] and "\n" not in about[field]:
            return about[field]
    kinds = about.get_all("Classifier") or []
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds if kind.startswith("License ::"))


def _qt_text(name: str, version: str) -> str:
    parts = [_QT_NOTICE.format(name=name, version=version)]
    for license_name, address in _GNU_LICENSES:
        texts = (_read(folder / license_name) for folder in _GNU_FOLDERS)
        parts.append(next(filter(None, texts), f"{license_name}: {address}\n"))
    return "\n\n".join(parts)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
