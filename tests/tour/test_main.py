import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.support.program import ROOT
from tests.tour.__main__ import space_problem

RUN_LOCK = ROOT / "packaging" / "requirements-run.lock"


@pytest.mark.slow
def test_the_tour_needs_only_the_packages_for_running() -> None:
    show = (
        "import sys; before = set(sys.modules); import tests.tour.__main__\n"
        "print(*{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", show], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    distributions = packages_distributions()
    used = {plain(distribution) for name in loaded for distribution in distributions.get(name, ())}
    locked = re.findall(r"^([\w.-]+)==", RUN_LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    assert "jeepney" in used
    assert used <= {plain(name) for name in locked}


def test_a_full_disk_is_reported_before_anything_is_written() -> None:
    assert space_problem(Path("build"), 10**10) is None
    assert "10 MB" in (space_problem(Path("build"), 10**7) or "")


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
