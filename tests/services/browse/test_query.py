import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.file_filter import Query
from services.browse.ordering import row_of, search_texts
from services.browse.query import parse, parts_of
from services.system.name_matching import folded
from services.system.safe_text import one_line
from services.system.sizes import format_size
from tests.support.factories import remote_file

DAY = 24 * 3600
HERE = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=HERE).timestamp()


def moment(text: str) -> int:
    """A local time as a Unix timestamp."""
    return int(datetime.fromisoformat(text).replace(tzinfo=HERE).timestamp())


def finds(text: str, file: RemoteFile) -> bool:
    """Whether a search finds a file."""
    query = parse(text)
    assert not query.ignored, query.ignored
    (where,) = search_texts([row_of(file)])
    return (
        all(word in where for word in query.words)
        and not any(word in where for word in query.excluded)
        and all(condition.matches(file, NOW, HERE) for condition in query.conditions)
    )


def reasons(text: str) -> dict[str, str]:
    """The invalid parts, and why they are invalid."""
    query = parse(text)
    return {text[part.start : part.end]: part.reason for part in query.ignored}


def test_an_empty_search_finds_everything() -> None:
    assert parse("") == parse(" \t\n ") == Query()


def test_all_words_must_match_ignoring_case() -> None:
    assert parse("Run  2 JSONL").words == ("run", "2", "jsonl")
    file = remote_file("Run 2.jsonl", id="file-AbC")
    assert finds("run jsonl", file)
    assert finds("abc RUN", file)
    assert not finds("run 3", file)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("résumé", "Résumé 2026.pdf"),
        ("보고서", "보고서.docx"),
        ("データ", "データ.csv"),
        ("istanbul", "İstanbul.txt"),
        ("İSTANBUL", "istanbul.txt"),
    ],
)
@pytest.mark.parametrize("filter_name", ["", "name:", "-zzz "])
def test_a_name_is_found_however_its_accents_are_encoded(
    typed: str, name: str, filter_name: str
) -> None:
    for one in (typed, normalize("NFD", typed)):
        for other in (name, normalize("NFD", name)):
            assert finds(f"{filter_name}{one}", remote_file(other))
            assert not finds(f"-{one}", remote_file(other))


def test_other_fields_too_ignore_how_accents_are_encoded() -> None:
    file = remote_file(normalize("NFD", "a.été"), purpose=normalize("NFD", "Prüfung"))
    assert finds("ext:été purpose:prüfung", file)


def test_a_quoted_text_is_one_part() -> None:
    assert parse('"Run 2" jsonl').words == ("run 2", "jsonl")
    assert parse('"size:>1MB" "-x"').words == ("size:>1mb", "-x")
    assert parse('"not closed yet').words == ("not closed yet",)
    assert parse('""') == Query()
    assert parse('5"disk').words == ('5"disk',)


def test_a_minus_excludes_words_quoted_texts_and_filters() -> None:
    assert parse('-tmp -"a b" run-2').excluded == ("tmp", "a b")
    assert parse("run-2").words == ("run-2",)
    assert parse("run -") == parse("run")
    assert finds("-purpose:batch", remote_file(purpose="vision"))
    assert not finds("-purpose:batch", remote_file(purpose="batch"))
    assert finds("-size:>1KB", remote_file(size=None))


@pytest.mark.parametrize(
    "text", ["foo:bar", "12:30", "https://host/x", "C:\\x", "a:", ":", "note:x", "foo-bar:baz"]
)
def test_a_part_with_a_colon_that_is_no_filter_is_a_word(text: str) -> None:
    assert parse(text) == Query(words=(folded(text),))


def test_purposes_match_whole_names_and_can_be_a_list() -> None:
    assert finds("purpose:batch", remote_file(purpose="batch"))
    assert finds("PURPOSE:Batch", remote_file(purpose="batch"))
    assert not finds("purpose:batch", remote_file(purpose="batch_output"))
    assert finds("purpose:vision,batch_output", remote_file(purpose="batch_output"))
    assert finds('purpose:"my own","x, y"', remote_file(purpose="x, y"))
    assert finds('purpose:""', remote_file(purpose=None))
    assert not finds('purpose:""', remote_file(purpose="batch"))
    assert parse("purpose:batch,") == parse("purpose:batch")


@pytest.mark.parametrize(
    ("text", "matching", "rejected"),
    [
        ("size:>10MB", [10_000_001], [10_000_000, None]),
        ("size:>=10MB", [10_000_000], [9_999_999]),
        ("size:≥10MB", [10_000_000], [9_999_999]),
        ("size:<10mb", [0, 9_999_999], [10_000_000, None]),
        ("size:<=1.5KiB", [1_536], [1_537]),
        ("size:≤1.5KiB", [1_536], [1_537]),
        ("size:=512", [512], [511, 513]),
        ("size:0", [0], [1, None]),
        ("size:12KB", [11_500, 12_499], [11_499, 12_500]),
        ("size:=41.7MB", [41_650_000, 41_749_999], [41_649_999, 41_750_000]),
        ("size:1MB..5MB", [1_000_000, 5_000_000], [999_999, 5_000_001, None]),
        ("size:1GB..", [10**9, 10**15], [10**9 - 1]),
        ("size:..1,000KB", [0, 10**6], [10**6 + 1]),
        ("size:>1M", [10**6 + 1], [10**6]),
    ],
)
def test_sizes(text: str, matching: list[int | None], rejected: list[int | None]) -> None:
    assert all(finds(text, remote_file(size=size)) for size in matching)
    assert not any(finds(text, remote_file(size=size)) for size in rejected)


@example(4_500)
@example(4_250_000)
@given(st.integers(0, 10**15))
def test_a_size_is_found_as_the_table_shows_it(size: int) -> None:
    shown = format_size(size).replace(" ", "")
    assert finds(f"size:{shown}", remote_file(size=size))


@pytest.mark.parametrize(
    ("text", "matching", "rejected"),
    [
        ("created:<7d", [NOW - 7 * DAY + 1, NOW + 60], [NOW - 7 * DAY, None]),
        ("created:7d", [NOW - 7 * DAY + 1], [NOW - 7 * DAY]),
        ("created:<=1w", [NOW - 7 * DAY], [NOW - 7 * DAY - 1]),
        ("created:>30d", [NOW - 30 * DAY - 1], [NOW - 30 * DAY, None]),
        ("created:>=1m", [NOW - 30 * DAY], [NOW - 30 * DAY + 1]),
        ("created:<24H", [NOW - DAY + 1], [NOW - DAY]),
        ("created:>1y", [NOW - 365 * DAY - 1], [NOW - 365 * DAY]),
        (
            "created:2026-11-01..2026-11-15",
            [moment("2026-11-01"), moment("2026-11-15 23:59:59")],
            [moment("2026-10-31 23:59:59"), moment("2026-11-16"), None],
        ),
        ("created:2026-11-01..", [moment("2026-11-01"), NOW], [moment("2026-11-01") - 1]),
        ("created:..2026-11-01", [0, moment("2026-11-02") - 1], [moment("2026-11-02")]),
        (
            "created:2026-11-01",
            [moment("2026-11-01"), moment("2026-11-02") - 1],
            [moment("2026-11-01") - 1, moment("2026-11-02")],
        ),
        ("created:>2026-11-01", [moment("2026-11-02")], [moment("2026-11-01 23:59:59")]),
        ("created:>=2026-11-01", [moment("2026-11-01")], [moment("2026-11-01") - 1]),
        ("created:<2026-11-01", [moment("2026-11-01") - 1], [moment("2026-11-01")]),
        ("created:<=2026-11-01", [moment("2026-11-02") - 1], [moment("2026-11-02")]),
        (
            "created:today",
            [moment("2026-11-20"), moment("2026-11-20 23:59:59")],
            [moment("2026-11-20") - 1, moment("2026-11-21")],
        ),
        (
            "created:Yesterday",
            [moment("2026-11-19"), moment("2026-11-20") - 1],
            [moment("2026-11-19") - 1, moment("2026-11-20")],
        ),
        ("created:yesterday..today", [moment("2026-11-19"), NOW], [moment("2026-11-18")]),
    ],
)
def test_created_filters(
    text: str, matching: list[float | None], rejected: list[float | None]
) -> None:
    def made(at: float | None) -> RemoteFile:
        return RemoteFile("file-1", created_at=None if at is None else int(at))

    assert all(finds(text, made(at)) for at in matching)
    assert not any(finds(text, made(at)) for at in rejected)


@pytest.mark.parametrize(
    ("text", "matching", "rejected"),
    [
        ("expires:<3d", [NOW + 1, NOW + 3 * DAY - 1], [NOW - 5, NOW, NOW + 3 * DAY, None]),
        ("expires:3d", [NOW + 1, NOW + 3 * DAY - 1], [NOW - 5, NOW, NOW + 3 * DAY, None]),
        ("expires:<=3d", [NOW + 1, NOW + 3 * DAY], [NOW, NOW + 3 * DAY + 1]),
        ("expires:>3d", [NOW + 3 * DAY + 1], [NOW + 3 * DAY, None]),
        ("expires:>=3d", [NOW + 3 * DAY], [NOW + 3 * DAY - 1]),
        ("expires:never", [None], [NOW + 3 * DAY]),
        ("expires:tomorrow", [moment("2026-11-21")], [moment("2026-11-22")]),
        ("expires:..2026-12-01", [moment("2026-12-01 23:00")], [moment("2026-12-02"), None]),
        ("-expires:never", [NOW], [None]),
        ("expires:<=0d", [NOW, NOW - 30 * DAY], [NOW + 1, None]),
        ("-expires:>0d -expires:never", [NOW, NOW - 30 * DAY], [NOW + 1, None]),
    ],
)
def test_expires_filters(
    text: str, matching: list[float | None], rejected: list[float | None]
) -> None:
    def made(at: float | None) -> RemoteFile:
        return remote_file(expires_at=None if at is None else int(at))

    assert all(finds(text, made(at)) for at in matching)
    assert not any(finds(text, made(at)) for at in rejected)


def test_fractions_of_a_second_do_not_move_the_bounds() -> None:
    (younger,) = parse("created:<7d").conditions
    file = remote_file(created_at=int(NOW) - 7 * DAY)
    assert younger.matches(file, NOW - 0.5, HERE)
    assert not younger.matches(file, NOW, HERE)
    assert not younger.matches(file, NOW + 0.5, HERE)


def test_days_are_in_the_system_time_zone_by_default() -> None:
    code = (
        "from services.browse.query import parse\n"
        "from services.api.remote_file import RemoteFile\n"
        "(day,) = parse('created:2026-03-29').conditions\n"
        "print([day.matches(RemoteFile('x', created_at=at), 0.0)"
        " for at in (1774738799, 1774738800, 1774821599, 1774821600)])\n"
    )
    # In Berlin, the day when the clocks go forward has 23 hours.
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"TZ": "Europe/Berlin"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[False, True, True, False]"


def test_extensions() -> None:
    assert finds("ext:jsonl", remote_file("a.JSONL"))
    assert finds("ext:.jsonl", remote_file("a.jsonl"))
    assert finds("ext:png,jpg", remote_file("a.jpg"))
    assert finds("ext:tar.gz", remote_file("a.tar.gz"))
    assert not finds("ext:json", remote_file("a.jsonl"))
    assert not finds("ext:json", remote_file("json"))
    assert not finds("ext:json", remote_file(None, id="x.json"))


def test_statuses() -> None:
    assert finds("status:error", remote_file(status="error"))
    assert finds("status:ERROR,uploaded", remote_file(status="uploaded"))
    assert not finds("status:error", remote_file(status=None))
    assert finds('status:""', remote_file(status=None))


def test_name_and_id_filters() -> None:
    file = remote_file("Train, part 1.jsonl", id="file-XYZ")
    assert finds('name:"train, part"', file)
    assert finds("name:TRAIN,", file)
    assert not finds("name:xyz", file)
    assert finds("id:xyz", file)
    assert not finds("id:train", file)


def test_filters_and_words_combine() -> None:
    file = remote_file("train.jsonl", purpose="fine-tune", size=20_000_000)
    assert finds("train purpose:fine-tune size:>10MB ext:jsonl -valid", file)
    assert not finds("train purpose:fine-tune size:<10MB", file)


@pytest.mark.parametrize(
    ("part", "example_told"),
    [
        ("size:", "size:>10MB"),
        ("size:>abc", "size:>10MB"),
        ("size:>10XB", "size:>10MB"),
        ("size:..", "size:>10MB"),
        ("size:>1MB..2MB", "size:>10MB"),
        ("size:-1", "size:>10MB"),
        ("size:" + "9" * 5000, "size:>10MB"),
        ("size:5MB..1MB", "size:1MB..5MB"),
        ("created:soon", "created:<7d"),
        ("created:=7d", "created:<7d"),
        ("created:<7x", "created:<7d"),
        ("created:..", "created:<7d"),
        ("created:never", "created:<7d"),
        ("created:2026-13-01", "2026-11-01"),
        ("created:2026-02-30..", "2026-11-01"),
        ("created:9999-12-31", "2026-11-01"),
        ("created:2026-11-15..2026-11-01", "created:2026-11-01..2026-11-15"),
        ("created:today..yesterday", "created:2026-11-01..2026-11-15"),
        ("expires:<never", "expires:never"),
        ("purpose:", "purpose:batch"),
        ("purpose:,", "purpose:batch"),
        ("ext:", "ext:jsonl"),
        ("ext:.", "ext:jsonl"),
        ("status:", "status:error"),
        ("name:", "name:train"),
        ('id:""', "id:file-6F2"),
        ("-size:x", "size:>10MB"),
        ("sise:>10MB", "size:>10MB"),
        ("Purposes:batch", "purpose:batch"),
        ("type:pdf", "ext:jsonl"),
        ("colour:>red", "size:>10MB"),
    ],
)
def test_invalid_parts_are_ignored_and_reported_with_an_example(
    part: str, example_told: str
) -> None:
    text = f"run {part} jsonl"
    assert parse(text).words == ("run", "jsonl")
    assert parse(text).conditions == ()
    assert list(reasons(text)) == [part]
    assert example_told in reasons(text)[part]
    assert len(reasons(text)[part]) < 250


def test_a_typo_gets_a_suggestion() -> None:
    assert "Did you mean created:" in reasons("creatd:<7d")["creatd:<7d"]
    assert "Did you mean ext:" in reasons("type:pdf")["type:pdf"]


def test_reported_parts_are_safe_to_show() -> None:
    (told,) = reasons("size:a\u202eb" + "x" * 10_000).values()
    assert one_line(told) == told
    assert len(told) < 250


PIECES = st.sampled_from(
    (
        *("size:", "created:", "expires:", "purpose:", "-", '"', " ", ":", ",", "..", ">", "<="),
        *("7d", "10MB", "2026-11-01", "2026-02-31", "today", "never", "foo", "9" * 30),
        *("\u202e", "\ud800"),
    )
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS, st.floats(0, 4e9))
@example('-purpose:""","', 0.0)
def test_any_text_can_be_parsed_and_searched_for(text: str, now: float) -> None:
    query = parse(text)
    assert query == parse(text)
    assert hash(query) == hash(parse(text))
    files = [remote_file("a.jsonl", size=None), RemoteFile("x"), RemoteFile("y", created_at=0)]
    for part in query.ignored:
        assert 0 <= part.start < part.end <= len(text)
        assert part.reason
    for condition in query.conditions:
        for file in files:
            assert condition.matches(file, now, UTC) in (True, False)
            assert condition.matches(file, now) in (True, False)


@pytest.mark.slow
@given(TEXTS)
def test_the_parts_cover_everything_but_the_spaces(text: str) -> None:
    index = 0
    for part in parts_of(text):
        assert not text[index : part.start].strip()
        assert part.start < part.end
        assert part.start <= part.last_value <= part.end
        index = part.end
    assert not text[index:].strip()


@given(st.text(alphabet=st.characters(exclude_characters='"'), min_size=1))
def test_any_text_can_be_searched_for_in_quotes(text: str) -> None:
    assert parse(f'"{text}"') == Query(words=(folded(text),))
