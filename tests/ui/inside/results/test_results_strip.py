"""The sums of a batch above its results."""

from collections.abc import Mapping

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from services.previews.batches.batch_result import Outcome, TokenCount
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from ui.inside.results.results_strip import ResultsStrip

TOKENS = {"m": TokenCount(2_000, 500, 100)}


def said(strip: ResultsStrip) -> str:
    return "\n".join(one.text() for one in strip.findChildren(QLabel))


def test_what_the_tokens_cost_is_told_after_their_number(qtbot: QtBot) -> None:
    strip = ResultsStrip()
    qtbot.addWidget(strip)
    progress = SummaryProgress(9, BatchSummary({Outcome.SUCCEEDED: 1}, {}, {}, TOKENS), True)
    strip.show_progress(progress, 9)
    assert "2,000 tokens in · 500 out   100 cached   Model m" in said(strip)
    asked: list[Mapping[str, TokenCount]] = []

    def tell(tokens: Mapping[str, TokenCount]) -> str:
        asked.append(tokens)
        return "≈ 1.23 USD"

    strip.tell_price = tell
    strip.show_prices()
    assert "100 cached   ≈ 1.23 USD   Model m" in said(strip)
    assert asked == [TOKENS]
    strip.begin()
    strip.show_prices()
    assert "USD" not in said(strip)
