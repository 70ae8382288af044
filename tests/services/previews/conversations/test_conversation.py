"""Lines of every endpoint and kind of example as conversations, odd and hostile ones too."""

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.content.content_kind import ContentKind
from services.previews.conversations.conversation import MAX_MESSAGES, Conversation, messages_in
from services.previews.conversations.message import Act, Message, Role
from services.previews.lines.line_value import MAX_VALUES, read_line
from tests.support.narrowing import not_none

Said = tuple[Role, Act, str]


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def result(body: object, **more: object) -> dict[str, object]:
    response = {"status_code": 200, "request_id": "req_1", "body": body}
    return {"id": "batch_req_1", "custom_id": "q-1", "response": response, "error": None, **more}


def request(body: object, url: str = "/v1/responses") -> dict[str, object]:
    return {"custom_id": "q-1", "method": "POST", "url": url, "body": body}


def read(value: object, asked: object = None) -> Conversation:
    kind = ContentKind.BATCH_RESULTS if asked is not None else ContentKind.JSON_LINES
    return messages_in(encoded(value), kind, None if asked is None else encoded(asked))


def said(messages: tuple[Message, ...]) -> list[Said]:
    return [(one.role, one.act, one.text) for one in messages]


def answered(body: object) -> list[Said]:
    return said(read(result(body)).messages)


def asked_in(body: object) -> list[Said]:
    return said(read(request(body)).messages)


def details(conversation: Conversation) -> Mapping[str, str]:
    return {one.name: one.value for one in conversation.details}


def example(*messages: object, **more: object) -> dict[str, object]:
    return {"messages": list(messages), **more}


CALL = {
    "id": "call_5c",
    "type": "function",
    "function": {"name": "find_parcel", "arguments": '{"tracking": "NW 4471", "days": [1, 2]}'},
}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"choices": [{"message": {"role": "assistant", "content": "Hi"}}]},
            [(Role.ASSISTANT, Act.SAYS, "Hi")],
            id="chat",
        ),
        pytest.param(
            {"choices": [{"message": {"content": "One"}}, {"message": {"content": "Two"}}]},
            [(Role.ASSISTANT, Act.SAYS, "One"), (Role.ASSISTANT, Act.SAYS, "Two")],
            id="two choices",
        ),
        pytest.param(
            {"choices": [{"message": {"content": None, "tool_calls": [CALL]}}]},
            [(Role.ASSISTANT, Act.CALLS, 'find_parcel(tracking="NW 4471", days=[1, 2])')],
            id="call",
        ),
        pytest.param(
            {"choices": [{"message": {"function_call": {"name": "stop", "arguments": "now"}}}]},
            [(Role.ASSISTANT, Act.CALLS, "stop(now)")],
            id="call of a function",
        ),
        pytest.param(
            {"choices": [{"message": {"content": None, "refusal": "I can't"}}]},
            [(Role.ASSISTANT, Act.REFUSES, "I can't")],
            id="refusal",
        ),
        pytest.param(
            {"choices": [{"message": {"reasoning_content": "Hm", "content": "Yes"}}]},
            [(Role.ASSISTANT, Act.THINKS, "Hm"), (Role.ASSISTANT, Act.SAYS, "Yes")],
            id="reasoning of other servers",
        ),
        pytest.param(
            {"choices": [{"message": {"content": None, "audio": {"transcript": "Hello"}}}]},
            [(Role.ASSISTANT, Act.SAYS, "Hello")],
            id="spoken",
        ),
        pytest.param(
            {"choices": [{"text": "and so on"}]},
            [(Role.ASSISTANT, Act.SAYS, "and so on")],
            id="completion",
        ),
        pytest.param(
            {
                "output": [
                    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]},
                    {
                        "type": "message",
                        "role": "assistant",
                        "content": [
                            {"type": "output_text", "text": "One"},
                            {"type": "output_text", "text": "Two"},
                        ],
                    },
                    {"type": "message", "content": [{"type": "refusal", "refusal": "No"}]},
                    {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"},
                    {"type": "custom_tool_call", "name": "g", "input": "free text"},
                    {"type": "code_interpreter_call", "code": "1 + 1"},
                    {"type": "web_search_call", "action": {"query": "parcels"}},
                    {"type": "function_call_output", "call_id": "c", "output": "42"},
                ]
            },
            [
                (Role.ASSISTANT, Act.THINKS, "Hm"),
                (Role.ASSISTANT, Act.SAYS, "One\n\nTwo"),
                (Role.ASSISTANT, Act.REFUSES, "No"),
                (Role.ASSISTANT, Act.CALLS, "f()"),
                (Role.ASSISTANT, Act.CALLS, "g(free text)"),
                (Role.ASSISTANT, Act.CALLS, "code_interpreter(1 + 1)"),
                (Role.ASSISTANT, Act.CALLS, 'web_search(query="parcels")'),
                (Role.TOOL, Act.ANSWERS, "42"),
            ],
            id="items of a response",
        ),
        pytest.param(
            {"output_text": "All"}, [(Role.ASSISTANT, Act.SAYS, "All")], id="only output_text"
        ),
        pytest.param(
            {"data": [{"embedding": [0.5] * 1536}]},
            [(Role.ASSISTANT, Act.EMBEDS, "vector of 1,536 numbers")],
            id="embedding",
        ),
        pytest.param(
            {"data": [{"embedding": [0.5] * 3}] * 4},
            [(Role.ASSISTANT, Act.EMBEDS, "4 embeddings, each a vector of 3 numbers")],
            id="embeddings",
        ),
        pytest.param(
            {"data": [{"embedding": "A" * 8192}]},
            [(Role.ASSISTANT, Act.EMBEDS, "vector of 6 KB as base64")],
            id="encoded embedding",
        ),
        pytest.param(
            {
                "results": [
                    {
                        "flagged": True,
                        "categories": {"violence": True, "hate": False, "self-harm": True},
                        "category_scores": {"violence": 0.978, "hate": 0.1},
                    },
                    {"flagged": False, "categories": {"violence": False}},
                ]
            },
            [
                (Role.ASSISTANT, Act.JUDGES, "Flagged: violence 0.98, self-harm"),
                (Role.ASSISTANT, Act.JUDGES, "Not flagged"),
            ],
            id="moderation",
        ),
        pytest.param(
            {"data": [{"url": "https://x.test/1.png", "revised_prompt": "A cat"}]},
            [(Role.ASSISTANT, Act.DRAWS, "A cat")],
            id="image",
        ),
        pytest.param({"id": "video_1", "object": "video"}, [], id="unknown"),
    ],
)
def test_the_answer_of_each_endpoint_is_read(body: object, expected: list[Said]) -> None:
    assert answered(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"messages": [{"role": "developer", "content": "Be brief"}, {"content": "Hi"}]},
            [(Role.DEVELOPER, Act.SAYS, "Be brief"), (Role.USER, Act.SAYS, "Hi")],
            id="messages",
        ),
        pytest.param(
            {"instructions": "Be brief", "input": "Hi"},
            [(Role.SYSTEM, Act.SAYS, "Be brief"), (Role.USER, Act.SAYS, "Hi")],
            id="instructions and text",
        ),
        pytest.param(
            {
                "input": [
                    {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
                    {"type": "function_call", "name": "f", "arguments": '{"a": null}'},
                    {
                        "type": "function_call_output",
                        "output": [{"type": "input_text", "text": "4"}],
                    },
                ]
            },
            [
                (Role.USER, Act.SAYS, "Hi"),
                (Role.ASSISTANT, Act.CALLS, "f(a=null)"),
                (Role.TOOL, Act.ANSWERS, "4"),
            ],
            id="items",
        ),
        pytest.param({"prompt": "Once"}, [(Role.USER, Act.SAYS, "Once")], id="prompt"),
        pytest.param(
            {"input": ["one", "two"]},
            [(Role.USER, Act.SAYS, "one"), (Role.USER, Act.SAYS, "two")],
            id="texts to embed",
        ),
        pytest.param({"input": [1, 2, 3]}, [(Role.USER, Act.SAYS, "3 tokens")], id="tokens"),
        pytest.param(
            {"prompt": [[1], "a"]},
            [(Role.USER, Act.SAYS, "1 token"), (Role.USER, Act.SAYS, "a")],
            id="tokens and texts",
        ),
        pytest.param({"model": "m"}, [], id="nothing asked"),
    ],
)
def test_the_request_of_each_endpoint_is_read(body: object, expected: list[Said]) -> None:
    assert asked_in(body) == expected


def test_a_request_comes_before_its_answer_and_is_marked() -> None:
    body = {"output": [{"type": "message", "content": [{"type": "output_text", "text": "Yes"}]}]}
    conversation = read(result(body), request({"input": "Do you?"}))
    assert [(one.text, one.from_request) for one in conversation.messages] == [
        ("Do you?", True),
        ("Yes", False),
    ]
    assert conversation.answer == "Yes"


def test_the_beginning_of_a_long_request_is_shown() -> None:
    asked = encoded(request({"input": "Do you see the picture?"}))
    line = encoded(result({"output_text": "Yes"}))
    conversation = messages_in(line, ContentKind.BATCH_RESULTS, asked[:-13])
    assert [one.text for one in conversation.messages] == ["Do you see th", "Yes"]


def test_an_unreadable_request_is_left_out() -> None:
    line = encoded(result({"output_text": "Yes"}))
    conversation = messages_in(line, ContentKind.BATCH_RESULTS, b"{broken")
    assert said(conversation.messages) == [(Role.ASSISTANT, Act.SAYS, "Yes")]


def test_images_and_files_are_named_but_not_read() -> None:
    content = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "https://x.test/a.png"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 45_332}},
        {"type": "input_image", "image_url": "https://x.test/b.png"},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
        {"type": "file", "file": {"file_id": "file-1"}},
        {
            "type": "input_file",
            "filename": "a.pdf",
            "file_data": "data:application/pdf;base64,AA==",
        },
    ]
    (message,) = read(example({"role": "user", "content": content})).messages
    assert message.text == "What is it?"
    assert message.attachments == (
        "https://x.test/a.png",
        "image, 34 KB as base64",
        "https://x.test/b.png",
        "audio, 3 bytes as base64",
        "file-1",
        "a.pdf, 1 byte as base64",
    )


def test_pictures_in_an_answer_are_named_by_their_size() -> None:
    drawn = read(result({"data": [{"b64_json": "A" * 4000}]})).messages
    called = read(
        result({"output": [{"type": "image_generation_call", "result": "A" * 4000}]})
    ).messages
    assert [one.attachments for one in drawn + called] == [("image, 3 KB as base64",)] * 2
    assert read(result({"data": [{"b64_json": "A" * 4000}]})).answer == "image, 3 KB as base64"


def test_the_images_to_edit_are_named() -> None:
    (prompt, image) = read(request({"prompt": "Bluer", "image": "file-7"})).messages
    assert (prompt.text, image.attachments) == ("Bluer", ("file-7",))


def test_what_else_a_result_says() -> None:
    body = {
        "id": "chatcmpl-1",
        "model": "gpt-5",
        "status": "completed",
        "choices": [{"finish_reason": "stop", "message": {"content": "Hi"}}],
        "usage": {
            "prompt_tokens": 2148,
            "completion_tokens": 61,
            "prompt_tokens_details": {"cached_tokens": 1024},
        },
    }
    line = encoded(result(body))
    assert details(messages_in(line, ContentKind.BATCH_RESULTS)) == {
        "Response": "chatcmpl-1",
        "Request ID": "req_1",
        "HTTP status": "200",
        "Status": "completed",
        "Model": "gpt-5",
        "Tokens in": "2,148",
        "Tokens out": "61",
        "Cached tokens": "1,024",
        "Finish reason": "stop",
        "Size": f"{len(line)} bytes",
    }


@pytest.mark.parametrize(
    "line",
    [
        result({"error": {"code": "rate_limit", "message": "Too fast"}}),
        result(None, response=None, error={"code": "rate_limit", "message": "Too fast"}),
    ],
)
def test_a_failure_is_the_last_message(line: object) -> None:
    conversation = read(line, request({"input": "Hi"}))
    assert said(conversation.messages) == [
        (Role.USER, Act.SAYS, "Hi"),
        (Role.ASSISTANT, Act.FAILS, "Too fast"),
    ]
    assert details(conversation)["Error code"] == "rate_limit"


def test_an_incomplete_response_says_why() -> None:
    body = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    assert details(read(result(body)))["Finish reason"] == "max_output_tokens"


def test_a_training_example_has_roles_calls_and_weights() -> None:
    conversation = read(
        example(
            {"role": "system", "content": "Be kind"},
            {"role": "user", "content": "Where?", "name": "Ada"},
            {"role": "assistant", "tool_calls": [CALL], "weight": 0},
            {"role": "tool", "tool_call_id": "call_5c", "content": "{}"},
            {"role": "function", "name": "old", "content": "1"},
            {"role": "assistant", "content": "There", "weight": 1},
            {"role": "narrator", "content": "Fin"},
            tools=[{"type": "function", "function": {"name": "find_parcel"}}],
            functions=[{"name": "old"}],
        )
    )
    assert said(conversation.messages) == [
        (Role.SYSTEM, Act.SAYS, "Be kind"),
        (Role.USER, Act.SAYS, "Where?"),
        (Role.ASSISTANT, Act.CALLS, 'find_parcel(tracking="NW 4471", days=[1, 2])'),
        (Role.TOOL, Act.ANSWERS, "{}"),
        (Role.FUNCTION, Act.ANSWERS, "1"),
        (Role.ASSISTANT, Act.SAYS, "There"),
        (Role.OTHER, Act.SAYS, "Fin"),
    ]
    assert [one.weight for one in conversation.messages] == [None, None, 0, None, None, 1, None]
    assert [one.call_id for one in conversation.messages][2:4] == ["call_5c", "call_5c"]
    assert [one.name for one in conversation.messages][1:3] == ["Ada", "find_parcel"]
    assert conversation.messages[2].arguments == '{"tracking": "NW 4471", "days": [1, 2]}'
    assert conversation.messages[6].role_name == "narrator"
    assert details(conversation)["Tools"] == "find_parcel, old"


def test_the_answer_of_an_example_is_its_last_turn() -> None:
    says = [{"role": "assistant", "content": "One"}, {"role": "user", "content": "And?"}]
    last = [{"role": "assistant", "tool_calls": [CALL]}, {"role": "assistant", "content": "Two"}]
    assert read(example(*says, *last)).answer == "Two"
    assert read(example(*says)).answer == ""
    assert read(example(*says, last[0])).answer.startswith("find_parcel(")


def test_fields_for_graders_are_kept_as_they_are() -> None:
    line = example(
        {"role": "user", "content": "2 + 2?"}, reference_answer="4", scale={"max": 9007199254740993}
    )
    shown = details(read(line))
    assert shown["reference_answer"] == "4"
    assert shown["scale"] == '{"max": 9007199254740993}'


@pytest.mark.parametrize("suffix", ["output", "completion"])
def test_preferences_have_two_answers(suffix: str) -> None:
    line = {
        "input": {"messages": [{"role": "user", "content": "How cold?"}]},
        f"preferred_{suffix}": [{"role": "assistant", "content": "2.7 K"}],
        f"non_preferred_{suffix}": [{"content": "Very"}],
    }
    conversation = read(line)
    assert said(conversation.messages) == [(Role.USER, Act.SAYS, "How cold?")]
    assert said(conversation.preferred) == [(Role.ASSISTANT, Act.SAYS, "2.7 K")]
    assert said(conversation.other) == [(Role.ASSISTANT, Act.SAYS, "Very")]
    assert conversation.answer == "2.7 K"


def test_legacy_completions() -> None:
    conversation = read({"prompt": "Once", "completion": " upon"})
    assert said(conversation.messages) == [
        (Role.USER, Act.SAYS, "Once"),
        (Role.ASSISTANT, Act.SAYS, " upon"),
    ]


def test_eval_items_show_their_fields() -> None:
    conversation = read({"item": {"question": "2 + 2?", "n": 1}, "sample": {"output_text": "4"}})
    assert said(conversation.messages) == [(Role.ASSISTANT, Act.SAYS, "4")]
    shown = details(conversation)
    assert (shown["question"], shown["n"]) == ("2 + 2?", "1")


def test_messages_in_eval_items_are_a_conversation() -> None:
    item = {"input": [{"role": "user", "content": "Hi"}], "expected": "Hello"}
    conversation = read({"item": item})
    assert said(conversation.messages) == [(Role.USER, Act.SAYS, "Hi")]
    assert "input" not in details(conversation)


def test_each_line_is_read_by_its_own_shape() -> None:
    line = encoded(example({"role": "user", "content": "Hi"}))
    mixed = messages_in(line, ContentKind.BATCH_RESULTS)
    assert said(mixed.messages) == [(Role.USER, Act.SAYS, "Hi")]
    without_id = encoded({"error": {"message": "Gone"}})
    failed = messages_in(without_id, ContentKind.BATCH_RESULTS)
    assert said(failed.messages) == [(Role.ASSISTANT, Act.FAILS, "Gone")]


@pytest.mark.parametrize("line", [b'{"a": 1}', b"[1, 2]", b"null", b'"text"', b"12"])
def test_other_json_is_no_conversation(line: bytes) -> None:
    conversation = messages_in(line, ContentKind.JSON_LINES)
    assert conversation.is_empty
    assert conversation.problem == ""


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": nope}', "Character 7: "),
        (b"{", "isn't complete"),
        (b"", "This line is empty."),
        (b" \r", "This line is empty."),
        (b'{"a": "\xff"}', "Character 8: This isn't valid UTF-8."),
        (b"[" * 600 + b"]" * 600, "nested more than 500 levels"),
        (b'{"a": "' + b"x" * 40_000 + b'", }', "Character 40,011: This isn't valid JSON."),
        (b"[" + b"0," * MAX_VALUES + b"0]", "too many values"),
    ],
    ids=lambda value: value[:12],
)
def test_a_broken_line_says_why(line: bytes, reason: str) -> None:
    conversation = messages_in(line, ContentKind.CONVERSATIONS)
    assert reason in conversation.problem
    assert conversation.is_empty


@pytest.mark.parametrize(
    ("line", "character"),
    [
        ('{"a": nope}', "n"),
        ('\ufeff {"ä": nope}', "n"),
        ('{"ä": "' + "é" * 40_000 + '", }', "}"),
    ],
    ids=lambda value: value[:12],
)
def test_the_place_of_a_problem_is_told(line: str, character: str) -> None:
    position = not_none(read_line(line.encode()).position)
    assert line[position] == character
    assert read_line(line[:position].encode() + b"\xff").position == position


def test_the_beginning_of_a_line_is_read_as_far_as_it_goes() -> None:
    line = encoded(example({"role": "user", "content": "Hi"}, {"role": "user", "content": "There"}))
    conversation = messages_in(line[:-8], ContentKind.CONVERSATIONS, is_whole=False)
    assert [one.text for one in conversation.messages] == ["Hi", "T"]
    assert "Size" not in details(conversation)
    assert conversation.notice == "This line is very long. Only its first 79 bytes are shown."
    assert conversation.problem == ""


def test_the_beginning_of_a_broken_line_is_not_read() -> None:
    conversation = messages_in(b'{"messages": nope, "', ContentKind.CONVERSATIONS, is_whole=False)
    assert "very long" in conversation.problem
    assert conversation.is_empty


@pytest.mark.parametrize(
    "line",
    [
        b'\xef\xbb\xbf{"messages": [{"role": "user", "content": "Hi"}]}\r',
        b'{"messages": [{"role": "user", "content": "Hi", "half": "\\ud800"}]}',
        b'{"messages": [{"role": "user", "content": "Hi", "large": 1e999}]}',
        b'{"messages": [{"role": "user", "content": "Hi", "weight": NaN}]}',
        b'{"messages": [{"role": "user", "content": "Hi", "large": ' + b"9" * 400 + b"}]}",
        b'{"messages": [{"role": "user", "content": "Hi", "weight": ' + b"9" * 400 + b"}]}",
    ],
)
def test_odd_lines_are_read_all_the_same(line: bytes) -> None:
    conversation = messages_in(line, ContentKind.CONVERSATIONS)
    assert said(conversation.messages) == [(Role.USER, Act.SAYS, "Hi")]


def test_the_number_of_messages_is_limited() -> None:
    conversation = read(example(*[{"role": "user", "content": "Hi"}] * (MAX_MESSAGES + 1)))
    assert len(conversation.messages) == MAX_MESSAGES
    assert conversation.are_cut
    assert not read(example(*[{"content": "Hi"}] * MAX_MESSAGES)).are_cut


def test_an_answer_is_shown_after_any_number_of_questions() -> None:
    asked = {"input": ["text"] * 5_000}
    conversation = read(result({"data": [{"embedding": [1.0]}] * 5_000}), request(asked))
    assert conversation.messages[-1].act is Act.EMBEDS
    assert len(conversation.messages) == MAX_MESSAGES // 2 + 1
    assert conversation.are_cut


def test_long_texts_stay_whole() -> None:
    (message,) = read(example({"role": "user", "content": "x" * 300_000})).messages
    assert len(message.text) == 300_000


NAMES = """
custom_id response error body status_code choices message messages role content text type
tool_calls function function_call name arguments output input prompt completion item sample
preferred_output non_preferred_output data embedding b64_json results flagged categories
category_scores weight image_url url file file_data usage prompt_tokens tools summary refusal
audio instructions image call_id action queries incomplete_details id
"""
KEYS = st.sampled_from(NAMES.split())
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["assistant", "message", "function_call", "x_call", "x_output", "reasoning"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=40,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=8), VALUES, st.sampled_from(ContentKind))
def test_any_json_can_be_read(value: object, asked: object, kind: ContentKind) -> None:
    conversation = messages_in(encoded(value), kind, encoded(asked))
    assert conversation.problem == ""
    for message in (*conversation.messages, *conversation.preferred, *conversation.other):
        assert isinstance(message.text, str)
        assert all(isinstance(one, str) for one in message.attachments)
    assert isinstance(conversation.answer, str)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.binary(), st.sampled_from(ContentKind))
def test_any_bytes_can_be_read(line: bytes, kind: ContentKind) -> None:
    messages_in(line, kind, line)
