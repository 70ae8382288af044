import itertools
import unicodedata
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.disk.local_names import (
    MAX_BYTES,
    PART_MARGIN,
    distinct_names,
    find_existing,
    numbered_names,
    safe_name,
)

# Copied from Microsoft's page on naming files, independently of the code under test.
FORBIDDEN_ON_WINDOWS = set('<>:"/\\|?*') | {chr(code) for code in range(32)}
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"COM{n}" for n in "0123456789¹²³")} | {
    f"LPT{n}" for n in "0123456789¹²³"
}

DIRECTION_MARKS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

NASTY = st.one_of(
    st.text(),
    st.text(alphabet='./\\: ~"<>|?*\0\n\u202e\u200b\u2028ñn\u0303a🙂\ud800', max_size=400),
    st.text(alphabet=". _a", min_size=200, max_size=400),
    st.builds(
        "{}{}{}".format,
        st.text(alphabet=". a日🙂", max_size=300),
        st.sampled_from(["", ".", ".jsonl", ".tar.gz", "." + "x" * 40, ". b"]),
        st.sampled_from(["", " ", ".", ". . "]),
    ),
    st.sampled_from(sorted(DEVICES)).map(lambda device: device.lower() + " .txt"),
)


@given(NASTY)
@example("." * 300 + "a" * 40)
@example("." * 300 + "x" * 40 + ".")
@example("_" * 300)
@example("CON" + " " * 300 + ".txt")
@example("a:b:c")
@example("C:")
@example("x/..")
def test_any_name_becomes_valid_on_all_systems(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert safe.strip(".") != ""
    assert not set(safe) & FORBIDDEN_ON_WINDOWS
    assert not safe.endswith((".", " "))
    assert not safe.startswith(" ")
    assert safe.split(".", 1)[0].rstrip(" ").upper() not in DEVICES
    assert PurePosixPath(safe).name == PureWindowsPath(safe).name == safe
    assert len(safe.encode()) + PART_MARGIN <= MAX_BYTES
    categories = {unicodedata.category(char) for char in safe}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert not set(safe) & DIRECTION_MARKS
    assert any(unicodedata.category(char) not in {"Zs", "Cf"} for char in safe)


@given(NASTY)
def test_a_safe_name_is_unchanged(name: str) -> None:
    assert safe_name(safe_name(name)) == safe_name(name)


@given(
    st.text(alphabet="ab 日🙂é", max_size=400).map("a".__add__),
    st.sampled_from([".jsonl", ".json", ".日本", ".Z", "." + "x" * 31]),
)
def test_a_short_extension_survives_shortening(stem: str, ending: str) -> None:
    assert PurePath(safe_name(stem + ending)).suffix == ending


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("requests.jsonl", "requests.jsonl"),
        (".env", ".env"),
        ("übung — „1“.txt", "übung — „1“.txt"),
        ("u\u0308bung.txt", "übung.txt"),
        ('say "hi".txt', "say _hi_.txt"),
        ("it's.txt", "it's.txt"),
        ("two\nlines\r.txt", "two_lines_.txt"),
        ("two\u2028lines.txt", "two_lines.txt"),
        ("nul\0.txt", "nul_.txt"),
        ("../../x", "x"),
        ("..\\..\\x", "x"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("~/x", "x"),
        ("a/b\\c", "c"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("...", "file"),
        (" ", "file"),
        ("/", "file_"),
        ("CON", "_CON"),
        ("con.", "_con"),
        ("aux.jsonl", "_aux.jsonl"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt¹", "_lpt¹"),
        ("NUL .txt", "_NUL .txt"),
        ("console.txt", "console.txt"),
        ("com10.txt", "com10.txt"),
        ("invoice\u202egpj.exe", "invoice_gpj.exe"),
        ("left\u200eright\u200f.txt", "left_right_.txt"),
        ("zero\u200bwidth.txt", "zero\u200bwidth.txt"),
        ("Budget 12\u202f500\u00a0€.csv", "Budget 12\u202f500\u00a0€.csv"),
        ("議事録\u300011月.txt", "議事録\u300011月.txt"),
        ("👩\u200d🚀.jsonl", "👩\u200d🚀.jsonl"),
        ("می\u200cروم.txt", "می\u200cروم.txt"),
        ("\u00a0\u200b", "file\u00a0\u200b"),
        ("report.txt...", "report.txt"),
        ("  report.txt  ", "report.txt"),
        ("a?b*c<d>e|f.txt", "a_b_c_d_e_f.txt"),
        ("stream.txt:hidden", "stream.txt_hidden"),
        ("half \ud800 a letter", "half _ a letter"),
    ],
)
def test_names_from_servers(name: str, expected: str) -> None:
    assert safe_name(name) == expected


def test_a_long_name_is_shortened_before_its_extension() -> None:
    assert safe_name("a" * 249 + ".jsonl") == "a" * (MAX_BYTES - PART_MARGIN - 6) + ".jsonl"
    assert safe_name("日" * 83 + ".jsonl") == "日" * ((MAX_BYTES - PART_MARGIN - 6) // 3) + ".jsonl"
    assert safe_name("a" * 250 + "." + "b" * 300) == "a" * (MAX_BYTES - PART_MARGIN)


def test_only_names_over_the_limit_are_shortened() -> None:
    longest = MAX_BYTES - PART_MARGIN
    name = "a" * (longest - 5) + "..txt"
    assert safe_name(name) == name
    ending = "." + "b" * 31
    assert safe_name("a" * longest + ending) == "a" * (longest - 32) + ending
    assert safe_name("a" * longest + ending + "b") == "a" * longest


@pytest.mark.parametrize(
    ("name", "second"),
    [
        ("a.txt", "a (2).txt"),
        ("a", "a (2)"),
        (".env", ".env (2)"),
        ("a.tar.gz", "a (2).tar.gz"),
        ("a.b.jsonl", "a.b (2).jsonl"),
        ("a (2).txt", "a (2) (2).txt"),
    ],
)
def test_the_number_goes_before_the_extension(name: str, second: str) -> None:
    third = second[::-1].replace("2", "3", 1)[::-1]
    assert list(itertools.islice(numbered_names(name), 3)) == [name, second, third]


@pytest.mark.slow
@given(NASTY)
def test_ten_thousand_numbered_names_are_valid_and_different(name: str) -> None:
    safe = safe_name(name)
    names = list(itertools.islice(numbered_names(safe), 10_000))
    assert len(set(names)) == 10_000
    assert max(len(free.encode()) for free in names) <= MAX_BYTES
    assert all(PurePosixPath(free).name == free for free in names[:50])


def test_names_that_are_equal_on_any_system_get_numbers() -> None:
    names = ["Résumé.txt", "Re\u0301sume\u0301.txt", "RÉSUMÉ.TXT", "b.txt", "İ.txt", "i.txt"]
    assert list(distinct_names(names)) == [
        "Résumé.txt",
        "Résumé (2).txt",
        "RÉSUMÉ (3).TXT",
        "b.txt",
        "İ.txt",
        "i (2).txt",
    ]


@pytest.mark.parametrize("name", ["Re\u0301sume\u0301.txt", "Résumé.txt"])
def test_find_existing_ignores_unicode_normalization(tmp_path: Path, name: str) -> None:
    assert find_existing(tmp_path, "Résumé.txt") is None
    (tmp_path / name).touch()
    found = find_existing(tmp_path, "Résumé.txt")
    assert found is not None
    assert found.samefile(tmp_path / name)
