"""Texts in messages of every form."""

import pytest

from services.previews.conversations.message_texts import asked_in, last_text, text_of, texts_in

IMAGE = {"type": "image_url", "image_url": {"url": "https://x.example/1.png"}}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Hi", "Hi"),
        (None, ""),
        ([], ""),
        ([{"type": "text", "text": "Look"}, IMAGE], "Look"),
        ([{"type": "input_text", "text": "a"}, "b"], "a b"),
        ([{"type": "refusal", "refusal": "No"}], "No"),
        ([IMAGE], '{"type": "image_url", "image_url": {"url": "https://x.example/1.png"}}'),
        ({"type": "text", "text": "Hi"}, "Hi"),
        ([[1]], "[1]"),
        (7, "7"),
    ],
)
def test_the_text_of_content_is_that_of_its_parts(content: object, text: str) -> None:
    assert text_of(content) == text


def test_texts_are_told_one_by_one() -> None:
    parts = [{"text": "a"}, {"text": None}, {"text": ""}, "b", 7, None, IMAGE]
    assert list(texts_in(parts)) == ["a", "b"]
    assert list(texts_in({"text": "a"})) == []


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        (
            {
                "messages": [
                    {"role": "user", "content": "One?"},
                    {"role": "user", "content": "Two?"},
                    {"role": "assistant", "content": "Well,"},
                ]
            },
            "Two?",
        ),
        ({"messages": [{"role": "system", "content": "Be kind"}]}, "Be kind"),
        ({"input": "A text"}, "A text"),
        ({"input": ["One", "Two"]}, "Two"),
        ({"input": [5, 6]}, "[5, 6]"),
        ({"input": [{"role": "user", "content": [{"type": "input_text", "text": "x"}]}]}, "x"),
        ({"prompt": "A cat"}, "A cat"),
        ({"messages": "odd"}, "odd"),
        ({"messages": [None]}, ""),
        ({}, ""),
    ],
)
def test_what_is_asked_is_the_last_text_of_the_user(body: dict[str, object], asked: str) -> None:
    assert asked_in(body) == asked


def test_the_last_text_of_nothing_is_empty() -> None:
    assert last_text([]) == last_text(None) == ""
    assert last_text({"content": ""}) == '{"content": ""}'
