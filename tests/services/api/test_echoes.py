"""A key is found in every form in which it may be echoed, without false positives."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.echoes import Echoes, merge_overlapping
from services.api.file_page import decode_page
from services.api.redaction import MASK, Redaction, without_secrets
from tests.support.factories import problem
from tests.support.files_server import TEST_KEY
from tests.support.key_echoes import echoes_of, readable_parts

PROJECT_KEY = "sk-proj-" + "aB3_x-Zq/+9w" * 13

KEYS = [TEST_KEY, PROJECT_KEY, "token-abc123"]
FORMS = [(key, name) for key in KEYS for name in echoes_of(key)]


@pytest.mark.parametrize(("key", "form"), FORMS)
def test_every_form_of_a_key_is_removed_and_the_rest_is_kept(key: str, form: str) -> None:
    echoed = echoes_of(key)[form]
    struck = Redaction(key).text(f"Bad key: {echoed} given.")
    assert MASK in struck
    assert readable_parts(key, struck) == []
    assert struck.startswith("Bad key: ")
    assert struck.endswith(" given.")


@pytest.mark.parametrize(("key", "form"), FORMS)
def test_a_quick_search_passes_over_no_form_of_a_key(key: str, form: str) -> None:
    text = f"of_{echoes_of(key)[form]}.txt"
    redaction = Redaction(key)
    assert redaction.may_be_in(["short", text])
    assert redaction.may_be_in_json(json.dumps({"id": "a", "filename": text}).encode())
    page = decode_page(json.dumps({"data": [{"id": "a", "filename": text}]}).encode())
    [file] = redaction.page(page).files
    assert file.filename is not None
    assert readable_parts(key, file.filename) == []


@pytest.mark.parametrize(("key", "form"), FORMS)
def test_repeated_and_adjacent_forms_are_found(key: str, form: str) -> None:
    echoed = echoes_of(key)[form]
    struck = Redaction(key).text(f"{echoed}|{key}|{echoed} and {key}")
    assert readable_parts(key, struck) == []


@pytest.mark.slow
@given(before=st.text(), after=st.text(), form=st.sampled_from(sorted(echoes_of(TEST_KEY))))
def test_a_key_is_removed_regardless_of_the_surrounding_text(
    before: str, after: str, form: str
) -> None:
    # A letter next to base64 would be part of it.
    struck = Redaction(TEST_KEY).text(f"{before} {echoes_of(TEST_KEY)[form]} {after}")
    assert readable_parts(TEST_KEY, struck) == []


@given(st.text(max_size=300))
def test_a_text_without_the_key_is_unchanged(text: str) -> None:
    redaction = Redaction(TEST_KEY)
    assert redaction.text(text) == text
    assert not redaction.holds(text)


@pytest.mark.slow
@given(st.text(), st.lists(st.sampled_from([*echoes_of(TEST_KEY).values(), "\\", "%25", " "])))
def test_places_are_in_order_and_do_not_overlap(text: str, echoed: list[str]) -> None:
    whole = text.join(echoed)
    end = 0
    for start, stop in Echoes(TEST_KEY).places(whole):
        assert end <= start < stop <= len(whole)
        end = stop


def test_a_placeholder_is_removed_only_as_a_whole_word() -> None:
    redaction = Redaction("none")
    assert redaction.text("key none, nonetheless") == f"key {MASK}, nonetheless"
    assert redaction.value({"filename": "none.txt"}) == {"filename": "none.txt"}
    assert redaction.redactor_for(b"none") is None


def test_a_key_of_eight_characters_is_not_a_placeholder() -> None:
    assert Redaction("abcd-123").text("xabcd-123x") == f"x{MASK}x"
    assert Redaction("abcd-12").text("xabcd-12x") == "xabcd-12x"


def test_overlapping_places_are_merged_but_adjacent_ones_are_not() -> None:
    assert merge_overlapping([(4, 9), (0, 2), (2, 4), (5, 6), (8, 10)]) == [(0, 2), (2, 4), (4, 10)]


@pytest.mark.parametrize("field", ["id", "filename", "purpose", "status", "status_details"])
def test_a_text_in_a_page_that_equals_the_key_is_removed(field: str) -> None:
    page = decode_page(b'{"data": [%b]}' % json.dumps({"id": "a", field: TEST_KEY}).encode())
    [file] = Redaction(TEST_KEY).page(page).files
    assert getattr(file, field) == MASK


def test_a_name_in_a_page_that_contains_a_placeholder_is_kept() -> None:
    page = decode_page(b'{"data": [{"id": "a", "filename": "none"}]}')
    assert Redaction("none").page(page) == page


def test_an_empty_key_is_never_found() -> None:
    redaction = Redaction("")
    assert redaction.text("any text") == "any text"
    assert redaction.redactor_for(b"any text") is None


@pytest.mark.parametrize(
    "form",
    [
        "plain",
        "hex",
        "hex in upper case",
        "base64, 0 before and 0 after",
        "escaped",
        "partly escaped",
    ],
)
def test_common_forms_are_found_anywhere_in_a_large_body(form: str) -> None:
    echoed = echoes_of(TEST_KEY)[form].encode()
    for before in (0, 1000, 1024 * 1024 - 100, 3 * 1024 * 1024):
        assert (
            Redaction(TEST_KEY).redactor_for(b"x" * before + echoed + b"x" * 2_000_000) is not None
        )


def test_a_large_body_with_escapes_but_without_the_key_has_no_match() -> None:
    body = b'{"filename": "caf\\u00e9 \\u0026 \\u003c\\u003e"}' * 50_000
    assert Redaction(TEST_KEY).redactor_for(body) is None


def test_decoded_json_is_redacted_at_every_level() -> None:
    value: object = {TEST_KEY: [1, None, {"deep": [f"a{TEST_KEY}b", True]}], "fine": "text"}
    deep = value
    for _level in range(50_000):
        deep = [deep]
    cleaned = Redaction(TEST_KEY).value({"here": value, "deep": deep})
    assert isinstance(cleaned, dict)
    assert cleaned["here"] == {MASK: [1, None, {"deep": [f"a{MASK}b", True]}], "fine": "text"}
    while isinstance(deep, list):
        deep = deep[0]
    assert deep == cleaned["here"]


def test_headers_are_redacted_and_overlong_ones_dropped() -> None:
    headers = {"x-request-id": f"req-{TEST_KEY}", "date": "today", "x-long": "\\" * 60_000}
    Redaction(TEST_KEY).headers(headers)
    assert headers == {"x-request-id": f"req-{MASK}", "date": "today"}
    long = {"x-just": "x" * 8192, "x-over": "x" * 8193}
    Redaction(TEST_KEY).headers(long)
    assert long.keys() == {"x-just"}


@pytest.mark.slow
def test_a_problem_is_truncated_only_after_redaction() -> None:
    for length in range(1_900, 2_010):
        long_problem = problem(detail="x" * length + TEST_KEY, request_id="r" * 180 + TEST_KEY)
        cleaned = Redaction(TEST_KEY).problem(long_problem)
        assert readable_parts(TEST_KEY, cleaned.report) == []
        assert len(cleaned.detail) <= 2_000
        assert len(cleaned.request_id or "") <= 200
    whole = problem(detail="x" * 2_000)
    assert Redaction(TEST_KEY).problem(whole) == whole


def test_keys_in_use_are_redacted_in_the_log_until_their_accounts_are_gone() -> None:
    first, second = Redaction(TEST_KEY), Redaction(PROJECT_KEY)
    both = f"{TEST_KEY} {PROJECT_KEY}"
    assert without_secrets(both) == f"{MASK} {MASK}"
    del second
    assert without_secrets(both) == f"{MASK} {PROJECT_KEY}"
    assert first.text(TEST_KEY) == MASK


def test_a_proxy_login_is_redacted_in_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:harbour%20crane@proxy.example:3128")
    redaction = Redaction("")
    assert without_secrets("harbour crane, me:harbour crane") == f"{MASK}, {MASK}"
    assert redaction.text("harbour%2520crane") == MASK
    monkeypatch.setenv("HTTPS_PROXY", "http://me:another%2Done@proxy.example:3128")
    assert without_secrets("harbour crane, another-one") == f"harbour crane, {MASK}"
