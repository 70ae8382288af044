"""The tools that a training example offers, and the calls of them in its messages.

Sources: the API reference (tools and tool_calls of Chat Completions, `functions` of
FineTuneChatRequestInput, which has between 1 and 128 of them).
"""

import re
from collections.abc import Mapping

import msgspec

from services.checks.json_nesting import too_deep
from services.checks.line_report import LineReport
from services.checks.message_content import Path
from services.checks.shown import shown
from services.providers.limits import Limits
from services.system.language import _
from services.system.locale_format import whole

MOST_FUNCTIONS = 128
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class ToolsCheck:
    """Looks at what tells of tools in an example."""

    def __init__(self, report: LineReport, limits: Limits) -> None:
        self._report = report
        self._limits = limits

    def offered(self, holder: Mapping[str, object], path: Path) -> None:
        """Tell what is wrong with the tools that stand beside the messages."""
        if "tools" in holder:
            tools = holder["tools"]
            if isinstance(tools, list):
                for place, tool in enumerate(tools):
                    self._tool(tool, (*path, "tools", place))
            else:
                self._wrong("tools.kind", _("“tools” must be a list."), (*path, "tools"))
        if not isinstance(holder.get("parallel_tool_calls", True), bool):
            self._wrong(
                "parallel_tool_calls.kind",
                _("“parallel_tool_calls” must be true or false."),
                (*path, "parallel_tool_calls"),
            )
        if "functions" in holder:
            self._functions(holder["functions"], (*path, "functions"))

    def calls(
        self, message: Mapping[str, object], role: str, path: Path, called: set[str] | None
    ) -> None:
        """Tell what is wrong with the calls in a message, or with the answer to one."""
        if message.get("tool_calls") is not None:
            self._tool_calls(message["tool_calls"], role, (*path, "tool_calls"), called)
        if message.get("function_call") is not None:
            self._report.warn_once(
                "old.function_call",
                _("“function_call” is outdated. Use tool_calls."),
                *path,
                "function_call",
            )
            self._called_function(message["function_call"], (*path, "function_call"))
        if role == "function":
            self._report.warn_once(
                "old.role",
                _("The role “function” is outdated. Use tool, with tool_call_id."),
                *path,
                "role",
            )
            if not isinstance(message.get("name"), str):
                self._wrong(
                    "function.name_missing",
                    _("A function message needs the name of the function."),
                    path,
                )
        if role == "tool":
            self._answer(message, path, called)

    def _answer(self, message: Mapping[str, object], path: Path, called: set[str] | None) -> None:
        answered = message.get("tool_call_id")
        if not isinstance(answered, str):
            self._wrong(
                "tool_call_id.missing",
                _("A tool message needs tool_call_id, the ID of the call it answers."),
                path,
            )
        elif called is not None and answered not in called:
            self._report.warning(
                "tool_call_id.unknown",
                _("No earlier call has the ID {found}.").format(found=shown(answered)),
                *path,
                "tool_call_id",
            )

    def _tool(self, tool: object, path: Path) -> None:
        if not isinstance(tool, dict) or tool.get("type") != "function":
            self._wrong(
                "tool.type",
                _('A tool must be an object with "type": "function" and the function.'),
                path,
                sure=False,
            )
            return
        self._function(tool.get("function"), (*path, "function"))

    def _functions(self, functions: object, path: Path) -> None:
        self._report.warn_once("old.functions", _("“functions” is outdated. Use tools."), *path)
        if not isinstance(functions, list) or not 1 <= len(functions) <= MOST_FUNCTIONS:
            self._wrong(
                "functions.kind",
                _("“functions” must be a list of 1 to {number}.").format(
                    number=whole(MOST_FUNCTIONS)
                ),
                path,
            )
            return
        for place, function in enumerate(functions):
            self._function(function, (*path, place))

    def _function(self, function: object, path: Path) -> None:
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str):
            self._wrong("tool.name_missing", _("A function needs a name."), path)
            return
        self._function_name(name, (*path, "name"))
        if not isinstance(function.get("parameters", {}), dict):
            self._wrong(
                "tool.parameters",
                _("A function's parameters must be an object, a JSON Schema."),
                (*path, "parameters"),
            )

    def _function_name(self, name: str, path: Path) -> None:
        if not _NAME.fullmatch(name):
            self._wrong(
                "tool.name",
                _(
                    "The function name {found} isn't valid. Use 1 to 64 letters a–z or A–Z, "
                    "digits, underscores and dashes."
                ).format(found=shown(name)),
                path,
                sure=False,
            )

    def _tool_calls(self, calls: object, role: str, path: Path, called: set[str] | None) -> None:
        if role != "assistant":
            self._report.warning(
                "tool_calls.role", _("Only assistant messages can call tools."), *path
            )
        if not isinstance(calls, list) or not calls:
            self._wrong(
                "tool_calls.kind",
                _("“tool_calls” must be a list with at least one call. Otherwise leave it out."),
                path,
            )
            return
        for place, call in enumerate(calls):
            at = (*path, place)
            if not isinstance(call, dict) or call.get("type") != "function":
                self._wrong(
                    "tool_call.type",
                    _('A tool call must be an object with "type": "function" and the function.'),
                    at,
                    sure=False,
                )
                continue
            if not isinstance(call.get("id"), str):
                self._wrong(
                    "tool_call.id", _("A tool call needs an ID, which must be a string."), at
                )
            elif called is not None:
                called.add(call["id"])
            self._called_function(call.get("function"), (*at, "function"))

    def _called_function(self, function: object, path: Path) -> None:
        name = function.get("name") if isinstance(function, dict) else None
        if not isinstance(function, dict) or not isinstance(name, str):
            self._wrong("tool_call.name", _("A tool call needs the name of its function."), path)
            return
        self._function_name(name, (*path, "name"))
        arguments = function.get("arguments")
        if not isinstance(arguments, str):
            self._wrong(
                "tool_call.arguments",
                _(
                    "A call's arguments are {found}. They must be a string that contains JSON, "
                    'as in "{{\\"city\\": \\"Paris\\"}}".'
                ).format(found=shown(arguments)),
                (*path, "arguments"),
            )
        elif not _is_object(arguments):
            self._report.warning(
                "tool_call.arguments_json",
                _("A call's arguments aren't a JSON object. The model would learn this mistake."),
                *path,
                "arguments",
            )

    def _wrong(self, rule: str, text: str, path: Path, *, sure: bool = True) -> None:
        """Tell an error; one that is sure only of the official service is elsewhere a warning."""
        if sure:
            self._report.error(rule, text, *path)
        else:
            self._report.tell(self._limits.severity, rule, text, path)


def _is_object(text: str) -> bool:
    try:
        raw = text.encode()
        _decode(b"" if too_deep(raw) else raw)
    except (msgspec.DecodeError, UnicodeError):
        return False
    return True
