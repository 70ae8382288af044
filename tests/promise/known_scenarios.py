"""Short scenarios that once broke a promise, or nearly did."""

from tests.promise.behaviors import (
    ContentBehavior,
    ContentRule,
    DeleteBehavior,
    HasMore,
    Paging,
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
    LocalSpec,
    OtherUploads,
    Quit,
    Release,
    RemoteSpec,
    Scenario,
    Step,
    Upload,
    Wait,
)

_LOST = UploadBehavior(Response.CUT)
_LOST_SOON = UploadBehavior(Response.CUT, listed_after=1)
_LOST_LATE = UploadBehavior(Response.CUT, listed_after=400)
_HELD = UploadBehavior(Response.CUT, held=True)


def _notes(*behaviors: UploadBehavior, content: int = 0) -> LocalSpec:
    return LocalSpec("my notes.txt", content, 40, "batch", behaviors)


def _scenario(
    *steps: Step,
    local: tuple[LocalSpec, ...] = (),
    remote: tuple[RemoteSpec, ...] = (),
    traits: ServerTraits | None = None,
    delete_behaviors: tuple[DeleteBehavior, ...] = (),
    proof_behaviors: tuple[ContentBehavior, ...] = (),
    client_ahead: int = 0,
    at_once: int = 4,
) -> Scenario:
    return Scenario(
        traits=traits or ServerTraits(),
        local=local or (_notes(),),
        remote=remote or (RemoteSpec("out.jsonl", 10),),
        delete_behaviors=delete_behaviors,
        content_behaviors=(),
        steps=steps,
        proof_behaviors=proof_behaviors,
        client_ahead=client_ahead,
        at_once=at_once,
    )


_RETRY = Command("retry", 0)

KNOWN = {
    "the server renames the file, and the response is lost": _scenario(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), traits=ServerTraits(Renaming.UNDERSCORES)
    ),
    "the server renames the file, and the program is killed": _scenario(
        Upload((0,)), Kill(700), local=(_notes(_HELD),), traits=ServerTraits(Renaming.UNDERSCORES)
    ),
    "a name with a narrow no-break space": _scenario(
        Upload((0,)),
        _RETRY,
        local=(LocalSpec("Shot\u202fPM.txt", 0, 40, "batch", (_LOST,)),),
    ),
    "the client's clock is ahead": _scenario(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), client_ahead=150
    ),
    "the server's clock is behind": _scenario(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), traits=ServerTraits(ahead=-86_400)
    ),
    "listed after minutes": _scenario(Upload((0,)), Wait(120), _RETRY, local=(_notes(_LOST_LATE),)),
    "listed after minutes, and the program is killed": _scenario(
        Upload((0,)),
        Kill(130),
        local=(_notes(UploadBehavior(Response.CUT, held=True, listed_after=400)),),
    ),
    "two uploads of the same name and size are lost, and one of them is stored": _scenario(
        Upload((0, 1)),
        _RETRY,
        _RETRY,
        local=(
            _notes(_HELD),
            _notes(UploadBehavior(Response.CUT, stored=False, held=True), content=1),
        ),
    ),
    "two uploads of the same content are lost, and one of them is stored": _scenario(
        Upload((0, 0)),
        Release(0),
        Release(0),
        local=(_notes(_HELD, UploadBehavior(Response.CUT, stored=False, held=True)),),
    ),
    "of two uploads of the same content, one is done and cleared, and the other is lost": _scenario(
        Upload((0, 0)),
        Release(0),
        Command("clear", 0),
        local=(
            _notes(
                UploadBehavior(held=True), UploadBehavior(Response.CUT, stored=False, held=True)
            ),
        ),
    ),
    "the same, and the program is killed before the lookup": _scenario(
        Upload((0, 0)),
        Release(0),
        Command("clear", 0),
        Kill(0),
        local=(
            _notes(
                UploadBehavior(held=True), UploadBehavior(Response.CUT, stored=False, held=True)
            ),
        ),
    ),
    "two uploads of the same content are lost, and only one of the files can be the second": _scenario(
        Upload((0,)), Quit(1), Upload((0,)), local=(_notes(_LOST_SOON, _LOST_SOON),)
    ),
    "the same, and the other file can't be read": _scenario(
        Upload((0,)),
        Quit(700),
        Upload((0,)),
        Quit(700),
        local=(_notes(_LOST_SOON, _LOST_SOON),),
        proof_behaviors=(ContentBehavior(), ContentBehavior(status=500)),
    ),
    "two uploads of the same content are lost, and the second is listed late": _scenario(
        Upload((0, 0)),
        Wait(650),
        Release(0),
        local=(_notes(_HELD, UploadBehavior(Response.GARBLED, listed_after=600)),),
        traits=ServerTraits(sends_date=False, has_more=HasMore.MISSING),
        proof_behaviors=(ContentBehavior(status=500),),
        at_once=1,
    ),
    "only one can be the second, which gets its response in the end": _scenario(
        Upload((0,)),
        Quit(1),
        Upload((0,)),
        Wait(45),
        Release(0),
        local=(_notes(_LOST_SOON, UploadBehavior(held=True)),),
    ),
    "somebody else uploads a file of the same name and size": _scenario(
        Upload((0,)),
        OtherUploads(0),
        local=(_notes(UploadBehavior(Response.CUT, stored=False, held=True)),),
    ),
    "the same, and the content can't be downloaded": _scenario(
        Upload((0,)),
        OtherUploads(0),
        local=(_notes(UploadBehavior(Response.CUT, held=True)),),
        traits=ServerTraits(content=ContentRule.REJECTED),
    ),
    "the lookup at the start of a retry fails": _scenario(
        Upload((0,)), _RETRY, local=(_notes(_LOST),), traits=ServerTraits(lists=False)
    ),
    "the server loses the last byte": _scenario(
        Upload((0,)), local=(_notes(UploadBehavior(damaged=True)),)
    ),
    "a listing is cut short before the file": _scenario(
        OtherUploads(0),
        Upload((0,)),
        local=(_notes(_LOST),),
        traits=ServerTraits(paging=Paging.OLDEST, largest_page=1, has_more=HasMore.CUT_SHORT),
    ),
    "the program is killed after sending a delete": _scenario(
        Delete(0), Kill(), delete_behaviors=(DeleteBehavior(Response.CUT, held=True),)
    ),
    "a listing that claims five terabytes": _scenario(
        Download((0,)), remote=(RemoteSpec("out.jsonl", 10, "huge"),)
    ),
}
