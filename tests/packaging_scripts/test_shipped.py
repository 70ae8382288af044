"""The bill of materials, the licenses and the sums name all that is shipped."""

import hashlib
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.packaging_scripts.conftest import SCRIPTS, Load

ROOT = SCRIPTS.parent
LOCK = """# A comment
one==1.0 \\
    --hash=sha256:00
    # via
    #   -c packaging/requirements.lock
    #   filewharf (pyproject.toml)
    #   two
two==2.0b1 ; sys_platform == 'win32' \\
    --hash=sha256:11
    # via filewharf (pyproject.toml)
"""


def test_packages_are_read_from_a_lock(load: Load) -> None:
    shipped = load("shipped")
    assert shipped.locked_packages(LOCK) == [
        shipped.Package("one", "1.0", "", ("filewharf", "two")),
        shipped.Package("two", "2.0b1", "sys_platform == 'win32'", ("filewharf",)),
    ]
    with pytest.raises(ValueError, match="no packages"):
        shipped.locked_packages("# nothing")


def test_the_bill_names_packages_and_what_needs_them(load: Load) -> None:
    shipped = load("shipped")
    packages = shipped.locked_packages(LOCK)
    text = shipped.bill_of_materials("0.1.0", packages, {"one": "MIT"}, "0")
    assert shipped.bill_of_materials("0.1.0", packages, {"one": "MIT"}, "0") == text
    bill = json.loads(text)
    assert bill["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"
    assert [one["purl"] for one in bill["components"]] == ["pkg:pypi/one@1.0", "pkg:pypi/two@2.0b1"]
    assert bill["components"][0]["licenses"] == [{"license": {"name": "MIT"}}]
    assert {one["ref"]: one["dependsOn"] for one in bill["dependencies"]} == {
        "pkg:pypi/filewharf@0.1.0": ["pkg:pypi/one@1.0", "pkg:pypi/two@2.0b1"],
        "pkg:pypi/one@1.0": [],
        "pkg:pypi/two@2.0b1": ["pkg:pypi/one@1.0"],
    }


def test_all_locked_packages_are_reached_from_the_program(load: Load) -> None:
    shipped = load("shipped")
    packages = shipped.locked_packages((SCRIPTS / "requirements-run.lock").read_text())
    reached = {"filewharf"}
    while more := {
        one.name for one in packages if one.name not in reached and reached & {*one.needed_by}
    }:
        reached |= more
    assert reached == {"filewharf", *(one.name for one in packages)}


@pytest.mark.skipif(sys.platform != "linux", reason="Qt's licenses are Debian's")
def test_every_package_brings_its_license_and_the_sums_are_right(
    load: Load, tmp_path: Path
) -> None:
    dist = load("dist")
    library = Path(sysconfig.get_path("purelib"))
    dist.describe(ROOT, library, tmp_path, "0")
    dist.write_sums(tmp_path)
    places = {place.name for place in (tmp_path / "licenses").iterdir()}
    assert {"Filewharf.txt", "Lucide.txt"} < places
    packages = load("shipped").locked_packages((SCRIPTS / "requirements-run.lock").read_text())
    here = load("shipped").installed_metadata(library)
    assert {f"{one.name}-{one.version}" for one in packages if one.name in here} < places
    (qt,) = (tmp_path / "licenses").glob("pyside6-essentials-*")
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (qt / "LGPL-3.txt").read_text()
    sums = dict(
        line.split("  ")[::-1] for line in (tmp_path / "SHA256SUMS").read_text().split("\n")[:-1]
    )
    (bill,) = tmp_path.glob("*.cdx.json")
    assert sums[bill.name] == hashlib.sha256(bill.read_bytes()).hexdigest()
    assert len(sums) == sum(path.is_file() for path in tmp_path.rglob("*")) - 1


def test_a_package_without_a_license_stops_the_build(load: Load, tmp_path: Path) -> None:
    shipped = load("shipped")
    folder = tmp_path / "one-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: One\nVersion: 1.0\n")
    packages = shipped.locked_packages(LOCK)
    with pytest.raises(shipped.PreparationError, match="no license"):
        shipped.write_licenses(ROOT, packages, tmp_path, tmp_path / "licenses")


def test_an_audit_that_asks_nobody_is_no_success() -> None:
    audit = [sys.executable, str(SCRIPTS / "tasks.py"), "audit"]
    done = subprocess.run(
        audit, env={"PATH": ""}, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 1
    assert done.stdout.startswith("Nothing was checked")
    assert "\n  requests 2." in done.stdout
