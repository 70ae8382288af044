"""`RowFilter.is_narrower_than`: when searching only the shown rows is enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.file_filter import RowFilter
from services.browse.file_views import NewOutputs
from services.browse.ordering import rows_of
from services.browse.query import parse

NOW = 1_800_000_000
DAY = 24 * 3600
OUTPUTS = NewOutputs()

NAMES = ["run", "run1", "run12", "sun", "r", ""]
TEXTS = ["", "r", "run", "run1", "-r", "-run", "-run1", "run -1", "-1 -2", "-2", "size:>1"]
TEXTS += ["-size:>1", "expires:<7d", "-expires:<7d", "expires:<7d -run", "run expires:<7d size:>1"]
ROW_FILTERS = st.builds(
    RowFilter,
    purposes=st.frozensets(st.sampled_from(["batch", "vision"])),
    expires_in=st.sampled_from([None, (NOW, NOW + DAY), (NOW, NOW + 2 * DAY)]),
    outputs=st.sampled_from([None, OUTPUTS]),
    outputs_since=st.sampled_from([None, NOW - 5.0]),
    query=st.sampled_from(TEXTS).map(parse),
    now=st.sampled_from([float(NOW), NOW + 3.0 * DAY]),
)
FILES = st.builds(
    RemoteFile,
    id=st.sampled_from(["file-1", "file-2", "x"]),
    filename=st.sampled_from(NAMES),
    purpose=st.sampled_from(["batch", "vision", "batch_output", None]),
    size=st.sampled_from([None, 0, 1, 2]),
    created_at=st.sampled_from([None, NOW - 10, NOW]),
    expires_at=st.sampled_from([None, NOW - 1, NOW + DAY - 1, NOW + DAY, NOW + 8 * DAY]),
)


@pytest.mark.slow
@given(row_filter=ROW_FILTERS, other=ROW_FILTERS, files=st.lists(FILES, max_size=30))
def test_rows_of_a_narrower_filter_match_the_wider_one(
    row_filter: RowFilter, other: RowFilter, files: list[RemoteFile]
) -> None:
    rows = list(rows_of(files, 1))
    if row_filter.is_narrower_than(other):
        through_other = {id(row) for row in other.matching(rows)}
        assert {id(row) for row in row_filter.matching(rows)} <= through_other


@pytest.mark.parametrize(
    ("text", "before", "is_narrower_than"),
    [
        ("run1", "run", True),
        ("run", "run1", False),
        # Typing more after "-run1" matches more files, not fewer.
        ("-run1", "-run", False),
        ("-run", "-run1", True),
        ("run -1", "run", True),
        ("run", "run -1", False),
        ("run size:>1", "size:>1", True),
        ("size:>1", "run size:>1", False),
    ],
)
def test_typing_more_searches_the_shown_rows_only_if_they_suffice(
    text: str, before: str, is_narrower_than: bool
) -> None:
    assert (
        RowFilter(query=parse(text)).is_narrower_than(RowFilter(query=parse(before)))
        is is_narrower_than
    )


A, AB = frozenset({"a"}), frozenset({"a", "b"})
SOON, LATER = (NOW, NOW + DAY), (NOW, NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("row_filter", "before", "is_narrower_than"),
    [
        (RowFilter(), RowFilter(), True),
        (RowFilter(purposes=A), RowFilter(), True),
        (RowFilter(), RowFilter(purposes=A), False),
        (RowFilter(purposes=A), RowFilter(purposes=A), True),
        (RowFilter(purposes=A), RowFilter(purposes=AB), True),
        (RowFilter(purposes=AB), RowFilter(purposes=A), False),
        (RowFilter(expires_in=SOON), RowFilter(), True),
        (RowFilter(expires_in=SOON), RowFilter(expires_in=SOON), True),
        (RowFilter(expires_in=SOON), RowFilter(expires_in=LATER), False),
        (RowFilter(), RowFilter(expires_in=SOON), False),
        (RowFilter(outputs=OUTPUTS, outputs_since=1.0), RowFilter(), True),
        (RowFilter(outputs=OUTPUTS, outputs_since=1.0), RowFilter(outputs=OUTPUTS), False),
        (RowFilter(outputs=OUTPUTS), RowFilter(outputs=OUTPUTS), True),
        (RowFilter(), RowFilter(outputs=OUTPUTS), False),
        (RowFilter(now=1.0), RowFilter(now=2.0), True),
    ],
)
def test_a_stricter_choice_is_narrower_than_the_earlier_one(
    row_filter: RowFilter, before: RowFilter, is_narrower_than: bool
) -> None:
    assert row_filter.is_narrower_than(before) is is_narrower_than


@pytest.mark.parametrize(
    ("row_filter", "matches_all"),
    [
        (RowFilter(), True),
        (RowFilter(now=5.0, outputs_since=5.0), True),
        (RowFilter(purposes=A), False),
        (RowFilter(expires_in=SOON), False),
        (RowFilter(outputs=OUTPUTS), False),
        (RowFilter(query=parse("a")), False),
        (RowFilter(query=parse("-a")), False),
        (RowFilter(query=parse("size:>1")), False),
    ],
)
def test_an_empty_filter_matches_everything(row_filter: RowFilter, matches_all: bool) -> None:
    assert row_filter.matches_all is matches_all


@pytest.mark.parametrize(("later", "is_narrower_than"), [(0, True), (DAY, False)])
def test_a_time_condition_is_not_narrower_once_time_has_passed(
    later: int, is_narrower_than: bool
) -> None:
    before = RowFilter(query=parse("expires:<7d"), now=NOW)
    after = RowFilter(query=parse("run expires:<7d"), now=NOW + later)
    assert after.is_narrower_than(before) is is_narrower_than
