"""Texts of the clean-up dialog and of its report. No Qt."""

from collections import Counter
from collections.abc import Sequence

from services.cleanup.plan import Plan, WhyKept
from services.cleanup.plan_words import nothing_in_words
from services.cleanup.report import LEFT_ALONE, FileResult, Outcome
from services.references.answer import Coverage
from services.references.price import Price
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.safe_text import one_line
from services.system.sizes import format_size
from ui.wording import MINUTE, ago_in_words, count_in_words

MOST_SUMS = 4
"""How many sums are shown below the table."""
_MOST_REASONS = 4
_MOST_NAMES = 50


def title_in_words(plan: Plan) -> str:
    """“214 files would be deleted”; why none would, if so."""
    count = len(plan.files)
    if not count:
        return nothing_in_words(plan)
    words = ngettext("{number} file would be deleted", "{number} files would be deleted", count)
    return words.format(number=whole(count))


def sizes_of_plan(plan: Plan) -> str:
    """“26.3 GB of 609.6 GB”."""
    return _("{part} of {all}").format(
        part=format_size(plan.size), all=format_size(plan.size_in_account)
    )


def sums_in_words(plan: Plan) -> list[tuple[str, int, str]]:
    """Each purpose with its number of files and their size; the smallest ones together."""
    limit = MOST_SUMS if len(plan.sums) <= MOST_SUMS else MOST_SUMS - 1
    shown = plan.sums[:limit]
    lines = [
        (one_line(one.purpose) or _("no purpose"), one.count, format_size(one.size))
        for one in shown
    ]
    rest = plan.sums[limit:]
    if rest:
        size = format_size(sum(one.size for one in rest))
        lines.append((_("other"), sum(one.count for one in rest), size))
    return lines


def button_in_words(count: int) -> str:
    """“Delete 214 files”."""
    words = ngettext("Delete {number} file", "Delete {number} files", count)
    return words.format(number=whole(count))


def below_in_words(count: int) -> str:
    """“204 more below”; empty for none."""
    if not count:
        return ""
    words = ngettext("{number} more below", "{number} more below", count)
    return words.format(number=whole(count))


def skipped_in_words(plan: Plan) -> tuple[str, str]:
    """“9 files are skipped” and their size; without the newest ones, which are told separately."""
    groups = [group for group in plan.kept if group.why is not WhyKept.NEWEST]
    count = sum(len(group.files) for group in groups)
    if not count:
        return _("No files are skipped"), ""
    words = ngettext("{number} file is skipped", "{number} files are skipped", count)
    return words.format(number=whole(count)), format_size(sum(group.size for group in groups))


def kept_in_words(plan: Plan) -> tuple[str, str]:
    """“29 files are kept although they fit the rules” and their size."""
    count = sum(len(group.files) for group in plan.kept)
    words = ngettext(
        "{number} file is kept although it fits the rules",
        "{number} files are kept although they fit the rules",
        count,
    )
    return words.format(number=whole(count)), format_size(sum(group.size for group in plan.kept))


def lost_in_words(count: int) -> str:
    """The text of the check box that confirms files that can't be downloaded again."""
    words = ngettext(
        "Delete {number} file that can't be downloaded again",
        "Delete {number} files that can't be downloaded again",
        count,
    )
    return words.format(number=whole(count))


def typed_in_words(count: int) -> str:
    """What is to be typed before many files are deleted."""
    return _("To confirm, type {number}").format(number=whole(count))


def references_in_words(
    coverage: Coverage,
    plan: Plan | None,
    price: Price | None,
    seconds_per_request: float | None,
    now: float,
) -> str:
    """What is known about references to the files that the rules select, and what it costs to check.

    “Checking takes 1,052 requests, about 4 minutes. Last checked 4 min ago.”
    """
    sentences = []
    checked_at = coverage.checked_at
    refusal = coverage.refusal
    if refusal is not None:
        sentences.append(
            _("{problem}. All files are kept with this rule.").format(
                problem=one_line(refusal.title)
            )
        )
    elif checked_at is None:
        sentences.append(_("Not checked yet. All files are kept with this rule."))
    elif not coverage.complete and plan is not None and plan.to_check and not plan.unchecked:
        # The vector stores were asked for each of these files, so there are few.
        times = map(plan.references.last_checked, plan.to_check)
        checked_at = min((at for at in times if at is not None), default=checked_at)
    elif not coverage.complete:
        all_kept = plan is None or plan.unchecked == len(plan.to_check)
        sentences.append(
            _("Not everything has been checked. All files are kept with this rule.")
            if all_kept
            else _("Not everything has been checked. Unchecked files are kept with this rule.")
        )
    if price is not None and price.requests:
        words = ngettext(
            "Checking takes {number} request.", "Checking takes {number} requests.", price.requests
        )
        if seconds_per_request is not None and price.requests * seconds_per_request >= MINUTE:
            words = ngettext(
                "Checking takes {number} request, about {time}.",
                "Checking takes {number} requests, about {time}.",
                price.requests,
            )
        time = minutes_in_words(price.requests * (seconds_per_request or 0.0))
        sentences.append(words.format(number=whole(price.requests), time=time))
    if checked_at is not None:
        ago = ago_in_words(max(0.0, now - checked_at))
        sentences.append(_("Last checked {ago}.").format(ago=ago))
    return " ".join(sentences)


def minutes_in_words(seconds: float) -> str:
    """“4 minutes”."""
    minutes = max(1, round(seconds / MINUTE))
    return ngettext("{number} minute", "{number} minutes", minutes).format(number=whole(minutes))


def left_out_in_words(count: int) -> str:
    """The note that files are missing from the plan while a list is still loading."""
    words = ngettext(
        "The list isn't complete. The plan covers the {number} file listed so far.",
        "The list isn't complete. The plan covers the {number} files listed so far.",
        count,
    )
    return words.format(number=whole(count))


def result_in_words(results: Sequence[FileResult], *, stopped: bool = False) -> str:
    """“212 files deleted, 2 left alone”; if it stopped, “Clean-up stopped: 50 of 212 files deleted”."""
    deleted = sum(one.outcome is Outcome.DELETED for one in results)
    if stopped:
        words = ngettext(
            "Clean-up stopped: {number} of {total} file deleted",
            "Clean-up stopped: {number} of {total} files deleted",
            len(results),
        )
        return words.format(number=count_in_words(deleted), total=count_in_words(len(results)))
    left = sum(one.outcome in LEFT_ALONE for one in results)
    words = ngettext("{number} file deleted", "{number} files deleted", deleted).format(
        number=count_in_words(deleted)
    )
    if not left:
        return words
    alone = ngettext("{number} left alone", "{number} left alone", left)
    return _("{deleted}, {left}").format(
        deleted=words, left=alone.format(number=count_in_words(left))
    )


def failures_in_words(count: int) -> str:
    """“3 files couldn't be deleted”."""
    words = ngettext(
        "{number} file couldn't be deleted", "{number} files couldn't be deleted", count
    )
    return words.format(number=whole(count))


def left_alone_in_words(count: int) -> str:
    """“2 files were left alone”."""
    words = ngettext("{number} file was left alone", "{number} files were left alone", count)
    return words.format(number=whole(count))


def reasons_in_words(results: Sequence[FileResult]) -> str:
    """Why files weren't deleted: “Its size has changed (2). It was already gone.”."""
    counts = Counter(one.why for one in results)
    reasons = []
    for why, count in counts.most_common(_MOST_REASONS):
        sentence = why[:1].upper() + why[1:]
        if count > 1:
            # Translators: a reason, and how many files it is about.
            sentence = _("{reason} ({number})").format(reason=sentence, number=whole(count))
        reasons.append(f"{sentence}.")
    return " ".join(reasons)


def names_in_words(results: Sequence[FileResult]) -> str:
    """The names with the reasons, one in each line; the first ones of many."""
    lines = [f"{one_line(one.file.name)}: {one.why}" for one in results[:_MOST_NAMES]]
    if len(results) > _MOST_NAMES:
        lines.append("…")
    return "\n".join(lines)
