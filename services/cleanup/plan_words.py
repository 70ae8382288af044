"""Why each file of a plan goes or stays, in words."""

from collections.abc import Sequence

from services.api.remote_file import RemoteFile
from services.cleanup.plan import KeptFiles, Plan, WhyKept
from services.cleanup.rules import NewestOf
from services.references.reference import Reference, ReferenceKind
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.safe_text import one_line, without_middle
from services.system.sizes import format_size

_DAY = 24 * 3600
_SOON = 7 * _DAY
_LONGEST_NAME = 60


def why_deleted(plan: Plan, file: RemoteFile) -> str:
    """Why a file of the plan would be deleted: “23 days old; its batch has ended”."""
    rules = plan.rules
    reasons: list[str] = []
    if rules.older_than_days is not None and file.created_at is not None:
        days = max(0, int((plan.made_at - file.created_at) // _DAY))
        words = ngettext("{number} day old", "{number} days old", days)
        reasons.append(words.format(number=whole(days)))
    reasons += _expiry(plan, file)
    reasons += _references(plan, file)
    if file.id in plan.lost:
        reasons.append(_("can't be downloaded again"))
    elif file.id in plan.originals:
        reasons.append(_("the original is on this computer"))
    if not reasons and rules.larger_than is not None:
        reasons.append(_("larger than {size}").format(size=format_size(rules.larger_than)))
    if not reasons and rules.search.strip():
        text = without_middle(one_line(rules.search.strip()), _LONGEST_NAME)
        reasons.append(_("matches “{text}”").format(text=text))
    if not reasons:
        reasons.append(_("has a chosen purpose"))
    return "; ".join(reasons)


def why_kept(plan: Plan, why: WhyKept, file: RemoteFile) -> str:
    """Why one file stays: “needed by the unfinished batch catalog-embed”."""
    referrers = plan.references.of(file.id)
    match why:
        case WhyKept.NEEDED:
            return needed_in_words(next(one for one in referrers if one.unfinished))
        case WhyKept.IN_STORE:
            return _in_stores([one for one in referrers if one.kind is ReferenceKind.VECTOR_STORE])
        case WhyKept.NOT_CHECKED:
            return _("references not checked")
        case WhyKept.NOT_DOWNLOADABLE:
            return _("can't be downloaded again")
        case WhyKept.NEWEST:
            return _newest(plan)


def group_in_words(plan: Plan, group: KeptFiles) -> str:
    """Which files stay for one reason, in a sentence."""
    largest, count = group.largest, len(group.files)
    if group.why is WhyKept.NEWEST:
        return _besides(plan)
    names = _named(largest, count)
    if group.why is WhyKept.NEEDED and count == 1:
        referrers = plan.references.of(largest.id)
        return _("{file} is {needed}.").format(
            file=names, needed=needed_in_words(next(one for one in referrers if one.unfinished))
        )
    if group.why is WhyKept.NEEDED:
        words = ngettext(
            "{number} file is needed by unfinished jobs: {names}.",
            "{number} files are needed by unfinished jobs: {names}.",
            count,
        )
    elif group.why is WhyKept.IN_STORE:
        words = ngettext(
            "{number} file is in a vector store: {names}.",
            "{number} files are in vector stores: {names}.",
            count,
        )
    elif group.why is WhyKept.NOT_CHECKED:
        words = ngettext(
            "{number} file hasn't been checked for references: {names}.",
            "{number} files haven't been checked for references: {names}.",
            count,
        )
    else:
        words = ngettext(
            "{number} file can't be downloaded again: {names}.",
            "{number} files can't be downloaded again: {names}.",
            count,
        )
    return words.format(number=whole(count), names=names)


def nothing_in_words(plan: Plan) -> str:
    """Why the plan is empty, in a sentence."""
    if plan.invalid_search:
        return plan.invalid_search
    if not plan.rules.purposes:
        return _("Choose at least one purpose.")
    if plan.kept:
        return _("All files that fit the rules are kept.")
    return _("No file fits these rules.")


def _expiry(plan: Plan, file: RemoteFile) -> list[str]:
    if file.expires_at is None or file.expires_at <= plan.made_at:
        return []
    left = file.expires_at - plan.made_at
    if plan.rules.expires_within_days is None and left >= _SOON:
        return []
    days = int(left // _DAY)
    if not days:
        return [_("expires within a day anyway")]
    words = ngettext("expires in {number} day anyway", "expires in {number} days anyway", days)
    return [words.format(number=whole(days))]


def _references(plan: Plan, file: RemoteFile) -> list[str]:
    referrers = plan.references.of(file.id)
    stores = [one for one in referrers if one.kind is ReferenceKind.VECTOR_STORE]
    reasons = [_in_stores(stores)] if stores else []
    if any(one.kind is ReferenceKind.BATCH for one in referrers):
        reasons.append(_("its batch has ended"))
    if any(one.kind is ReferenceKind.FINE_TUNING for one in referrers):
        reasons.append(_("its fine-tuning job has ended"))
    if plan.references.rules_out(file):
        used = _("no batch has used it") if file.purpose == "batch" else _("no reference found")
        reasons.append(used)
    return reasons


def needed_in_words(referrer: Reference) -> str:
    """What needs a file: “needed by the unfinished batch catalog-embed”."""
    name = without_middle(one_line(referrer.name), _LONGEST_NAME)
    if referrer.kind is ReferenceKind.BATCH:
        return _("needed by the unfinished batch {name}").format(name=name)
    return _("needed by the unfinished fine-tuning job {name}").format(name=name)


def _in_stores(stores: Sequence[Reference]) -> str:
    name = without_middle(one_line(stores[0].name), _LONGEST_NAME)
    if len(stores) == 1:
        return _("in the vector store {name}").format(name=name)
    words = ngettext(
        "in the vector store {name} and {number} more",
        "in the vector store {name} and {number} more",
        len(stores) - 1,
    )
    return words.format(name=name, number=whole(len(stores) - 1))


def _newest(plan: Plan) -> str:
    most = plan.rules.keep_newest or 0
    words = ngettext("the newest of its kind", "one of the newest {number} of its kind", most)
    return words.format(number=whole(most))


def _besides(plan: Plan) -> str:
    most = plan.rules.keep_newest or 0
    if plan.rules.newest_of is NewestOf.PATTERN:
        words = ngettext(
            "Besides, the newest file of each name pattern is kept.",
            "Besides, the newest {number} of each name pattern are kept.",
            most,
        )
    else:
        words = ngettext(
            "Besides, the newest file of each purpose is kept.",
            "Besides, the newest {number} of each purpose are kept.",
            most,
        )
    return words.format(number=whole(most))


def _named(largest: RemoteFile, count: int) -> str:
    name = without_middle(one_line(largest.name), _LONGEST_NAME)
    if largest.size is not None:
        name = _("{name} ({size})").format(name=name, size=format_size(largest.size))
    if count == 1:
        return name
    words = ngettext("{name} and {number} more", "{name} and {number} more", count - 1)
    return words.format(name=name, number=whole(count - 1))
