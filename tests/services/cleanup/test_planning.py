"""Which files a clean-up would delete, and which it keeps."""

from collections.abc import Sequence

import pytest

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column, Order
from services.cleanup.plan import Plan, WhyKept
from services.cleanup.plan_words import group_in_words, nothing_in_words, why_deleted, why_kept
from services.cleanup.planning import make_plan
from services.cleanup.referenced_by import NEVER_CHECKED, ReferencedBy
from services.cleanup.rules import CleanUpRules, NewestOf
from services.references.reference import Reference, ReferenceKind
from tests.support.factories import remote_file

DAY = 24 * 3600
NOW = 1_790_000_000


def aged(days: int, name: str = "requests.jsonl", **fields: object) -> RemoteFile:
    return remote_file(name, created_at=NOW - days * DAY, **fields)  # type: ignore[arg-type]


def names(files: Sequence[RemoteFile]) -> list[str]:
    return [file.name for file in files]


def kept(plan: Plan, why: WhyKept) -> list[str]:
    return names(plan.kept_for[why].files) if why in plan.kept_for else []


def references(*referrers: tuple[RemoteFile, Reference]) -> ReferencedBy:
    by_file: dict[str, tuple[Reference, ...]] = {}
    for file, referrer in referrers:
        by_file[file.id] = (*by_file.get(file.id, ()), referrer)
    return ReferencedBy(by_file, NOW - 60)


RUNNING = Reference(ReferenceKind.BATCH, "catalog-embed", unfinished=True)
ENDED = Reference(ReferenceKind.BATCH, "nightly")
STORE = Reference(ReferenceKind.VECTOR_STORE, "docs")
BATCH = CleanUpRules(purposes=("batch",))


def test_without_a_purpose_nothing_goes() -> None:
    plan = make_plan([aged(100)], CleanUpRules(older_than_days=1), NOW)
    assert plan.files == []
    assert nothing_in_words(plan) == "Choose at least one purpose."


def test_only_files_with_the_chosen_purposes_go() -> None:
    files = [aged(1, "a"), aged(1, "b", purpose="vision"), aged(1, "c", purpose=None)]
    assert names(make_plan(files, BATCH, NOW).files) == ["a"]
    assert names(make_plan(files, CleanUpRules(purposes=("",)), NOW).files) == ["c"]


@pytest.mark.parametrize(
    ("rules", "going"),
    [
        (CleanUpRules(("batch",), older_than_days=14), ["old"]),
        (CleanUpRules(("batch",), larger_than=1_000), ["large"]),
        (CleanUpRules(("batch",), expires_within_days=7), ["ending"]),
        (CleanUpRules(("batch",), search="name:lar created:<2d"), ["large"]),
    ],
)
def test_each_rule_takes_only_the_files_it_names(rules: CleanUpRules, going: list[str]) -> None:
    files = [
        aged(15, "old", size=10),
        aged(14, "just not", size=1_000, expires_at=NOW + 7 * DAY + 1),
        aged(1, "large", size=1_001, expires_at=NOW),
        aged(1, "ending", size=10, expires_at=NOW + 7 * DAY),
        aged(1, "expired", size=10, expires_at=NOW - 1),
    ]
    assert names(make_plan(files, rules, NOW).files) == going


def test_a_value_that_the_server_does_not_report_fits_no_rule() -> None:
    bare = remote_file("bare", size=None, created_at=None, expires_at=None)
    for rules in (
        CleanUpRules(("batch",), older_than_days=0),
        CleanUpRules(("batch",), larger_than=0),
        CleanUpRules(("batch",), expires_within_days=10_000),
    ):
        assert make_plan([bare], rules, NOW).files == []
    assert make_plan([bare], BATCH, NOW).files == [bare]


def test_a_search_that_is_not_valid_deletes_nothing() -> None:
    plan = make_plan([aged(1)], CleanUpRules(("batch",), search="requests size:>huge"), NOW)
    assert plan.files == []
    assert "size:>huge" in nothing_in_words(plan)


def test_the_newest_of_each_purpose_stay_even_if_others_are_newer_than_the_rules_say() -> None:
    files = [aged(days, f"{days}") for days in (1, 20, 30, 40)]
    rules = CleanUpRules(("batch",), older_than_days=14, keep_newest=2)
    plan = make_plan(files, rules, NOW, order=Order(Column.NAME))
    assert names(plan.files) == ["30", "40"]
    assert kept(plan, WhyKept.NEWEST) == ["20"]


def test_the_newest_of_each_name_pattern_stay() -> None:
    files = [
        aged(3, "export-2026-11-28.jsonl"),
        aged(2, "export-2026-11-29.jsonl"),
        aged(1, "Export-2026-11-30.jsonl"),
        aged(9, "batch_68f00c0ffee1234_output.jsonl"),
        aged(8, "batch_68f11c0ffee1234_output.jsonl"),
        aged(7, "other.jsonl"),
        aged(6, "other.jsonl", purpose="vision"),
    ]
    rules = CleanUpRules(("batch", "vision"), keep_newest=1, newest_of=NewestOf.PATTERN)
    plan = make_plan(files, rules, NOW, order=Order(Column.CREATED))
    assert names(plan.files) == [
        "batch_68f00c0ffee1234_output.jsonl",
        "export-2026-11-28.jsonl",
        "export-2026-11-29.jsonl",
    ]
    assert group_in_words(plan, plan.kept_for[WhyKept.NEWEST]) == (
        "Besides, the newest file of each name pattern is kept."
    )


def test_names_with_line_breaks_have_patterns_of_their_own() -> None:
    files = [aged(2, "a\nb1"), aged(1, "a\nb2"), aged(3, "a"), aged(4, "b7")]
    rules = CleanUpRules(("batch",), keep_newest=1, newest_of=NewestOf.PATTERN)
    assert names(make_plan(files, rules, NOW).files) == ["a\nb1"]


def test_a_file_of_unknown_age_is_kept_where_the_newest_are() -> None:
    unknown = remote_file("unknown", created_at=None)
    plan = make_plan([unknown, aged(1), aged(2, "older")], replace_newest(1), NOW)
    assert names(plan.files) == ["older"]


def replace_newest(count: int) -> CleanUpRules:
    return CleanUpRules(("batch",), keep_newest=count)


def test_a_file_that_an_unfinished_batch_needs_is_never_in_a_plan() -> None:
    file = aged(100, "catalog-embed-1030.jsonl", size=None)
    plan = make_plan([file], BATCH, NOW, references((file, ENDED), (file, RUNNING)))
    assert plan.files == []
    (group,) = plan.kept
    assert why_kept(plan, group.why, file) == "needed by the unfinished batch catalog-embed"
    assert group_in_words(plan, group) == (
        "catalog-embed-1030.jsonl is needed by the unfinished batch catalog-embed."
    )


def test_without_knowing_the_references_nothing_counts_as_not_referenced() -> None:
    rules = CleanUpRules(("batch",), not_referenced=True)
    file = aged(100)
    for known in (
        NEVER_CHECKED,
        ReferencedBy({}, checked_at=NOW, complete=False),
        ReferencedBy({}, checked_at=None),
    ):
        plan = make_plan([file], rules, NOW, known)
        assert plan.files == []
        assert kept(plan, WhyKept.NOT_CHECKED) == [file.name]


UNREFERENCED = CleanUpRules(("batch",), not_referenced=True)


def test_files_that_everything_was_asked_for_one_by_one_are_known() -> None:
    asked, stored, other = aged(3, "asked"), aged(2, "stored"), aged(1, "other")
    known = ReferencedBy(
        {stored.id: (STORE,)},
        checked_at=NOW,
        complete=False,
        checked_files={asked.id: NOW - 60, stored.id: NOW - 60},
    )
    plan = make_plan([asked, stored, other], UNREFERENCED, NOW, known)
    assert plan.files == [asked]
    assert why_deleted(plan, asked) == "no batch has used it"
    assert kept(plan, WhyKept.IN_STORE) == ["stored"]
    assert kept(plan, WhyKept.NOT_CHECKED) == ["other"]
    assert (list(plan.to_check), plan.unchecked) == ([asked, stored, other], 1)


@pytest.mark.parametrize("seconds", [0, 1, 3_600])
def test_what_was_uploaded_after_the_check_stays_whatever_is_known(seconds: int) -> None:
    """An ended batch has used it, but a vector store may have it by now."""
    checked_at = NOW - 7_200
    new = remote_file("new", created_at=int(checked_at) + seconds)
    known = ReferencedBy({new.id: (ENDED,)}, checked_at + 0.5)
    plan = make_plan([new], UNREFERENCED, NOW, known)
    assert plan.files == []
    assert kept(plan, WhyKept.NOT_CHECKED) == ["new"]


def test_a_file_of_unknown_age_is_checked_only_if_it_was_listed_before() -> None:
    file = remote_file("ageless", created_at=None)
    for listed_at, going in ((None, []), (NOW, []), (NOW - 120, [file])):
        known = ReferencedBy({}, NOW - 60, listed_at=listed_at)
        assert make_plan([file], UNREFERENCED, NOW, known).files == going


def test_only_what_the_other_rules_select_is_to_be_checked() -> None:
    needed, newest, lost, free = aged(3), aged(0), aged(4, purpose="user_data"), aged(5, "free")
    rules = CleanUpRules(("batch", "user_data"), keep_newest=1, older_than_days=0)
    files = [needed, newest, lost, free, aged(6, purpose="vision"), aged(1, purpose="user_data")]
    plan = make_plan(
        files, rules, NOW, references((needed, RUNNING)), not_downloadable={"user_data"}
    )
    assert list(plan.to_check) == [free]


def test_files_in_vector_stores_stay_if_only_unreferenced_ones_go() -> None:
    stored, used, free = aged(3, "stored"), aged(2, "used"), aged(1, "free")
    known = references((stored, STORE), (stored, ENDED), (used, ENDED))
    rules = CleanUpRules(("batch",), not_referenced=True)
    plan = make_plan([stored, used, free], rules, NOW, known, order=Order(Column.NAME))
    assert names(plan.files) == ["free", "used"]
    assert [why_deleted(plan, file) for file in plan.files] == [
        "no batch has used it",
        "its batch has ended",
    ]
    assert why_kept(plan, WhyKept.IN_STORE, stored) == "in the vector store docs"
    without = make_plan([stored], BATCH, NOW, known)
    assert why_deleted(without, stored) == "in the vector store docs; its batch has ended"


def test_what_can_not_be_downloaded_again_stays_unless_its_original_is_here() -> None:
    lost, here = aged(2, "lost", purpose="user_data"), aged(1, "here", purpose="user_data")
    rules = CleanUpRules(("user_data",))

    def planned(rules: CleanUpRules) -> Plan:
        return make_plan(
            [lost, here], rules, NOW, not_downloadable={"user_data"}, originals={here.id}
        )

    plan = planned(rules)
    assert plan.files == [here]
    assert why_deleted(plan, here) == "the original is on this computer"
    assert kept(plan, WhyKept.NOT_DOWNLOADABLE) == ["lost"]
    assert plan.lost == frozenset()
    all_of_them = planned(CleanUpRules(("user_data",), skip_not_downloadable=False))
    assert all_of_them.files == [lost, here]
    assert all_of_them.lost == {lost.id}
    assert why_deleted(all_of_them, lost) == "can't be downloaded again"


def test_reasons_name_age_and_expiry() -> None:
    file = aged(23, expires_at=NOW + 6 * DAY + 60)
    plan = make_plan([file], CleanUpRules(("batch",), older_than_days=14), NOW)
    assert why_deleted(plan, file) == "23 days old; expires in 6 days anyway"


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (CleanUpRules(("batch",), larger_than=1_000), "larger than 1 KB"),
        (CleanUpRules(("batch",), search="requests"), "matches “requests”"),
        (BATCH, "has a chosen purpose"),
    ],
)
def test_every_file_has_a_reason(rules: CleanUpRules, reason: str) -> None:
    file = aged(1)
    assert why_deleted(make_plan([file], rules, NOW), file) == reason


def test_the_largest_come_first_and_sums_are_by_purpose() -> None:
    files = [
        aged(1, "a", size=5),
        aged(1, "b", size=7, purpose="batch_output"),
        aged(1, "c", size=None),
        aged(1, "d", size=6),
        aged(1, "e", size=100, purpose="vision"),
    ]
    plan = make_plan(files, CleanUpRules(("batch", "batch_output")), NOW)
    assert names(plan.files) == ["b", "d", "a", "c"]
    assert [(one.purpose, one.count, one.size) for one in plan.sums] == [
        ("batch", 3, 11),
        ("batch_output", 1, 7),
    ]
    assert (plan.size, plan.in_account, plan.size_in_account) == (18, 5, 118)


def test_more_than_half_of_the_account_or_a_thousand_files_are_many() -> None:
    some = [aged(1, purpose="batch" if number < 2 else "vision") for number in range(4)]
    assert not make_plan(some, BATCH, NOW).is_large
    assert make_plan(some[:3], BATCH, NOW).is_large
    many = [aged(1, purpose="batch" if number <= 1_000 else "vision") for number in range(3_000)]
    assert make_plan(many, BATCH, NOW).is_large
    assert not make_plan(many[1:], BATCH, NOW).is_large


def test_the_largest_skipped_file_is_named() -> None:
    files = [
        aged(1, f"{size}.zip", size=size * 1_000_000, purpose="user_data") for size in (3, 388, 5)
    ]
    plan = make_plan(files, CleanUpRules(("user_data",)), NOW, not_downloadable={"user_data"})
    assert group_in_words(plan, plan.kept_for[WhyKept.NOT_DOWNLOADABLE]) == (
        "3 files can't be downloaded again: 388.zip (388.0 MB) and 2 more."
    )
    assert nothing_in_words(plan) == "All files that fit the rules are kept."
