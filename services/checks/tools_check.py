"""Checks the tools defined in a training example and the tool calls in its messages.

Sources: the API reference (tools and tool_calls of Chat Completions, and `functions` of
FineTuneChatRequestInput, which allows 1 to 128 of them).
"""

import re
from collections.abc import Mapping

import msgspec

from services.checks.json_column import JsonPath
from services.checks.json_nesting import too_deep
from services.checks.line_report import LineReport
from services.checks.short_repr import short_repr
from services.providers.limits import Limits
from services.system.language import _
from services.system.locale_format import whole

MAX_FUNCTIONS = 128
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ToolsCheck:
    """Checks tool definitions and tool calls."""

    def __init__(self, report: LineReport, limits: Limits) -> None:
        self._report = report
        self._limits = limits

    def check_definitions(self, example: Mapping[str, object], path: JsonPath) -> None:
        """Report what is wrong with the tools defined next to the messages."""
        if "tools" in example:
            tools = example["tools"]
            if isinstance(tools, list):
                for index, tool in enumerate(tools):
                    self._check_tool(tool, (*path, "tools", index))
            else:
                self._error("tools.kind", _("“tools” must be a list."), (*path, "tools"))
        if not isinstance(example.get("parallel_tool_calls", True), bool):
            self._error(
                "parallel_tool_calls.kind",
                _("“parallel_tool_calls” must be true or false."),
                (*path, "parallel_tool_calls"),
            )
        if "functions" in example:
            self._check_functions(example["functions"], (*path, "functions"))

    def check_message(
        self, message: Mapping[str, object], role: str, path: JsonPath, called: set[str] | None
    ) -> None:
        """Report what is wrong with the tool calls or the tool result in a message.

        `called` collects the IDs of calls so far. Pass None to skip matching results to calls.
        """
        if message.get("tool_calls") is not None:
            self._check_tool_calls(message["tool_calls"], role, (*path, "tool_calls"), called)
        if message.get("function_call") is not None:
            self._report.warn_once(
                "old.function_call",
                _("“function_call” is outdated. Use tool_calls."),
                *path,
                "function_call",
            )
            self._check_call(message["function_call"], (*path, "function_call"))
        if role == "function":
            self._report.warn_once(
                "old.role",
                _("The role “function” is outdated. Use tool, with tool_call_id."),
                *path,
                "role",
            )
            if not isinstance(message.get("name"), str):
                self._error(
                    "function.name_missing",
                    _("A function message needs the name of the function."),
                    path,
                )
        if role == "tool":
            self._check_result(message, path, called)

    def _check_result(
        self, message: Mapping[str, object], path: JsonPath, called: set[str] | None
    ) -> None:
        call_id = message.get("tool_call_id")
        if not isinstance(call_id, str):
            self._error(
                "tool_call_id.missing",
                _("A tool message needs tool_call_id, the ID of the call it answers."),
                path,
            )
        elif called is not None and call_id not in called:
            self._report.warning(
                "tool_call_id.unknown",
                _("No earlier call has the ID {found}.").format(found=short_repr(call_id)),
                *path,
                "tool_call_id",
            )

    def _check_tool(self, tool: object, path: JsonPath) -> None:
        if not isinstance(tool, dict) or tool.get("type") != "function":
            self._error(
                "tool.type",
                _('A tool must be an object with "type": "function" and a function.'),
                path,
                sure=False,
            )
            return
        self._check_function(tool.get("function"), (*path, "function"))

    def _check_functions(self, functions: object, path: JsonPath) -> None:
        self._report.warn_once("old.functions", _("“functions” is outdated. Use tools."), *path)
        if not isinstance(functions, list) or not 1 <= len(functions) <= MAX_FUNCTIONS:
            self._error(
                "functions.kind",
                _("“functions” must be a list of 1 to {number} functions.").format(
                    number=whole(MAX_FUNCTIONS)
                ),
                path,
            )
            return
        for index, function in enumerate(functions):
            self._check_function(function, (*path, index))

    def _check_function(self, function: object, path: JsonPath) -> None:
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str):
            self._error("tool.name_missing", _("A function needs a name."), path)
            return
        self._check_function_name(name, (*path, "name"))
        if not isinstance(function.get("parameters", {}), dict):
            self._error(
                "tool.parameters",
                _("A function's parameters must be a JSON Schema object."),
                (*path, "parameters"),
            )

    def _check_function_name(self, name: str, path: JsonPath) -> None:
        if not _NAME.fullmatch(name):
            self._error(
                "tool.name",
                _(
                    "The function name {found} isn't valid. Use 1 to 64 letters a–z or A–Z, "
                    "digits, underscores and dashes."
                ).format(found=short_repr(name)),
                path,
                sure=False,
            )

    def _check_tool_calls(
        self, calls: object, role: str, path: JsonPath, called: set[str] | None
    ) -> None:
        if role != "assistant":
            self._report.warning(
                "tool_calls.role", _("Only assistant messages can call tools."), *path
            )
        if not isinstance(calls, list) or not calls:
            self._error(
                "tool_calls.kind",
                _("“tool_calls” must be a list with at least one call. Otherwise, leave it out."),
                path,
            )
            return
        for index, call in enumerate(calls):
            at = (*path, index)
            if not isinstance(call, dict) or call.get("type") != "function":
                self._error(
                    "tool_call.type",
                    _('A tool call must be an object with "type": "function" and a function.'),
                    at,
                    sure=False,
                )
                continue
            if not isinstance(call.get("id"), str):
                self._error(
                    "tool_call.id", _("A tool call needs an ID, which must be a string."), at
                )
            elif called is not None:
                called.add(call["id"])
            self._check_call(call.get("function"), (*at, "function"))

    def _check_call(self, function: object, path: JsonPath) -> None:
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str):
            self._error("tool_call.name", _("A tool call needs the name of its function."), path)
            return
        self._check_function_name(name, (*path, "name"))
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            self._error(
                "tool_call.arguments",
                _(
                    "A call's arguments are {found}. They must be a string that contains JSON, "
                    'as in "{{\\"city\\": \\"Paris\\"}}".'
                ).format(found=short_repr(arguments)),
                (*path, "arguments"),
            )
        elif not _is_object(arguments):
            self._report.warning(
                "tool_call.arguments_json",
                _("A call's arguments aren't a JSON object. The model would learn this mistake."),
                *path,
                "arguments",
            )

    def _error(self, rule: str, text: str, path: JsonPath, *, sure: bool = True) -> None:
        """Report an error. If `sure` is false, it is only a warning on unofficial servers."""
        if sure:
            self._report.error(rule, text, *path)
        else:
            self._report.add(self._limits.severity, rule, text, path)


def _is_object(text: str) -> bool:
    try:
        raw = text.encode()
        _decode(b"" if too_deep(raw) else raw)
    except (msgspec.DecodeError, UnicodeError):
        return False
    return True
