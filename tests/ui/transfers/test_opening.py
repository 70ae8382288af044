from pathlib import Path

import pytest

from ui.transfers.opening import may_be_opened


@pytest.mark.parametrize("name", ["a.jsonl", "A.PDF", "b.png", "notes.txt"])
def test_what_is_only_shown_may_be_opened(name: str) -> None:
    assert may_be_opened(Path("/x") / name)


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.txt.sh", "a.desktop", "a.html", "a.svg", "a.docm", "a.csv", "a.py", "a", ".pdf"],
)
def test_whatever_may_run_is_not(name: str) -> None:
    assert not may_be_opened(Path("/x") / name)
