import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.browse.paste_ids import FoundIds, find_ids, id_prefixes

KNOWN = ("file-aaa111", "file-bbb222", "assistant-ccc333", "ZmlsZTovL2E=", "17")


def pick(text: str) -> FoundIds:
    return find_ids(text, KNOWN.__contains__, id_prefixes(KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "file-aaa111\nfile-bbb222",
        "file-aaa111,file-bbb222",
        "file-aaa111; file-bbb222 \r\n",
        "  file-aaa111 file-bbb222  ",
        '["file-aaa111", "file-bbb222"]',
        "['file-aaa111', 'file-bbb222']",
        '{"data": [{"id":"file-aaa111","object":"file"},{"id": "file-bbb222"}], "has_more": false}',
        "id,filename\nfile-aaa111,file.jsonl\nfile-bbb222,report-2026.pdf",
        "GET https://127.0.0.1/v1/files/file-aaa111/content?x=1\nfile_id=file-bbb222",
        "`file-aaa111` and <file-bbb222>",
        "file-aaa111\nfile-bbb222\nfile-aaa111",
    ],
)
def test_ids_are_found_in_any_text_without_duplicates_in_order(text: str) -> None:
    assert pick(text).found == ("file-aaa111", "file-bbb222")


def test_an_id_of_any_form_is_found_if_the_account_has_it() -> None:
    assert pick("ZmlsZTovL2E=\n17").found == ("ZmlsZTovL2E=", "17")


def test_every_unknown_word_of_a_plain_list_is_missing() -> None:
    assert pick("file-aaa111\nx9\nfile-zzz").missing == ("x9", "file-zzz")
    assert pick("x9, y8,, x9").missing == ("x9", "y8")


def test_in_other_texts_only_lookalikes_are_missing() -> None:
    text = '{"id": "file-zzz999", "object": "file", "filename": "file-1.jsonl", "bytes": 12}'
    assert pick(text) == FoundIds((), ("file-zzz999",))
    assert pick("please look at file-zzz999 and assistant-d4 soon").missing == (
        "file-zzz999",
        "assistant-d4",
    )
    assert pick("nothing of this kind: file- at all") == FoundIds()


@pytest.mark.parametrize("text", ["", "  \n ", ",;,", "[]", "{}"])
def test_empty_texts_have_no_ids(text: str) -> None:
    assert pick(text) == FoundIds()


@given(st.lists(st.sampled_from([*KNOWN, "x", "{", '"', ":", "\n", ",", " ", "é"])).map("".join))
def test_found_ids_are_known_and_missing_ones_are_not(text: str) -> None:
    picked = pick(text)
    assert set(picked.found) <= set(KNOWN)
    assert not set(picked.missing) & set(KNOWN)
    assert len(set(picked.found)) == len(picked.found)


@given(st.lists(st.sampled_from(KNOWN), unique=True), st.sampled_from(["\n", ",", ", ", ";\n"]))
def test_every_listed_id_is_found(ids: list[str], between: str) -> None:
    assert pick(between.join(ids)) == FoundIds(tuple(ids))
