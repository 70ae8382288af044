from collections.abc import Sequence
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileList
from services.browse.filter_fields import FIELDS
from services.browse.query import parse
from services.browse.seen_values import SeenValues, no_seen_values, sample_evenly
from tests.support.factories import remote_file
from ui.search.completions import Completions, completions_at


def seen_in(files: Sequence[RemoteFile]) -> SeenValues:
    """The values, as the window collects them."""
    made = FileList(lambda: 0.0)
    made.add_cached(files)
    return SeenValues(lambda: made.counts().purposes, made.sample)


FILES = (
    remote_file("c.png", purpose="vision"),
    remote_file("a.jsonl", purpose="batch"),
    remote_file("b.JSONL", purpose="batch_output", status="odd"),
    remote_file("no ending", purpose="my own"),
    remote_file("v1.2 of it", purpose=None, status=None),
    remote_file(None),
)


@pytest.fixture
def seen() -> SeenValues:
    return seen_in(FILES)


def offered(typed: str, seen: SeenValues) -> list[str]:
    return [item.text for item in completions_at(typed, len(typed), seen).items]


def text_after(text: str, cursor: int, choice: str, seen: SeenValues) -> str:
    found = completions_at(text, cursor, seen)
    assert choice in [item.text for item in found.items]
    return text[: found.start] + choice + text[found.end :]


def test_values_of_files_are_collected_without_duplicates(seen: SeenValues) -> None:
    assert seen.purposes == ["batch", "batch_output", "my own", "vision"]
    assert seen.statuses == ["error", "odd", "processed", "uploaded"]
    assert seen.extensions == ["jsonl", "png"]


def test_filters_are_offered_even_without_an_account() -> None:
    assert offered("ex", no_seen_values()) == ["expires:", "ext:"]
    assert offered("ext:", no_seen_values()) == offered("purpose:", no_seen_values()) == []


def test_only_a_sample_of_many_files_is_scanned() -> None:
    files = FileList(lambda: 0.0)
    files.add_cached([remote_file(f"x.e{number % 3}") for number in range(50_000)])
    asked: list[int] = []

    def sample(most: int) -> list[RemoteFile]:
        asked.append(most)
        return files.sample(most)

    seen = SeenValues(tuple, sample)
    assert sorted(offered("ext:", seen)) == ["e0", "e1", "e2"]
    assert offered("ext:e1", seen) == []
    assert asked == [5_000]
    files.add(remote_file("x.new"))
    seen.clear()
    assert offered("ext:", seen)
    assert asked == [5_000, 5_000]
    assert len(files.sample(5_000)) == 5_000
    assert len(files.sample(10**6)) == 50_001


def test_plain_words_cause_no_lookups() -> None:
    def fail(*_arguments: object) -> NoReturn:
        pytest.fail("looked up")

    for text in ("run", "ex", "size:", "created:<", '"ext:'):
        completions_at(text, len(text), SeenValues(fail, fail))


def test_filters_are_completed_from_their_second_letter_on(seen: SeenValues) -> None:
    assert offered("e", seen) == []
    assert offered("ex", seen) == ["expires:", "ext:"]
    assert offered("run EXP", seen) == ["expires:"]
    assert offered("-si", seen) == ["size:"]
    assert offered("run", seen) == offered("run ", seen) == offered('"si', seen) == []


def examples(text: str, cursor: int, seen: SeenValues) -> dict[str, str]:
    """The explanation of each example."""
    items = completions_at(text, cursor, seen, examples=True).items
    return {item.text: item.note for item in items}


def text_with_example(text: str, cursor: int, choice: str, seen: SeenValues) -> str:
    found = completions_at(text, cursor, seen, examples=True)
    assert choice in [item.text for item in found.items]
    return text[: found.start] + found.before + choice + text[found.end :]


def test_every_filter_has_a_valid_and_explained_example(seen: SeenValues) -> None:
    for known in (seen, no_seen_values()):
        shown = examples("", 0, known)
        assert all(shown.values())
        fields = [text.removeprefix("-").partition(":")[0] for text in shown]
        assert list(dict.fromkeys(fields)) == list(FIELDS)
        for text in shown:
            # An example without a value is valid once it has one.
            query = parse(f"{text}x" if text.endswith(":") else text)
            assert len(query.conditions) == 1
            assert not query.ignored


def test_examples_use_the_accounts_most_common_values() -> None:
    files = [remote_file(f"{number}.png", purpose="vision") for number in range(3)]
    seen = seen_in([*files, remote_file("a.csv", purpose="my own")])
    shown = list(examples("", 0, seen))
    assert shown[:3] == ["purpose:vision", 'purpose:vision,"my own"', "-purpose:vision"]
    assert "ext:png" in shown
    alone = list(examples("", 0, seen_in(files)))
    assert alone[:2] == ["purpose:vision", "-purpose:vision"]


def test_new_files_change_the_examples_after_the_field_loses_focus() -> None:
    files = FileList(lambda: 0.0)
    files.add_cached([remote_file("a.png", purpose="vision")])
    seen = SeenValues(lambda: files.counts().purposes, files.sample)
    assert "purpose:vision" in examples("", 0, seen)
    files.add_cached([remote_file("b.csv", purpose="evals")])
    seen.clear()
    assert "purpose:evals" in examples("", 0, seen)


def test_an_example_is_appended_to_the_text(seen: SeenValues) -> None:
    assert text_with_example("", 0, "size:>10MB", seen) == "size:>10MB"
    assert text_with_example("run", 3, "size:>10MB", seen) == "run size:>10MB"
    assert text_with_example("running", 3, "size:>10MB", seen) == "running size:>10MB"
    assert text_with_example("run x", 4, "size:>10MB", seen) == "run size:>10MBx"
    assert text_with_example('"two words"', 11, "size:>10MB", seen) == '"two words" size:>10MB'
    assert text_with_example('"not closed', 11, "size:>10MB", seen) == '"not closed" size:>10MB'
    assert text_with_example("size:>1MB", 9, "created:<7d", seen) == "size:>1MB created:<7d"


def test_filters_already_used_have_no_example(seen: SeenValues) -> None:
    shown = examples("purpose:batch -size:>1MB ", 25, seen)
    assert [text for text in shown if "purpose:" in text or "size:" in text] == []
    assert "created:<7d" in shown


def test_a_started_filter_is_completed_before_examples_are_offered(seen: SeenValues) -> None:
    assert list(examples("e", 1, seen)) == ["expires:", "ext:"]
    assert list(examples("purpose:ba", 10, seen)) == ["batch", "batch_output"]


def test_values_come_from_the_account(seen: SeenValues) -> None:
    assert offered("purpose:", seen) == ["batch", "batch_output", '"my own"', "vision"]
    assert offered("purpose:ba", seen) == ["batch", "batch_output"]
    assert offered("purpose:OUT", seen) == ["batch_output"]
    assert offered('purpose:"my', seen) == ['"my own"']
    assert offered("status:", seen) == ["error", "odd", "processed", "uploaded"]
    assert offered("-ext:", seen) == ["jsonl", "png"]
    assert offered("name:", seen) == offered("id:x", seen) == []


def test_values_already_in_the_list_are_not_offered(seen: SeenValues) -> None:
    assert offered("purpose:batch", seen) == []
    assert offered("purpose:batch,", seen) == ["batch_output", '"my own"', "vision"]
    assert offered("purpose:batch,v", seen) == ["vision"]


@pytest.mark.parametrize("field", ["size", "created", "expires"])
def test_all_completions_are_valid(field: str, seen: SeenValues) -> None:
    items = offered(f"{field}:", seen)
    assert len(items) >= 3
    for item in items:
        assert parse(f"{field}:{item}").conditions
        assert not parse(f"{field}:{item}").ignored
    assert set(offered(f"{field}:<", seen)) == {one for one in items if one.startswith("<")}


def test_only_the_value_at_the_cursor_is_replaced(seen: SeenValues) -> None:
    assert text_after("run si x", 6, "size:", seen) == "run size: x"
    assert text_after("-ext:js -b", 7, "jsonl", seen) == "-ext:jsonl -b"
    assert text_after("purpose:ba,vision", 10, "batch", seen) == "purpose:batch,vision"
    assert text_after("purpose:vision,ba run", 17, "batch", seen) == "purpose:vision,batch run"
    assert text_after('purpose:"my o" run', 12, '"my own"', seen) == 'purpose:"my own" run'
    assert text_after('purpose:"my', 11, '"my own"', seen) == 'purpose:"my own"'
    assert text_after("purpose:bxxx", 9, "batch", seen) == "purpose:batch"


@pytest.mark.parametrize("odd", ["a\nb", "\u202egnp", "x" * 61, 'with"quote', "\x00"])
def test_invisible_or_untypable_values_are_not_offered(odd: str, seen: SeenValues) -> None:
    before = seen
    seen = seen_in([*FILES, remote_file(f"n.{odd}", purpose=odd, status=odd)])
    assert offered("purpose:", seen) == ["batch", "batch_output", '"my own"', "vision"]
    assert offered("status:", seen) == offered("status:", before)
    assert offered("ext:", seen) == ["jsonl", "png"]


@given(st.integers(0, 3_000), st.integers(1, 1_000))
def test_a_sample_is_bounded_and_has_no_duplicates(count: int, most: int) -> None:
    text_after = list(sample_evenly(range(count), most))
    assert text_after == sorted(set(text_after))
    assert min(count, most // 2) <= len(text_after) <= most


@given(st.text(alphabet='psize:" -,<x\u05d0'), st.integers(0, 40))
def test_completing_never_fails(text: str, cursor: int) -> None:
    seen = seen_in([remote_file(purpose="size: x")])
    cursor = min(cursor, len(text))
    found = completions_at(text, cursor, seen, examples=True)
    assert isinstance(found, Completions)
    assert 0 <= found.start <= found.end <= len(text)
    assert found.start <= cursor <= found.end or found.start == found.end
