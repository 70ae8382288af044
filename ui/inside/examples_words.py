"""What training examples hold, and what was found in them, in words."""

from services.checks.finding import CheckReport
from services.previews.rows.example_summary import ExampleSummary
from services.system.language import _, ngettext
from ui.wording import NOTHING, count_in_words, one_line

_TOOLS_SHOWN = 20
_DIGITS = 3
"""Of an estimate."""
_MOSTLY = 0.5
"""If more than this share of the examples have the same number of turns, no other is named."""


def facts_of(summary: ExampleSummary) -> list[tuple[str, str]]:
    """Names and values: how many examples, tokens and turns there are, and what else they have."""
    facts = [
        (_("Examples"), count_in_words(summary.examples)),
        (_("Tokens"), _("≈ {number}").format(number=count_in_words(_estimate(summary.tokens)))),
    ]
    if summary.turns:
        facts.append((_("Turns"), _turns_in_words(summary.turns)))
    names = [one_line(name) for name in list(summary.tools)[:_TOOLS_SHOWN]]
    more = ["…"] if len(summary.tools) > _TOOLS_SHOWN else []
    facts.append((_("Tools"), ", ".join(names + more) or NOTHING))
    if summary.with_weights:
        text = ngettext("in {number} example", "in {number} examples", summary.with_weights)
        facts.append((_("Weights"), text.format(number=count_in_words(summary.with_weights))))
    return facts


def _estimate(number: int) -> int:
    """A number to three digits, since an estimate has no more."""
    return round(number, min(0, _DIGITS - len(str(number))))


def _turns_in_words(turns: dict[int, int]) -> str:
    """“1”, “1 to 14, mostly 1 or 2”; `turns` has the commonest numbers first."""
    low, high = min(turns), max(turns)
    if low == high:
        return count_in_words(low)
    commonest = list(turns)
    span = _("{low} to {high}").format(low=count_in_words(low), high=count_in_words(high))
    if turns[commonest[0]] > _MOSTLY * sum(turns.values()):
        number = count_in_words(commonest[0])
        return _("{span}, mostly {number}").format(span=span, number=number)
    if len(turns) > 2:
        first, second = sorted(commonest[:2])
        return _("{span}, mostly {first} or {second}").format(
            span=span, first=count_in_words(first), second=count_in_words(second)
        )
    return span


def counts_in_words(report: CheckReport) -> str:
    """How many problems a check has found: “4 warnings, no errors”; empty if none."""
    if not report.errors and not report.warnings:
        return ""
    errors = ngettext("{number} error", "{number} errors", report.errors)
    warnings = ngettext("{number} warning", "{number} warnings", report.warnings)
    errors = errors.format(number=count_in_words(report.errors)) if report.errors else ""
    warnings = warnings.format(number=count_in_words(report.warnings)) if report.warnings else ""
    words = ", ".join(filter(None, (errors, warnings)))
    if not errors:
        words = _("{warnings}, no errors").format(warnings=warnings)
    listed = len(report.findings)
    if report.errors + report.warnings > listed:
        number = count_in_words(listed)
        words = f"{words} · " + _("showing the first {number}").format(number=number)
    return words
