"""Courses that once broke the promise, or nearly, short enough to be read."""

from tests.promise.course import (
    Answer,
    Command,
    Course,
    Delete,
    Download,
    Kill,
    LocalSpec,
    OtherUploads,
    Pass,
    Quit,
    RemoteSpec,
    Step,
    Upload,
)
from tests.promise.fates import (
    ContentRule,
    DeleteFate,
    MoreSaid,
    Paging,
    Said,
    ServerWill,
    UploadFate,
)
from tests.promise.renaming import Renaming

_LOST = UploadFate(Said.CUT)
_LOST_SOON = UploadFate(Said.CUT, listed_after=1)
_LOST_LATE = UploadFate(Said.CUT, listed_after=400)
_HELD = UploadFate(Said.CUT, held=True)


def _notes(*fates: UploadFate, content: int = 0) -> LocalSpec:
    return LocalSpec("my notes.txt", content, 40, "batch", fates)


def _course(
    *steps: Step,
    local: tuple[LocalSpec, ...] = (),
    remote: tuple[RemoteSpec, ...] = (),
    will: ServerWill | None = None,
    delete_fates: tuple[DeleteFate, ...] = (),
    client_ahead: int = 0,
) -> Course:
    return Course(
        will=will or ServerWill(),
        local=local or (_notes(),),
        remote=remote or (RemoteSpec("out.jsonl", 10),),
        delete_fates=delete_fates,
        content_fates=(),
        steps=steps,
        client_ahead=client_ahead,
    )


_RETRY = Command("retry", 0)

KNOWN = {
    "the server renames, and the answer is lost": _course(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), will=ServerWill(Renaming.UNDERSCORES)
    ),
    "the server renames, and the program is killed": _course(
        Upload((0,)), Kill(700), local=(_notes(_HELD),), will=ServerWill(Renaming.UNDERSCORES)
    ),
    "a name with a space that is not printable": _course(
        Upload((0,)),
        _RETRY,
        local=(LocalSpec("Shot\u202fPM.txt", 0, 40, "batch", (_LOST,)),),
    ),
    "the client's clock is ahead": _course(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), client_ahead=150
    ),
    "the server's clock is behind": _course(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), will=ServerWill(ahead=-86_400)
    ),
    "listed after minutes": _course(Upload((0,)), Pass(120), _RETRY, local=(_notes(_LOST_LATE),)),
    "listed after minutes, and the program is killed": _course(
        Upload((0,)),
        Kill(130),
        local=(_notes(UploadFate(Said.CUT, held=True, listed_after=400)),),
    ),
    "two of equal name and size are lost, and one of them is kept": _course(
        Upload((0, 1)),
        _RETRY,
        _RETRY,
        local=(_notes(_HELD), _notes(UploadFate(Said.CUT, kept=False, held=True), content=1)),
    ),
    "two of equal content are lost, and one of them is kept": _course(
        Upload((0, 0)),
        Answer(0),
        Answer(0),
        local=(_notes(_HELD, UploadFate(Said.CUT, kept=False, held=True)),),
    ),
    "one of equal content is done and cleared from the list, the other is lost": _course(
        Upload((0, 0)),
        Answer(0),
        Command("forget", 0),
        local=(_notes(UploadFate(held=True), UploadFate(Said.CUT, kept=False, held=True)),),
    ),
    "the same, and the program is killed before it looks": _course(
        Upload((0, 0)),
        Answer(0),
        Command("forget", 0),
        Kill(0),
        local=(_notes(UploadFate(held=True), UploadFate(Said.CUT, kept=False, held=True)),),
    ),
    "two of equal content are lost, and only one of the files can be the second": _course(
        Upload((0,)), Quit(1), Upload((0,)), local=(_notes(_LOST_SOON, _LOST_SOON),)
    ),
    "the same, and the second is answered in the end": _course(
        Upload((0,)),
        Quit(1),
        Upload((0,)),
        Pass(45),
        Answer(0),
        local=(_notes(_LOST_SOON, UploadFate(held=True)),),
    ),
    "somebody else makes a file of equal name and size": _course(
        Upload((0,)),
        OtherUploads(0),
        local=(_notes(UploadFate(Said.CUT, kept=False, held=True)),),
    ),
    "the same, and no content is given": _course(
        Upload((0,)),
        OtherUploads(0),
        local=(_notes(UploadFate(Said.CUT, held=True)),),
        will=ServerWill(content=ContentRule.REFUSED),
    ),
    "the look that a retry begins with fails": _course(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), will=ServerWill(lists=False)
    ),
    "the server loses the last byte": _course(
        Upload((0,)), local=(_notes(UploadFate(damaged=True)),)
    ),
    "a listing breaks off before the file": _course(
        OtherUploads(0),
        Upload((0,)),
        local=(_notes(_LOST),),
        will=ServerWill(paging=Paging.OLDEST, largest_page=1, more_said=MoreSaid.BREAKS_OFF),
    ),
    "a delete is killed after it was sent": _course(
        Delete(0), Kill(), delete_fates=(DeleteFate(Said.CUT, held=True),)
    ),
    "a listing that tells of five terabytes": _course(
        Download((0,)), remote=(RemoteSpec("out.jsonl", 10, "huge"),)
    ),
}
