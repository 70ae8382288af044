"""What holds for every test of the window's parts."""

import pytest


@pytest.fixture(autouse=True)
def _rows_are_arranged_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is; tests about arranging in turns set their own patience."""
    monkeypatch.setattr("ui.files.arranger._PATIENCE_MS", 60_000)
