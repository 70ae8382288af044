"""How long a clean-up of a large account takes to plan, and how late the window is meanwhile.

    python -m tests.bench.cleanup ADDRESS FOLDER FILES

In a fresh process with the real window and its dialog. Every plan uses all rules: purposes, age,
expiry, size, the newest of each name pattern, references, a search, and what can't be downloaded.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from tests.bench.report import Line, Options
from tests.bench.window_stalls import idle_process, in_fresh_process

if TYPE_CHECKING:
    from services.api.remote_file import RemoteFile
    from services.cleanup.referenced_by import ReferencedBy
    from services.cleanup.rules import CleanUpRules

_NOW = 1_795_000_000
_DAY = 24 * 3600
_PURPOSES = ("batch", "batch_output", "fine-tune", "user_data", "assistants")
_ROUNDS = 5


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure a dry run with all rules, and the stalls while rules are changed in the dialog."""
    found = in_fresh_process("cleanup", address, folder, options.listed)
    return [
        Line(
            "planned with all rules",
            statistics.median(found["plan"]),
            "ms",
            "plan_100k_ms",
            at_most=500,
            ours=f"max {max(found['plan']):.0f} ms",
        ),
        Line("shown after a rule was changed", statistics.median(found["shown"]), "ms"),
        Line(
            "longest stall meanwhile",
            max(found["late"]),
            "ms",
            "ui_stall_plan_ms_max",
            at_most=50,
            reference=f"idle {max(found['idle']):.1f} ms",
        ),
    ]


def _files(number: int) -> "list[RemoteFile]":
    from services.api.remote_file import RemoteFile

    dice = random.Random(0)
    names = ("nightly-2026-{0:02}-{1:02}.jsonl", "batch_68{2:030x}_output.jsonl", "part-{3}.jsonl")
    return [
        RemoteFile(
            id=f"file-{one:08d}{dice.getrandbits(64):016x}",
            filename=names[one % 3].format(
                one % 12 + 1, one % 28 + 1, dice.getrandbits(120), dice.randrange(10_000)
            ),
            purpose=_PURPOSES[one % 5],
            size=dice.randrange(1 << 28),
            created_at=_NOW - dice.randrange(90 * _DAY),
            expires_at=_NOW + dice.randrange(30 * _DAY) if one % 2 else None,
            status="processed",
        )
        for one in range(number)
    ]


def _references(files: "list[RemoteFile]") -> "ReferencedBy":
    from services.cleanup.referenced_by import ReferencedBy
    from services.references.reference import Reference, ReferenceKind

    kinds = (ReferenceKind.BATCH, ReferenceKind.FINE_TUNING, ReferenceKind.VECTOR_STORE)
    return ReferencedBy(
        {
            file.id: (Reference(kinds[place % 3], f"job-{place}", unfinished=not place % 50),)
            for place, file in enumerate(files[::5])
        },
        _NOW - 60,
    )


def _rules(days: int) -> "CleanUpRules":
    from services.cleanup.rules import CleanUpRules, NewestOf

    return CleanUpRules(
        purposes=_PURPOSES,
        older_than_days=days,
        expires_within_days=29,
        larger_than=1_000_000,
        keep_newest=5,
        newest_of=NewestOf.PATTERN,
        not_referenced=True,
        search="jsonl -final size:>2MB created:<400d",
    )


def _inside(address: str, folder: Path, number: int) -> None:
    from services.cleanup.planning import make_plan
    from tests.bench.open_window import Watch, open_window, rest, wait_for
    from tests.bench.product import account_at
    from ui.cleanup.clean_up_dialog import CleanUpDialog

    found: dict[str, list[float]] = {"plan": [], "shown": []}
    with open_window(folder / "program", [account_at(address)]) as window:
        files = _files(number)
        references = _references(files)
        listed = window.workspace.area.files
        for first in range(0, number, 1_000):
            listed.add_cached(files[first : first + 1_000])
        rest(1_000)
        for round_ in range(_ROUNDS):
            started = time.perf_counter()
            make_plan(
                files,
                _rules(round_ + 1),
                _NOW,
                references,
                not_downloadable={"user_data", "assistants"},
            )
            found["plan"].append((time.perf_counter() - started) * 1000)
        known = patch("ui.cleanup.clean_up_flow.references_now", lambda *_now: references)
        known.start()
        window.commands.clean_up.trigger()
        (dialog,) = window.findChildren(CleanUpDialog)
        wait_for(lambda: dialog.is_up_to_date)
        watch = Watch()
        with idle_process() as idle_late:
            watch.start()
            for round_ in range(_ROUNDS):
                started = time.perf_counter()
                dialog.rules_form.show_rules(_rules(round_ + 10))
                wait_for(lambda: dialog.is_up_to_date, every=1)
                found["shown"].append((time.perf_counter() - started) * 1000)
            watch.stop()
        dialog.reject()
        known.stop()
        found |= {"late": watch.lateness, "idle": idle_late}
        print(json.dumps({key: [round(one, 2) for one in found[key]] for key in found}))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
