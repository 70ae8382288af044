"""Several programs sharing a folder of journals, and abandoned journals."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.system.databases import InUse
from services.transfers.jobs import DeleteJob
from services.transfers.journal import Journal, JournalRow, OwnedFile
from services.transfers.journal_folder import open_journal, others_have_transfers
from tests.support.factories import remote_file

Open = Callable[[], Journal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the folder as another program would; closes all journals at the end."""
    journals: list[Journal] = []

    def open_one() -> Journal:
        journals.append(open_journal(tmp_path))
        return journals[-1]

    yield open_one
    for journal in journals:
        journal.close()


def rows(*ids: int, batch: int = 1, name: str = "a.jsonl") -> list[JournalRow]:
    made = []
    for number in ids:
        job = DeleteJob(remote_file(name))
        transfer = job.new_transfer(number, "acme", batch, float(number))
        made.append(JournalRow(transfer, job, float(number)))
    return made


def saved(journal: Journal) -> list[tuple[int, str, int]]:
    return [(row.transfer.id, row.transfer.name, row.transfer.batch) for row in journal.rows()]


def test_second_program_gets_its_own_journal(opened: Open) -> None:
    first, second, third = opened(), opened(), opened()
    assert [one.path.name for one in (first, second, third)] == [
        "queue.sqlite", "queue-2.sqlite", "queue-3.sqlite",
    ]  # fmt: skip
    first.write(rows(1))
    second.write(rows(1, 2))
    assert (len(first.rows()), len(second.rows()), third.rows()) == (1, 2, [])


def test_restarted_second_program_finds_its_journal(opened: Open) -> None:
    opened()
    second = opened()
    second.write(rows(1, name="mine"))
    second.close()
    assert saved(opened()) == [(1, "mine", 1)]


def test_abandoned_rows_get_new_ids_places_and_batches(opened: Open) -> None:
    first, second, third = opened(), opened(), opened()
    left = OwnedFile("acme", "file-a", 5.0)
    first.write(rows(1, 5, batch=3, name="first"))
    third.write([], owned=[left])
    second.write([*rows(1, batch=1, name="second"), *rows(2, batch=3, name="second")])
    third.write(rows(1, batch=1, name="third"))
    for journal in (first, second, third):
        journal.close()
    again = opened()
    assert saved(again) == [
        (1, "first", 3), (5, "first", 3), (6, "second", 4), (7, "second", 6), (8, "third", 7),
    ]  # fmt: skip
    assert [row.place for row in again.rows()] == [1, 5, 6, 7, 8]
    assert again.owned_files() == [left]
    again.close()
    assert len(saved(opened())) == 5
    assert opened().rows() == []


def test_journals_in_use_are_left_alone(opened: Open) -> None:
    first, second = opened(), opened()
    second.write(rows(1))
    first.close()
    assert opened().rows() == []
    assert len(second.rows()) == 1


def test_journal_abandoned_twice_is_taken_over_twice(opened: Open) -> None:
    first = opened()
    for number in range(1, 4):
        second = opened()
        assert second.rows() == []
        second.write(rows(1, name=f"{number}"))
        second.close()
        first.close()
        first = opened()
        assert [name for _, name, _ in saved(first)] == [f"{n}" for n in range(1, number + 1)]


def test_interrupted_takeover_is_not_repeated(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = opened(), opened()
    first.write(rows(1))
    second.write(rows(1, 2, 3))
    first.close()
    second.close()
    real = Journal._change

    def crash(self: Journal, *steps: object) -> None:
        if self.path.name == "queue-2.sqlite":
            raise OSError("killed between the two")
        real(self, *steps)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "_change", crash)
    one = opened()
    assert len(one.rows()) == 4
    one.close()
    monkeypatch.undo()
    assert len(opened().rows()) == 4
    assert opened().rows() == []


def test_all_journals_in_use_raises(opened: Open) -> None:
    for _ in range(8):
        opened()
    with pytest.raises(InUse):
        opened()


def test_damaged_abandoned_journal_is_set_aside(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "queue-2.sqlite").write_bytes(b"nothing good" * 1000)
    journal = opened()
    assert journal.rows() == []
    assert journal.set_aside is not None
    assert journal.set_aside.read_bytes().startswith(b"nothing good")


PROGRAM = """
import sys
from pathlib import Path
from services.transfers.journal_folder import open_journal, others_have_transfers
from tests.services.transfers.test_journal_folder import rows

journal = open_journal(Path(sys.argv[1]))
journal.write(rows(1, 2, name="crashed"))
print(journal.path.name, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_journal_of_a_killed_program_is_taken_over(opened: Open, tmp_path: Path) -> None:
    first = opened()
    first.write(rows(1, name="first"))
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "queue-2.sqlite\n"
        first.close()
        first = opened()
        assert len(first.rows()) == 1, "it still runs"
        first.close()
        process.kill()
        process.wait(30)
    assert saved(opened()) == [(1, "first", 1), (2, "crashed", 2), (3, "crashed", 2)]


def test_others_have_transfers_while_running_or_abandoned(opened: Open) -> None:
    first = opened()
    assert not others_have_transfers(first.path)
    second = opened()
    assert others_have_transfers(first.path)
    assert others_have_transfers(second.path)
    second.close()
    assert not others_have_transfers(first.path)
    crashed = opened()
    crashed.write(rows(1))
    crashed.close()
    assert others_have_transfers(first.path)
    ended = opened()  # the same file
    ended.write([replace(row, ended_at=5.0) for row in rows(1)])
    ended.close()
    assert not others_have_transfers(first.path)
