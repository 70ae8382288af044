"""Compares the count of soon expiring files with a plain one, at every boundary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.file_views import SOON, ExpiringSoon, NewOutputs

START = 1_800_000_000
HALF_DAY = 12 * 3600
MOMENTS = st.builds(
    lambda days, late: START + days * HALF_DAY + late, st.integers(-2, 24), st.integers(-1, 1)
)
STEPS = st.lists(
    st.tuples(st.just("add"), MOMENTS)
    | st.tuples(st.just("add all"), st.lists(MOMENTS, max_size=6))
    | st.tuples(st.just("remove"), st.integers(0, 5))
    | st.tuples(st.just("pass"), st.sampled_from([0, 0.5, 1, HALF_DAY, 2 * HALF_DAY])),
    max_size=20,
)


@given(STEPS)
def test_soon_expiring_files_match_a_plain_count(
    steps: list[tuple[str, object]],
) -> None:
    now = float(START)
    soon = ExpiringSoon(now)
    not_none: list[int] = []
    for step, value in [*steps, ("pass", 0)]:
        match step, value:
            case "add", int(moment):
                soon.add(moment)
                not_none.append(moment)
            case "add all", list(moments):
                soon.add_all(moments)
                not_none += moments
            case "remove", int(place) if not_none:
                soon.remove(not_none.pop(place % len(not_none)))
            case "pass", int(seconds) | float(seconds):
                now += seconds
                soon.advance_to(now)
                wanted = [moment for moment in not_none if now < moment < now + SOON]
                since, before = soon.window
                assert soon.now == now
                assert soon.count == len(wanted)
                assert [moment for moment in not_none if since <= moment < before] == wanted


@pytest.mark.parametrize(
    ("since", "found", "counted"),
    [
        (None, set(), 0),
        (None, {"old"}, 1),
        (START, set(), 1),
        (START, {"old"}, 2),
        (START, {"old", "mine"}, 2),
    ],
)
def test_new_outputs_were_created_since_or_found_by_watching(
    since: float | None, found: set[str], counted: int
) -> None:
    outputs = NewOutputs()
    outputs.since = since
    outputs.found = found
    files = [
        RemoteFile("old", purpose="batch_output", created_at=START),
        RemoteFile("new", purpose="batch_output", created_at=START + 1),
        RemoteFile("unknown", purpose="batch_output"),
        RemoteFile("mine", purpose="batch", created_at=START + 1),
    ]
    assert outputs.count(files) == sum(map(outputs.has, files)) == counted
