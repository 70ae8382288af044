"""The Hypothesis strategies for scenarios."""

from hypothesis import strategies as st

from tests.promise.behaviors import (
    ContentBehavior,
    ContentRule,
    DeleteBehavior,
    ETag,
    HasMore,
    Paging,
    RangeSupport,
    Response,
    ServerTraits,
    UploadBehavior,
)
from tests.promise.renaming import Renaming
from tests.promise.scenario import (
    Command,
    Delete,
    Download,
    Kill,
    LocalChange,
    LocalSpec,
    OtherDeletes,
    OtherUploads,
    Quit,
    Release,
    RemoteSpec,
    Scenario,
    Step,
    Upload,
    Wait,
)
from tests.support.server_faults import Framing

_A_DAY = 86_400
_LATE = st.sampled_from([0] * 6 + [1, 5, 30, 130, 400, 599, 600])
_OFF = st.sampled_from([0] * 8 + [150, -150, 3600, -3600, _A_DAY, -_A_DAY])
_WAITING_TIMES = st.sampled_from([1, 10, 45, 120, 300, 590, 650])
_PICK = st.integers(0, 5)
_NAMES = st.sampled_from(["my notes.txt", "a.jsonl", "Gru\u0308ße.jsonl", "Shot\u202fPM.txt"])
_HOSTILE = st.sampled_from(
    ["out.jsonl", "../../x", "/etc/x", "..", "aux.txt", 'a"\n.txt', "x" * 300, "out.jsonl.part"]
)
_LOST = [Response.CUT, Response.FAILED, Response.GATEWAY, Response.GARBLED, Response.ODD]

server_traits = st.builds(
    ServerTraits,
    renaming=st.sampled_from([Renaming.NONE] * 6 + list(Renaming)),
    ahead=_OFF,
    dated=st.sampled_from([True] * 7 + [False]),
    sends_date=st.sampled_from([True] * 7 + [False]),
    paging=st.sampled_from([Paging.NEWEST] * 4 + list(Paging)),
    largest_page=st.sampled_from([100] * 4 + [1, 3]),
    has_more=st.sampled_from([HasMore.TRUE] * 6 + list(HasMore)),
    content=st.sampled_from([ContentRule.GIVEN] * 3 + [*ContentRule]),
    lists=st.sampled_from([True] * 15 + [False]),
    unlisted_between=st.sampled_from([(0, 0)] * 8 + [(0, 5), (1, 300), (0, 700)]),
)
upload_behaviors = st.builds(
    UploadBehavior,
    response=st.sampled_from([Response.CORRECT, Response.CORRECT, *_LOST, *_LOST, *Response]),
    stored=st.booleans(),
    listed_after=_LATE,
    held=st.booleans(),
    damaged=st.sampled_from([False] * 9 + [True]),
)
delete_behaviors = st.builds(
    DeleteBehavior,
    response=st.sampled_from([Response.CUT, *(one for one in Response if one is not Response.ODD)]),
    carried_out=st.booleans(),
    held=st.booleans(),
)
content_behaviors = st.builds(
    ContentBehavior,
    status=st.sampled_from([200] * 6 + [500, 503, 429]),
    framing=st.sampled_from(Framing),
    gzip=st.sampled_from([False, False, True]),
    cut=st.none() | st.integers(0, 9),
    held=st.none() | st.integers(0, 9),
    length_lie=st.sampled_from([0, 0, 0, -1, 7]),
    tag=st.sampled_from([ETag.STRONG, ETag.STRONG, *ETag]),
    ranges=st.sampled_from([RangeSupport.SUPPORTED, RangeSupport.SUPPORTED, *RangeSupport]),
    changes=st.sampled_from([False, False, False, True]),
)
local_specs = st.builds(
    LocalSpec,
    name=_NAMES,
    content=st.integers(0, 2),
    size=st.sampled_from([40] * 6 + [41, 0]),
    purpose=st.sampled_from(["batch"] * 3 + ["assistants"]),
    behaviors=st.lists(upload_behaviors, min_size=1, max_size=3).map(tuple),
)
remote_specs = st.builds(
    RemoteSpec,
    name=_HOSTILE,
    size=st.sampled_from([0, 10, 700_000]),
    listed_size=st.sampled_from(["true"] * 4 + ["none", "zero", "huge", "one more"]),
)
_several = st.lists(_PICK, min_size=1, max_size=4).map(tuple)
_uploads: st.SearchStrategy[Step] = st.builds(Upload, _several)
_waits: st.SearchStrategy[Step] = st.builds(Wait, _WAITING_TIMES)
_releases: st.SearchStrategy[Step] = st.builds(Release, _PICK, st.booleans())
_restarts: st.SearchStrategy[Step] = st.one_of(
    st.builds(Kill, st.sampled_from([0, 5, 130, 700])), st.builds(Quit, st.sampled_from([0, 700]))
)
_others: st.SearchStrategy[Step] = st.one_of(
    st.builds(OtherUploads, _PICK, st.booleans(), st.booleans(), _LATE),
    st.builds(OtherDeletes, st.integers(0, 20)),
    st.builds(LocalChange, _PICK),
)
_commands: st.SearchStrategy[Step] = st.builds(
    Command,
    st.sampled_from(
        ["pause", "resume", "resume", "cancel", "retry", "send again", "choose", "clear"]
    ),
    _PICK,
)
_downloads: st.SearchStrategy[Step] = st.builds(
    Download, _several, st.sampled_from(["keep both", "skip", "replace"])
)
_deletes: st.SearchStrategy[Step] = st.builds(Delete, st.integers(0, 20))


def _scenarios_of(*kinds: st.SearchStrategy[Step]) -> st.SearchStrategy[Scenario]:
    """Scenarios with steps of these kinds, and other steps in between."""
    between = (_waits, _releases, _restarts, _commands)
    return st.builds(
        Scenario,
        traits=server_traits,
        local=st.lists(local_specs, min_size=1, max_size=4).map(tuple),
        remote=st.lists(remote_specs, min_size=1, max_size=3).map(tuple),
        delete_behaviors=st.lists(delete_behaviors, max_size=5).map(tuple),
        content_behaviors=st.lists(content_behaviors, max_size=8).map(tuple),
        steps=st.tuples(
            kinds[0], st.lists(st.one_of(*kinds, *between), min_size=2, max_size=14)
        ).map(lambda drawn: (drawn[0], *drawn[1])),
        proof_behaviors=st.lists(content_behaviors, max_size=3).map(tuple),
        client_ahead=_OFF,
        at_once=st.sampled_from([1, 4]),
        keeps_history=st.sampled_from([True, True, False]),
        resumes=st.sampled_from([True, True, True, False]),
    )


_KINDS = {
    "uploads": _scenarios_of(_uploads, _uploads, _others),
    "downloads": _scenarios_of(_downloads, _downloads),
    "deletes": _scenarios_of(_deletes, _deletes, _uploads),
    "everything": _scenarios_of(_uploads, _downloads, _deletes, _others),
}
all_scenarios = st.one_of(_KINDS["uploads"], *_KINDS.values())


def scenarios_of_kind(kind: str) -> st.SearchStrategy[Scenario]:
    """Scenarios about "uploads", "downloads", "deletes" or "everything"."""
    return _KINDS[kind]
