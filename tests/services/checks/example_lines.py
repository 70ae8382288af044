"""Lines of fine-tuning files, and functions that make invalid ones from them."""

from tests.services.checks.case import Case, Expected, in_line, jsonl

Json = dict[str, object]

USER: Json = {"role": "user", "content": "Is it open on Sundays?"}
ANSWER: Json = {"role": "assistant", "content": "No."}
CHAT: Json = {"messages": [{"role": "system", "content": "Be short."}, USER, ANSWER]}
PREFERENCE: Json = {
    "input": {"messages": [USER], "tools": [], "parallel_tool_calls": True},
    "preferred_output": [ANSWER],
    "non_preferred_output": [{"role": "assistant", "content": "Perhaps."}],
}
GRADED: Json = {"messages": [USER], "reference_answer": "No."}
COMPLETION: Json = {"prompt": "One, two,", "completion": " three"}
TOOL: Json = {
    "type": "function",
    "function": {"name": "opening_hours", "description": "…", "parameters": {"type": "object"}},
}
CALL: Json = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "opening_hours", "arguments": '{"day": "Sunday"}'},
}
CALLING: Json = {"role": "assistant", "tool_calls": [CALL]}
CALLED: Json = {"role": "tool", "tool_call_id": "call_1", "content": "closed"}
WITH_TOOLS: Json = {
    "messages": [{"role": "developer", "content": "Look it up."}, USER, CALLING, CALLED, ANSWER],
    "tools": [TOOL],
    "parallel_tool_calls": False,
}
PICTURE: Json = {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}
WITH_PICTURE: Json = {
    "messages": [
        {
            "role": "user",
            "name": "Ada",
            "content": [
                {"type": "text", "text": "What is this?"},
                {
                    "type": "image_url",
                    "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"},
                },
            ],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "A dot."}], "weight": 1},
    ]
}
REFUSING: Json = {
    "messages": [
        USER,
        {"role": "assistant", "content": "Yes.", "weight": 0},
        USER,
        {"role": "assistant", "content": None, "refusal": "I can't say."},
        USER,
        {"role": "assistant", "content": [{"type": "refusal", "refusal": "I can't."}]},
    ]
}
WITH_EMPTY_CONTENT: Json = {
    "messages": [USER, CALLING | {"content": ""}, CALLED | {"content": ""}, ANSWER],
}


def with_(base: Json, **changes: object) -> Json:
    return base | changes


def messages(*messages: object) -> Json:
    return {"messages": list(messages)}


def user(content: object) -> Json:
    return messages({"role": "user", "content": content}, ANSWER)


def pictures(count: int) -> Json:
    return user([PICTURE] * count)


def picture(url: object) -> Json:
    return user([{"type": "image_url", "image_url": url}])


def large_picture() -> Json:
    return picture({"url": "data:image/png;base64," + "A" * 13_400_000})


def calling(call: object) -> Json:
    return messages(USER, {"role": "assistant", "tool_calls": [call]})


def tool(function: object) -> Json:
    return with_(CHAT, tools=[{"type": "function", "function": function}])


def bad(title: str, value: object, *expected: Expected, base: Json = CHAT) -> Case:
    """A file of ten lines with `value` as the third."""
    content = in_line(3, value, [base] * 10)
    return Case(title, "fine-tune", "examples.jsonl", content, expected)


def good(title: str, base: Json, fact: str) -> Case:
    return Case(title, "fine-tune", "examples.jsonl", jsonl(*[base] * 10), facts=(fact,))
