"""A short crash test; `make crash` kills a hundred times."""

import os
from pathlib import Path

import pytest

from tests.crash.driver import crash_test

KILLS = 12

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")


@pytest.mark.slow
def test_kills_at_random_lose_duplicate_or_truncate_nothing(
    tmp_path: Path,
) -> None:
    counts = crash_test(tmp_path, KILLS, seed=3)
    print(counts)
    assert counts.kills == KILLS
    assert counts.uploads >= 10
    assert counts.downloads >= 10
    # A kill between the server's answer and the write to the history may lose one entry each.
    assert counts.uploads - KILLS <= counts.in_history <= counts.uploads
    assert counts.rows == counts.uploads + counts.downloads
    assert {"sending", "downloading"} <= counts.by_phase.keys()
