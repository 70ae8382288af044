"""Which results files can be compared, and under which names."""

from services.api.remote_file import RemoteFile
from tests.support.factories import remote_file
from ui.inside.curves.compared_files import comparable, told_apart

NOON = 1_700_000_000
DAY = 86_400


def results(file_id: str, created_at: int | None = NOON, name: str = "a.csv") -> RemoteFile:
    return remote_file(name, id=file_id, purpose="fine-tune-results", created_at=created_at)


def test_the_newest_results_come_first_without_those_compared() -> None:
    other = remote_file("b.csv", id="file-other", purpose="user_data")
    files = [
        results("file-1", NOON),
        other,
        results("file-none", None),
        results("file-2", NOON + 1),
        results("file-shown", NOON + 2),
    ]
    found = comparable(files, {"file-shown"})
    assert [file.id for file in found] == ["file-2", "file-1", "file-none"]


def test_files_are_called_by_what_tells_them_apart() -> None:
    now = NOON + 40 * DAY
    first = results("file-1")
    assert told_apart([first], now) == [("a.csv", "14 Nov")]
    other_name = results("file-2", name="b.csv")
    assert told_apart([first, other_name], now) == [("a.csv", "14 Nov"), ("b.csv", "14 Nov")]
    other_day = results("file-3", NOON - 3 * DAY)
    assert told_apart([first, other_day], now) == [("14 Nov", "a.csv"), ("11 Nov", "a.csv")]
    same = results("file-4")
    assert told_apart([first, other_day, same], now) == [
        ("file-1", "a.csv · 14 Nov"),
        ("file-3", "a.csv · 11 Nov"),
        ("file-4", "a.csv · 14 Nov"),
    ]
    assert told_apart([], now) == []
