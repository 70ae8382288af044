"""What the program needs and is shipped with: its packages, their licenses, a bill of materials.

The packages are those of `requirements-run.lock`; what is said of one comes from its own metadata,
as far as it's installed on this system.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.parser import Parser
from pathlib import Path

from system_packages import PreparationError

_PACKAGE = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9.-]*)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))?"
)
_NEEDED_BY = re.compile(r"\s+#\s+(?:via )?(?!via$)(?P<name>[a-z0-9][a-z0-9.-]*)$")
_QT = ("pyside6-essentials", "shiboken6")
_GNU = ("LGPL-3", "GPL-3")
_GNU_FOLDER = Path("/usr/share/common-licenses")
"""Where Debian has the licenses; the packages of Qt don't bring them."""
_QT_NOTE = """Qt {version} and Qt for Python {version} are used under the GNU Lesser General Public License 3
(LGPL-3.0-only), whose text is in this folder, with that of the GPL 3 to which it refers. They are
unchanged, and separate files: you may replace the folders PySide6 and shiboken6 by your own builds.
Their source code is at https://download.qt.io/official_releases/ in qt/ and QtForPython/.
The licenses of what Qt itself includes are at https://doc.qt.io/qt-6/licenses-used-in-qt.html.
"""


@dataclass(frozen=True)
class Package:
    """A package in a lock file."""

    name: str
    version: str
    marker: str
    """On which systems and Pythons it is needed; empty for all."""
    needed_by: tuple[str, ...]
    """The packages that need it; `filewharf` is the program itself."""

    @property
    def url(self) -> str:
        """Its package URL, an identifier in bills of materials."""
        return f"pkg:pypi/{self.name}@{self.version}"


def locked_packages(lock: str) -> list[Package]:
    """The packages in the text of a lock file. Raises ValueError if there are none."""
    found: list[tuple[re.Match[str], list[str]]] = []
    for line in lock.splitlines():
        if match := _PACKAGE.match(line):
            found.append((match, []))
        elif found and (by := _NEEDED_BY.match(line.replace("(pyproject.toml)", "").rstrip())):
            found[-1][1].append(by["name"])
    if not found:
        raise ValueError("no packages in the lock file")
    return [
        Package(one["name"], one["version"], (one["marker"] or "").strip(), tuple(by))
        for one, by in found
    ]


def bill_of_materials(
    version: str, packages: Sequence[Package], licenses: Mapping[str, str], when: str | None
) -> str:
    """A CycloneDX document about the program with its packages. `when`: its time, since 1970.

    `licenses` has what the packages say about theirs, by name. The same arguments give the same
    text.
    """
    own = f"pkg:pypi/filewharf@{version}"
    components = [_component(package, licenses.get(package.name, "")) for package in packages]
    by_name = {"filewharf": own} | {package.name: package.url for package in packages}
    needs: dict[str, list[str]] = {url: [] for url in by_name.values()}
    for package in packages:
        for name in package.needed_by:
            needs[by_name[name]].append(package.url)
    about: dict[str, object] = {
        "component": {
            "type": "application",
            "bom-ref": own,
            "name": "filewharf",
            "version": version,
            "licenses": [{"license": {"id": "MIT"}}],
            "purl": own,
        },
    }
    if when is not None:
        about["timestamp"] = datetime.fromtimestamp(int(when), UTC).isoformat()
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, f"{own} {sorted(needs)}")),
        "version": 1,
        "metadata": about,
        "components": components,
        "dependencies": [{"ref": ref, "dependsOn": needed} for ref, needed in needs.items()],
    }
    return json.dumps(document, indent=2) + "\n"


def _component(package: Package, license_name: str) -> dict[str, object]:
    component: dict[str, object] = {
        "type": "library",
        "bom-ref": package.url,
        "name": package.name,
        "version": package.version,
        "purl": package.url,
    }
    if license_name:
        component["licenses"] = [{"license": {"name": license_name}}]
    if package.marker:
        component["properties"] = [{"name": "filewharf:needed-if", "value": package.marker}]
    return component


def installed_metadata(library: Path) -> dict[str, tuple[Path, Message]]:
    """The folder and the contents of the metadata of what is in a site-packages folder, by name."""
    found = {}
    for path in sorted(library.glob("*.dist-info/METADATA")):
        message = Parser().parsestr(path.read_text(encoding="utf-8"), headersonly=True)
        name = re.sub(r"[-_.]+", "-", message["Name"]).lower()
        found[name] = (path.parent, message)
    return found


def license_of(metadata: Message) -> str:
    """What a package says about its license, in a few words; empty if nothing."""
    named = metadata["License-Expression"] or metadata["License"] or ""
    if named and "\n" not in named:
        return str(named)
    kinds = [one for one in metadata.get_all("Classifier", []) if one.startswith("License :: ")]
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds)


def write_licenses(root: Path, packages: Iterable[Package], library: Path, folder: Path) -> None:
    """Write the licenses of the program and of all that is shipped with it, with a list of them.

    Raises PreparationError if a package that is installed here brings no license.
    """
    folder.mkdir()
    shutil.copy(root / "LICENSE", folder / "Filewharf.txt")
    shutil.copy(root / "resources" / "icons" / "LICENSE.txt", folder / "Lucide.txt")
    listed = ["Filewharf: MIT", "Lucide icons: ISC"]
    installed = installed_metadata(library)
    for package in packages:
        if package.name not in installed:
            listed.append(f"{package.name} {package.version}: not used on the system of this build")
            continue
        metadata_folder, metadata = installed[package.name]
        listed.append(
            f"{package.name} {package.version}: {license_of(metadata) or 'see its files'}"
        )
        place = folder / f"{package.name}-{package.version}"
        if package.name in _QT:
            place.mkdir()
            note = _QT_NOTE.format(version=package.version)
            (place / "README.txt").write_text(note, encoding="utf-8")
            for name in _GNU:
                shutil.copy(_GNU_FOLDER / name, place / f"{name}.txt")
        elif not _copy_licenses(metadata_folder, place):
            raise PreparationError(f"There's no license in {metadata_folder}.")
    text = "\n".join(listed) + "\n"
    (folder / "README.txt").write_text(text, encoding="utf-8", newline="\n")


def _copy_licenses(metadata_folder: Path, place: Path) -> bool:
    """Copy the license files of a package; return whether there are any."""
    if (metadata_folder / "licenses").is_dir():
        shutil.copytree(metadata_folder / "licenses", place)
        return True
    kinds = ("LICEN[SC]E*", "COPYING*", "NOTICE*", "AUTHORS*")
    files = [file for kind in kinds for file in metadata_folder.glob(kind) if file.is_file()]
    for file in files:
        place.mkdir(exist_ok=True)
        shutil.copy(file, place / file.name)
    return bool(files)
