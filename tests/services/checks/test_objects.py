"""Objects are read in any layout, and rewritten to one per line."""

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.checks import objects as objects_module
from services.checks.checking import check_file
from services.checks.finding import RepairKind
from services.checks.gathering import inspect_file
from services.checks.objects import FoundObject, Layout, NotObjects, Objects
from services.checks.repair import repair
from services.providers.limits import OFFICIAL
from services.system.cancellation import CancelToken
from tests.services.checks.batch_cases import GOOD_LINES, request

BOM = b"\xef\xbb\xbf"


def found_in(content: bytes) -> tuple[list[FoundObject], Objects]:
    objects = Objects(io.BytesIO(content), CancelToken(), lambda _done: None)
    return list(objects), objects


@pytest.mark.parametrize(
    ("content", "layouts"),
    [
        (b'{"a": 1}\n{}\n', {}),
        (b'[{"a": 1}, {}]', {Layout.LIST: (1, 1)}),
        (b'\n[{"a": 1},\n{\n}\n]\n', {Layout.LIST: (1, 1), Layout.MULTILINE: (1, 3)}),
        (b'{"a":\n1}\r\n{}', {Layout.MULTILINE: (1, 1)}),
        (b'{"a": 1},\n{},\n', {Layout.COMMAS: (2, 1)}),
        (b'{"a": 1}\n,{}', {Layout.COMMAS: (1, 1)}),
        (b'{"a": 1}\r{}\r', {Layout.CR_ENDINGS: (1, 1)}),
        (b'{"a": 1} {}', {Layout.SAME_LINE: (1, 1)}),
        (BOM + b'{"a": 1}\n' + BOM + b"{}", {Layout.BOMS: (1, 1)}),
        (b'{"a": 1}' + BOM + b"{}", {Layout.BOMS: (1, 1)}),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1_000_000])
def test_the_layout_is_found(
    content: bytes,
    layouts: dict[Layout, tuple[int, int]],
    size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(objects_module, "READ_SIZE", size)
    found, objects = found_in(content)
    assert [json.loads(one.raw) for one in found] == [{"a": 1}, {}]
    assert objects.layouts == layouts
    assert objects.all_valid


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"a": "b\nc"}',
        b"{}]",
        b"[{}][{}]",
        b"[[{}]]",
        b"[{}, 1]",
        b"{}\n[1]\n",
        b"{},,{}",
        b",{}",
        b"{]}",
        b"```\n{}\n```",
        b'{"a": "\xff"}',
        b"{}\n[{}]\n",
    ],
)
def test_a_file_that_is_not_made_of_objects_is_rejected(content: bytes) -> None:
    with pytest.raises(NotObjects):
        found_in(content)


@pytest.mark.parametrize("content", [b'[{"a": 1},\n{}', b"{'a': 1}\n{}\n", b'{"a": 01},{}'])
def test_invalid_objects_are_not_safe_to_rewrite(content: bytes) -> None:
    assert not found_in(content)[1].all_valid


def test_an_object_over_the_limit_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects_module, "READ_SIZE", 10)
    monkeypatch.setattr(objects_module, "_MAX_OBJECT_BYTES", 100)
    with pytest.raises(NotObjects):
        found_in(b'[{"a": "' + b"x" * 200 + b'"}]')


values = st.dictionaries(
    st.text(max_size=4),
    st.recursive(
        st.none() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
        max_leaves=6,
    ),
    max_size=4,
)


@st.composite
def laid_out(draw: st.DrawFn) -> tuple[list[object], bytes]:
    made: list[object] = draw(st.lists(values, min_size=1, max_size=6))
    listed = draw(st.booleans())
    comma = draw(st.sampled_from((",", ""))) if not listed else ","
    between = draw(st.sampled_from(("\n", "\r\n", "\r", "", "\ufeff\n", "\n\ufeff")))
    texts = [
        json.dumps(one, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from((None, 1))))
        for one in made
    ]
    content = f"{comma}{between}".join(texts)
    return made, (f"[{between}{content}]" if listed else content).encode("utf-8", "replace")


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(laid_out(), st.integers(1, 40))
def test_any_layout_is_read_correctly_with_any_read_size(
    made: tuple[list[object], bytes], size: int
) -> None:
    expected, content = made
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects_module, "READ_SIZE", size)
        found, objects = found_in(content)
    assert objects.all_valid
    assert [json.loads(one.raw) for one in found] == json.loads(
        json.dumps(expected, ensure_ascii=False).encode("utf-8", "replace")
    )
    for one in found:
        assert b"\n" not in one.raw
        if one.columns_match:
            assert content.split(b"\n")[one.number - 1].removeprefix(BOM).startswith(one.raw)


@given(st.binary(max_size=60) | st.text('{}[],: "\\\n\r\ufeffa1', max_size=40).map(str.encode))
def test_arbitrary_bytes_never_crash_it(content: bytes) -> None:
    try:
        found, _objects = found_in(content)
    except NotObjects:
        return
    assert all(one.raw.startswith(b"{") and one.raw.endswith(b"}") for one in found)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(GOOD_LINES).encode(),
        json.dumps(GOOD_LINES, indent=2).encode("utf-8-sig"),
        b"".join(json.dumps(one, indent=1).encode() + b",\r\n" for one in GOOD_LINES),
        b"\r".join(json.dumps(one).encode() for one in GOOD_LINES),
        b"".join(json.dumps(one).encode() for one in GOOD_LINES),
        b"\n".join(BOM + json.dumps(one).encode() + b"," for one in GOOD_LINES),
    ],
)
def test_a_rewritten_file_has_no_findings(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(content)
    file = inspect_file(path)
    token = CancelToken()
    report = check_file(file, "batch", OFFICIAL, token=token, progress=lambda _done: None)
    assert (report.errors, report.warnings) == (1, 0)
    assert report.repairs == (RepairKind.OBJECT_LINES,)
    assert report.facts[0].startswith("4 requests")
    fixed = repair(file, report.repairs, token=token).path
    assert [json.loads(line) for line in fixed.read_text().splitlines()] == GOOD_LINES
    again = check_file(
        inspect_file(fixed), "batch", OFFICIAL, token=token, progress=lambda _done: None
    )
    assert (again.findings, again.repairs) == ((), ())


def test_a_fault_in_all_objects_of_a_list_is_reported_once(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(json.dumps([request(n) | {"method": "GET"} for n in range(3)]).encode())
    report = check_file(
        inspect_file(path), "batch", OFFICIAL, token=CancelToken(), progress=lambda _done: None
    )
    assert [found.rule for found in report.findings] == ["file.list", "method.not_post"]
    assert report.errors == 2


def test_other_faults_of_objects_are_reported_too(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    invalid = request(2) | {"method": "GET"}
    path.write_bytes(b",\n".join(json.dumps(one).encode() for one in (request(1), invalid)))
    report = check_file(
        inspect_file(path), "batch", OFFICIAL, token=CancelToken(), progress=lambda _done: None
    )
    assert [(found.rule, found.line, found.column) for found in report.findings] == [
        ("file.commas", 1, None),
        ("method.not_post", 2, 38),
    ]
