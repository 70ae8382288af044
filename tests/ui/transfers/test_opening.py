from pathlib import Path

import pytest

from ui.transfers.opening import is_safe_to_open


@pytest.mark.parametrize("name", ["a.jsonl", "A.PDF", "b.png", "notes.txt"])
def test_displayed_types_are_safe_to_open(name: str) -> None:
    assert is_safe_to_open(Path("/x") / name)


@pytest.mark.parametrize(
    "name",
    ["a.exe", "a.txt.sh", "a.desktop", "a.html", "a.svg", "a.docm", "a.csv", "a.py", "a", ".pdf"],
)
def test_types_that_may_run_code_are_not_safe_to_open(name: str) -> None:
    assert not is_safe_to_open(Path("/x") / name)
