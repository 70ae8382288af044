from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.system.name_matching import composed, folded

NAMES = ["Résumé.pdf", "보고서.docx", "データ.csv", "İstanbul.txt", "Straße.txt", "plain.TXT"]


@pytest.mark.parametrize("name", NAMES)
def test_all_spellings_of_a_name_are_equal(name: str) -> None:
    apart = normalize("NFD", name)
    assert folded(apart) == folded(name) == folded(name.upper())
    assert composed(apart) == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [("résumé", "Résumé"), ("고서", "보고서"), ("ータ", "データ"), ("istanbul", "İstanbul")],
)
def test_a_substring_is_found_in_either_form(typed: str, name: str) -> None:
    for one in (typed, normalize("NFD", typed)):
        for other in (name, normalize("NFD", name)):
            assert folded(one) in folded(other)


@pytest.mark.parametrize(("one", "other"), [("テ", "デ"), ("e", "é"), ("a", "b")])
def test_different_letters_stay_different(one: str, other: str) -> None:
    assert folded(one) not in folded(other)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text) == folded(normalize("NFD", text))


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_texts_are_only_lowercased(text: str) -> None:
    assert folded(text) == text.casefold()
