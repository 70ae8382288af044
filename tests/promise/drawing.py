"""How hypothesis draws a course."""

from hypothesis import strategies as st

from tests.promise.course import (
    Answer,
    Command,
    Course,
    Delete,
    Download,
    Kill,
    LocalChange,
    LocalSpec,
    OtherDeletes,
    OtherUploads,
    Pass,
    Quit,
    RemoteSpec,
    Step,
    Upload,
)
from tests.promise.fates import (
    ContentFate,
    ContentRule,
    DeleteFate,
    MoreSaid,
    Paging,
    RangeHabit,
    Said,
    ServerWill,
    Tag,
    UploadFate,
)
from tests.promise.renaming import Renaming
from tests.support.server_faults import Framing

_A_DAY = 86_400
_LATE = st.sampled_from([0] * 6 + [1, 5, 30, 130, 400, 599, 600])
_OFF = st.sampled_from([0] * 8 + [150, -150, 3600, -3600, _A_DAY, -_A_DAY])
_PASSING = st.sampled_from([1, 10, 45, 120, 300, 590, 650])
_PICK = st.integers(0, 5)
_NAMES = st.sampled_from(["my notes.txt", "a.jsonl", "Gru\u0308ße.jsonl", "Shot\u202fPM.txt"])
_HOSTILE = st.sampled_from(
    ["out.jsonl", "../../x", "/etc/x", "..", "aux.txt", 'a"\n.txt', "x" * 300, "out.jsonl.part"]
)
_LOST = [Said.CUT, Said.FAILED, Said.GATEWAY, Said.GARBLED, Said.ODD]

wills = st.builds(
    ServerWill,
    renaming=st.sampled_from([Renaming.NONE] * 6 + list(Renaming)),
    ahead=_OFF,
    dated=st.sampled_from([True] * 7 + [False]),
    sends_date=st.sampled_from([True] * 7 + [False]),
    paging=st.sampled_from([Paging.NEWEST] * 4 + list(Paging)),
    largest_page=st.sampled_from([100] * 4 + [1, 3]),
    more_said=st.sampled_from([MoreSaid.TRUE] * 6 + list(MoreSaid)),
    content=st.sampled_from([ContentRule.GIVEN] * 3 + [*ContentRule]),
    lists=st.sampled_from([True] * 15 + [False]),
    unlisted_between=st.sampled_from([(0, 0)] * 8 + [(0, 5), (1, 300), (0, 700)]),
)
upload_fates = st.builds(
    UploadFate,
    said=st.sampled_from([Said.RIGHT, Said.RIGHT, *_LOST, *_LOST, *Said]),
    kept=st.booleans(),
    listed_after=_LATE,
    held=st.booleans(),
    damaged=st.sampled_from([False] * 9 + [True]),
)
delete_fates = st.builds(
    DeleteFate,
    said=st.sampled_from([Said.CUT, *(one for one in Said if one is not Said.ODD)]),
    carried_out=st.booleans(),
    held=st.booleans(),
)
content_fates = st.builds(
    ContentFate,
    status=st.sampled_from([200] * 6 + [500, 503, 429]),
    framing=st.sampled_from(Framing),
    packed=st.sampled_from([False, False, True]),
    cut=st.none() | st.integers(0, 9),
    held=st.none() | st.integers(0, 9),
    length_lie=st.sampled_from([0, 0, 0, -1, 7]),
    tag=st.sampled_from([Tag.STRONG, Tag.STRONG, *Tag]),
    ranges=st.sampled_from([RangeHabit.OBEYED, RangeHabit.OBEYED, *RangeHabit]),
    changes=st.sampled_from([False, False, False, True]),
)
local_specs = st.builds(
    LocalSpec,
    name=_NAMES,
    content=st.integers(0, 2),
    size=st.sampled_from([40] * 6 + [41, 0]),
    purpose=st.sampled_from(["batch"] * 3 + ["assistants"]),
    fates=st.lists(upload_fates, min_size=1, max_size=3).map(tuple),
)
remote_specs = st.builds(
    RemoteSpec,
    name=_HOSTILE,
    size=st.sampled_from([0, 10, 700_000]),
    told_size=st.sampled_from(["true"] * 4 + ["none", "zero", "huge", "one more"]),
)
_several = st.lists(_PICK, min_size=1, max_size=4).map(tuple)
_uploads: st.SearchStrategy[Step] = st.builds(Upload, _several)
_passing: st.SearchStrategy[Step] = st.builds(Pass, _PASSING)
_answers: st.SearchStrategy[Step] = st.builds(Answer, _PICK, st.booleans())
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
        ["pause", "resume", "resume", "cancel", "retry", "send again", "choose", "forget"]
    ),
    _PICK,
)
_downloads: st.SearchStrategy[Step] = st.builds(
    Download, _several, st.sampled_from(["keep both", "skip", "replace"])
)
_deletes: st.SearchStrategy[Step] = st.builds(Delete, st.integers(0, 20))


def _courses_of(*kinds: st.SearchStrategy[Step]) -> st.SearchStrategy[Course]:
    """Courses whose steps are of these kinds, and what may come between."""
    between = (_passing, _answers, _restarts, _commands)
    return st.builds(
        Course,
        will=wills,
        local=st.lists(local_specs, min_size=1, max_size=4).map(tuple),
        remote=st.lists(remote_specs, min_size=1, max_size=3).map(tuple),
        delete_fates=st.lists(delete_fates, max_size=5).map(tuple),
        content_fates=st.lists(content_fates, max_size=8).map(tuple),
        steps=st.tuples(
            kinds[0], st.lists(st.one_of(*kinds, *between), min_size=2, max_size=14)
        ).map(lambda drawn: (drawn[0], *drawn[1])),
        proof_fates=st.lists(content_fates, max_size=3).map(tuple),
        client_ahead=_OFF,
        at_once=st.sampled_from([1, 4]),
        keeps_history=st.sampled_from([True, True, False]),
        resumes=st.sampled_from([True, True, True, False]),
    )


_KINDS = {
    "uploads": _courses_of(_uploads, _uploads, _others),
    "downloads": _courses_of(_downloads, _downloads),
    "deletes": _courses_of(_deletes, _deletes, _uploads),
    "everything": _courses_of(_uploads, _downloads, _deletes, _others),
}
all_courses = st.one_of(_KINDS["uploads"], *_KINDS.values())


def courses_of_kind(kind: str) -> st.SearchStrategy[Course]:
    """Courses about "uploads", "downloads", "deletes" or "everything"."""
    return _KINDS[kind]
