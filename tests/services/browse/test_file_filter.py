"""`Sieve.narrows`: when what is shown already is enough to look through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.file_filter import Sieve
from services.browse.file_views import NewOutputs
from services.browse.ordering import rows_of
from services.browse.query import parse

NOW = 1_800_000_000
DAY = 24 * 3600
OUTPUTS = NewOutputs()

NAMES = ["run", "run1", "run12", "sun", "r", ""]
TEXTS = ["", "r", "run", "run1", "-r", "-run", "-run1", "run -1", "-1 -2", "-2", "size:>1"]
TEXTS += ["-size:>1", "expires:<7d", "-expires:<7d", "expires:<7d -run", "run expires:<7d size:>1"]
SIEVES = st.builds(
    Sieve,
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
@given(sieve=SIEVES, other=SIEVES, files=st.lists(FILES, max_size=30))
def test_what_a_narrower_sieve_lets_through_comes_through_the_other_one_too(
    sieve: Sieve, other: Sieve, files: list[RemoteFile]
) -> None:
    rows = list(rows_of(files, 1))
    if sieve.narrows(other):
        through_other = {id(row) for row in other.through(rows)}
        assert {id(row) for row in sieve.through(rows)} <= through_other


@pytest.mark.parametrize(
    ("text", "before", "narrows"),
    [
        ("run1", "run", True),
        ("run", "run1", False),
        # While "-run1" is typed on, more files come through, not fewer.
        ("-run1", "-run", False),
        ("-run", "-run1", True),
        ("run -1", "run", True),
        ("run", "run -1", False),
        ("run size:>1", "size:>1", True),
        ("size:>1", "run size:>1", False),
    ],
)
def test_typing_on_looks_through_what_is_shown_only_where_that_is_enough(
    text: str, before: str, narrows: bool
) -> None:
    assert Sieve(query=parse(text)).narrows(Sieve(query=parse(before))) is narrows


A, AB = frozenset({"a"}), frozenset({"a", "b"})
SOON, LATER = (NOW, NOW + DAY), (NOW, NOW + 2 * DAY)


@pytest.mark.parametrize(
    ("sieve", "before", "narrows"),
    [
        (Sieve(), Sieve(), True),
        (Sieve(purposes=A), Sieve(), True),
        (Sieve(), Sieve(purposes=A), False),
        (Sieve(purposes=A), Sieve(purposes=A), True),
        (Sieve(purposes=A), Sieve(purposes=AB), True),
        (Sieve(purposes=AB), Sieve(purposes=A), False),
        (Sieve(expires_in=SOON), Sieve(), True),
        (Sieve(expires_in=SOON), Sieve(expires_in=SOON), True),
        (Sieve(expires_in=SOON), Sieve(expires_in=LATER), False),
        (Sieve(), Sieve(expires_in=SOON), False),
        (Sieve(outputs=OUTPUTS, outputs_since=1.0), Sieve(), True),
        (Sieve(outputs=OUTPUTS, outputs_since=1.0), Sieve(outputs=OUTPUTS), False),
        (Sieve(outputs=OUTPUTS), Sieve(outputs=OUTPUTS), True),
        (Sieve(), Sieve(outputs=OUTPUTS), False),
        (Sieve(now=1.0), Sieve(now=2.0), True),
    ],
)
def test_what_was_chosen_before_is_enough_where_more_is_asked_for_now(
    sieve: Sieve, before: Sieve, narrows: bool
) -> None:
    assert sieve.narrows(before) is narrows


@pytest.mark.parametrize(
    ("sieve", "lets_all"),
    [
        (Sieve(), True),
        (Sieve(now=5.0, outputs_since=5.0), True),
        (Sieve(purposes=A), False),
        (Sieve(expires_in=SOON), False),
        (Sieve(outputs=OUTPUTS), False),
        (Sieve(query=parse("a")), False),
        (Sieve(query=parse("-a")), False),
        (Sieve(query=parse("size:>1")), False),
    ],
)
def test_a_sieve_lets_all_through_while_nothing_is_asked_for(sieve: Sieve, lets_all: bool) -> None:
    assert sieve.lets_all is lets_all


@pytest.mark.parametrize(("later", "narrows"), [(0, True), (DAY, False)])
def test_what_was_shown_is_not_enough_once_time_has_passed(later: int, narrows: bool) -> None:
    before = Sieve(query=parse("expires:<7d"), now=NOW)
    after = Sieve(query=parse("run expires:<7d"), now=NOW + later)
    assert after.narrows(before) is narrows
