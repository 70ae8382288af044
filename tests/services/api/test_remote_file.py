import json
import math
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.api.file_page import NotAFileList, decode_page
from services.api.json_values import LONGEST_NAME, LONGEST_WORD
from services.api.nesting import is_deep, truncate_nesting
from services.api.remote_file import MOST_FIELDS, RemoteFile, remote_file_from, truncate_fields
from services.system.sizes import format_size

FULL = {
    "object": "file",
    "id": "file-a",
    "purpose": "batch",
    "filename": "a.jsonl",
    "bytes": 12,
    "created_at": 5,
    "expires_at": 6,
    "status": "processed",
    "status_details": None,
}


def page_of(*items: object, **more: object) -> bytes:
    return json.dumps({"object": "list", "data": list(items)} | more).encode()


def test_a_page_of_the_official_service_is_parsed_completely() -> None:
    page = decode_page(page_of(FULL, first_id="file-a", last_id="file-a", has_more=True))
    assert page.files == (RemoteFile("file-a", "a.jsonl", "batch", 12, 5, 6, "processed", None),)
    assert page.has_more is True
    assert page.without_id == 0


def test_files_of_a_page_share_equal_words_and_have_no_empty_ones() -> None:
    empty = FULL | {"purpose": "", "status": ""}
    one, other, without = decode_page(page_of(FULL, FULL, empty)).files
    assert one.purpose is other.purpose
    assert one.status is other.status
    assert (one.purpose, one.status) == ("batch", "processed")
    assert (without.purpose, without.status) == (None, None)


@pytest.mark.parametrize(
    ("more", "has_more"),
    [
        ({}, None),
        ({"has_more": None}, None),
        ({"has_more": False}, False),
        ({"has_more": "x"}, None),
    ],
)
def test_has_more_is_what_the_server_says_or_unknown(
    more: dict[str, object], has_more: bool | None
) -> None:
    assert decode_page(page_of(FULL, **more)).has_more is has_more


@pytest.mark.parametrize(
    "changed",
    [
        {"bytes": None},
        {"bytes": -1},
        {"bytes": True},
        {"bytes": "many"},
        {"bytes": [12]},
        {"bytes": 2**63},
        {"bytes": 10**400},
        {"bytes": "1e30"},
    ],
)
def test_an_invalid_size_is_unknown(changed: dict[str, object]) -> None:
    [file] = decode_page(page_of(FULL | changed)).files
    assert file.size is None
    assert file.name == "a.jsonl"


@pytest.mark.parametrize("size", ["12", 12.0, "12.0"])
def test_sizes_in_other_formats_are_parsed(size: object) -> None:
    [file] = decode_page(page_of(FULL | {"bytes": size})).files
    assert file.size == 12


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (1_714_979_289, 1_714_979_289),
        ("1714979289", 1_714_979_289),
        (1_714_979_289.5, 1_714_979_289),
        ("2024-05-06T07:08:09Z", 1_714_979_289),
        ("2024-05-06T09:08:09.123456+02:00", 1_714_979_289),
        ("2024-05-06T07:08:09", 1_714_979_289),
        ("2024-05-06T07:08:09.123456789Z", 1_714_979_289),
        (" 2024-05-06 07:08:09+00:00 ", 1_714_979_289),
        (1_714_979_289_123, 1_714_979_289),
        (1_714_979_289_123_456, 1_714_979_289),
        (1_714_979_289_123_456_789, 1_714_979_289),
        ("1714979289123", 1_714_979_289),
        ("1714979289.123", 1_714_979_289),
        (1_714_979_289_123.5, 1_714_979_289),
        (10**30, None),
        ("0001-01-01T00:00:00Z", None),
        (253_402_300_799, 253_402_300_799),
        ("253402300799", 253_402_300_799),
        (253_402_300_800, None),
        (-1, None),
        ("yesterday", None),
        ("", None),
        (None, None),
        ({}, None),
    ],
)
def test_times_are_parsed_from_numbers_and_dates(moment: object, seconds: int | None) -> None:
    [file] = decode_page(page_of(FULL | {"created_at": moment})).files
    assert file.created_at == seconds


@pytest.mark.parametrize("field", ["filename", "purpose", "status", "bytes", "created_at"])
def test_any_field_except_the_id_may_be_missing(field: str) -> None:
    fields = {name: value for name, value in FULL.items() if name != field}
    assert [file.id for file in decode_page(page_of(fields)).files] == ["file-a"]


def test_a_file_without_a_name_is_shown_with_its_id() -> None:
    assert RemoteFile("file-a").name == "file-a"
    assert RemoteFile("file-a", filename="").name == "file-a"


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, {"id": None}, {"id": ""}, {"id": []}])
def test_an_object_without_an_id_is_counted_and_the_others_are_kept(odd: object) -> None:
    page = decode_page(page_of(odd, FULL, odd))
    assert [file.id for file in page.files] == ["file-a"]
    assert page.without_id == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"[]",
        b"null",
        b"{}",
        b'{"data": null}',
        b'{"data": {"a": 1}}',
        b'{"data": [{"name": "no id"}]}',
        b'{"data": [1, 2]}',
        b'{"object": "list", "data": [',
        b"\xff\xfe",
        b'{"data": ["\xff"]}',
        b'{"data": ' + b"[" * 100_000,
    ],
)
def test_a_body_that_is_not_a_listing_is_rejected(body: bytes) -> None:
    with pytest.raises(NotAFileList):
        decode_page(body)


@pytest.mark.slow
@pytest.mark.parametrize("count", [10, 30_000])
def test_a_malformed_object_does_not_affect_the_others(count: int) -> None:
    files = [FULL | {"id": f"file-{number}", "status_details": "x" * 50} for number in range(count)]
    plain = decode_page(page_of(*files, has_more=True))
    odd = [FULL | {"id": "odd", "bytes": "12"}, None, FULL | {"id": "bad", "created_at": "soon"}]
    page = decode_page(page_of(*files, *odd, has_more=True))
    assert page.files[:count] == plain.files
    assert [(file.id, file.size, file.created_at) for file in page.files[count:]] == [
        ("odd", 12, 5),
        ("bad", 12, None),
    ]
    assert (len(plain.files), plain.without_id, plain.unreadable) == (count, 0, 0)
    assert (page.has_more, page.without_id, page.unreadable) == (True, 1, 1)


@pytest.mark.parametrize(
    ("changed", "unreadable"),
    [
        ({"bytes": -1}, 1),
        ({"bytes": "many", "expires_at": "never", "created_at": []}, 1),
        ({"expires_at": {}}, 1),
        ({"bytes": "7", "created_at": "2026-11-01", "expires_at": ""}, 0),
        ({"bytes": None, "created_at": None, "filename": 7}, 0),
    ],
)
def test_files_with_an_invalid_size_or_date_are_counted(
    changed: dict[str, object], unreadable: int
) -> None:
    assert decode_page(page_of(FULL | changed, FULL)).unreadable == unreadable


def test_a_number_too_long_for_python_loses_only_its_object() -> None:
    body = page_of(FULL).replace(b"]", b', {"id": "file-b", "bytes": 1' + b"0" * 5000 + b"}]")
    page = decode_page(body)
    assert page.files[0].id == "file-a"
    assert len(page.files) + page.without_id == 2


@pytest.mark.slow
@pytest.mark.parametrize("depth", [99, 1_100, 5_000, 12_000, 100_000])
@pytest.mark.parametrize("field", ["of_later", "filename", "purpose", "id", "bytes", "created_at"])
def test_an_endlessly_nested_field_does_not_lose_the_page(field: str, depth: int) -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        nest = opening * depth + b"1" + closing * depth
        deep = b'{"id": "file-b", "%b": %b}' % (field.encode(), nest)
        if field == "id":
            deep = b'{"id": %b}' % nest
        page = decode_page(page_of(FULL).replace(b"]", b", %b]" % deep))
        files = {file.id: file for file in page.files}
        assert files["file-a"] == remote_file_from(FULL)
        assert (files.keys() == {"file-a"}, page.without_id) == (field == "id", int(field == "id"))
        assert all(len(file.name) <= LONGEST_NAME for file in page.files)


def test_unclosed_brackets_are_not_a_listing() -> None:
    with pytest.raises(NotAFileList):
        decode_page(b'{"data": ' + b"[" * 100_000)


def test_truncating_nested_json_keeps_the_upper_levels() -> None:
    body = json.dumps({"a": [1, '}]"\\', {"b": None}], "c": "["}).encode()
    assert truncate_nesting(body) == body
    deep = b'{"a": ' + b"[" * 200 + b'"]}"' + b"]" * 200 + b', "z": [[]]}'
    decoded = json.loads(truncate_nesting(deep))
    assert decoded["z"] == [[]]
    assert not is_deep(decoded)
    assert is_deep(json.loads(deep))


# Long texts


def test_long_texts_are_truncated_and_objects_with_overlong_ids_left_out() -> None:
    long = "ä" * 20_000
    texts = {"filename": long, "purpose": long, "status": long, "status_details": long}
    page = decode_page(page_of(FULL, FULL | texts | {"id": "file-b"}, FULL | {"id": long}))
    assert page.without_id == 1
    cut = page.files[1]
    assert cut.id == "file-b"
    assert (cut.filename, cut.purpose) == (long[:LONGEST_NAME], long[:LONGEST_WORD])
    assert (cut.status, cut.status_details) == (long[:LONGEST_WORD], long[:LONGEST_NAME])


def test_texts_that_just_fit_are_not_truncated() -> None:
    texts = {"filename": "n" * LONGEST_NAME, "purpose": "p" * LONGEST_WORD}
    [file] = decode_page(page_of(FULL | texts)).files
    assert (file.filename, file.purpose) == tuple(texts.values())


def test_fields_are_limited_in_number_and_length_and_the_rest_counted() -> None:
    fields: dict[str, object] = {
        "id": "file-a",
        "text": "x" * 50_000,
        "list": list(range(50_000)),
        "number": 10**20_000,
        "nest": json.loads("[" * 500 + "]" * 500),
        "n" * 5_000: 1,
        "small": {"a": [1, None, True]},
    }
    fields |= {f"field-{number}": number for number in range(2_000)}
    kept, left_out = truncate_fields(fields)
    assert len(kept) == MOST_FIELDS
    assert left_out == len(fields) - MOST_FIELDS
    given = dict(kept)
    assert given["id"] == "file-a"
    assert given["small"] == {"a": [1, None, True]}
    assert given["text"] == "x" * LONGEST_NAME
    assert all(len(name) <= LONGEST_WORD for name in given)
    assert all(len(msgspec.json.encode(value)) <= LONGEST_NAME + 2 for value in given.values())


def test_a_list_that_just_fits_is_kept_and_a_longer_one_becomes_truncated_json() -> None:
    fits, longer = ["x" * (LONGEST_NAME - 4)], ["x" * (LONGEST_NAME - 3)]
    kept, _left_out = truncate_fields({"fits": fits, "longer": longer, "rest": [True, None, 1.5]})
    assert dict(kept) == {
        "fits": fits,
        "longer": json.dumps(longer)[:LONGEST_NAME],
        "rest": [True, None, 1.5],
    }


@pytest.mark.parametrize("value", [True, None, 1.5, 7, math.inf])
def test_small_values_other_than_text_are_kept(value: object) -> None:
    assert truncate_fields({"of_later": value}) == ((("of_later", value),), 0)


def test_a_large_page_with_too_many_objects_is_rejected() -> None:
    with pytest.raises(NotAFileList):
        decode_page(b'{"data": [' + b"1," * 6_000_000 + b"1]}")


def test_texts_are_redacted_before_they_are_truncated() -> None:
    def redact(value: object) -> object:
        return json.loads(json.dumps(value).replace("secret", "..."))

    name = "n" * (LONGEST_NAME - 3) + "secret"
    [file] = decode_page(page_of(FULL | {"filename": name}), lambda _body: redact).files
    assert file.filename == "n" * (LONGEST_NAME - 3) + "..."


# Null instead of a list


@pytest.mark.parametrize(
    "of_a_listing", [{"object": "list"}, {"has_more": False}, {"first_id": None}, {"last_id": ""}]
)
def test_null_data_in_a_listing_is_an_empty_list(of_a_listing: dict[str, object]) -> None:
    page = decode_page(json.dumps({"data": None} | of_a_listing).encode())
    assert page.files == ()
    assert page.has_more is of_a_listing.get("has_more")


@pytest.mark.parametrize(
    "body",
    [
        {"data": None},
        {"data": None, "success": False, "message": "not logged in"},
        {"object": "list"},
        {"object": "list", "data": {}},
        {"object": "list", "data": ""},
    ],
)
def test_null_data_in_anything_else_is_not_a_listing(body: dict[str, object]) -> None:
    with pytest.raises(NotAFileList):
        decode_page(json.dumps(body).encode())


def test_a_name_that_is_not_valid_unicode_gets_a_replacement_character() -> None:
    [file] = decode_page(page_of(FULL | {"filename": "caf\udce9.txt"})).files
    assert file.filename == "caf?.txt"


def test_an_empty_listing_is_valid() -> None:
    assert decode_page(page_of(first_id=None, has_more=False)).files == ()


def test_unknown_fields_are_ignored() -> None:
    [file] = decode_page(page_of(FULL | {"of_later": {"deep": [1]}, "size": "x"})).files
    assert file.size == 12


def test_a_numeric_id_becomes_text() -> None:
    assert [file.id for file in decode_page(page_of({"id": 7})).files] == ["7"]


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
odd_objects = st.fixed_dictionaries({}, optional=dict.fromkeys(FULL, any_json)) | any_json


@pytest.mark.slow
@given(st.lists(odd_objects, max_size=4))
@example([FULL | {"created_at": "9999-12-31T23:59:59-23:59"}])
@example([FULL | {"created_at": "0001-01-01T00:00:00+14:00"}])
@example([FULL | {"bytes": "1e999"}])
@example([FULL | {"bytes": 10**400}])
@example([FULL | {"bytes": math.inf}])
@example([{"id": "file-a", "filename": "\ud800"}])
@example([{"id": "file-a", "filename": {"\ud800": 1}}])
def test_no_malformed_object_loses_the_page(objects: list[object]) -> None:
    page = decode_page(page_of(FULL, *objects))
    assert page.files[0].id == "file-a"
    assert len(page.files) + page.without_id == 1 + len(objects)
    for file in page.files:
        assert file.id
        format_size(file.size)
        f"{file.name} {file.purpose} {file.status} {file.status_details}".encode()
        for moment in (file.created_at, file.expires_at):
            datetime.fromtimestamp(moment or 0, UTC)


@pytest.mark.slow
@given(odd_objects)
def test_any_retrieve_response_gives_a_file_or_none(fields: object) -> None:
    file = remote_file_from(fields)
    assert (file is None) == (not _has_id(fields))


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_rejected(body: bytes) -> None:
    try:
        decode_page(body)
    except NotAFileList:
        return


def _has_id(fields: object) -> bool:
    file_id = fields.get("id") if isinstance(fields, dict) else None
    return isinstance(file_id, str | int) and not isinstance(file_id, bool) and file_id != ""
