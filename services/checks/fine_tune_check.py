"""Checks examples for fine-tuning: chats, preferences, reinforcement, prompts with completions.

Sources: the API reference (FineTuneChatRequestInput, FineTunePreferenceRequestInput,
FineTuneReinforcementRequestInput, FineTuneCompletionRequestInput) and the guides on fine-tuning (at
least ten examples), vision fine-tuning (images) and preference optimization (text only).
"""

from collections.abc import Mapping

from services.checks.conversation_check import REINFORCEMENT_ROLES, ROLES, ConversationCheck
from services.checks.finding import ReportFinding
from services.checks.json_column import JsonPath
from services.checks.line import Line
from services.checks.line_report import LineReport
from services.checks.line_shape import (
    CHAT_KEYS,
    NON_PREFERRED_KEYS,
    PREFERRED_KEYS,
    LineShape,
    ends_with_answer,
    example_shape,
    purpose_of,
    shape_of,
)
from services.checks.message_content import ImageCount
from services.checks.miscased_keys import lowercase_advice, miscased_key
from services.checks.short_repr import short_repr
from services.checks.unanswered import UnansweredExamples
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole


class FineTuneCheck:
    """Checks examples line by line. All examples in a file must have the same shape."""

    def __init__(self, report: ReportFinding, limits: Limits) -> None:
        self._report = LineReport(report)
        self._limits = limits
        self._conversations = ConversationCheck(self._report, limits)
        self._unanswered = UnansweredExamples(self._report)
        self._shape: LineShape | None = None
        self._first_line = 0
        self._fields: frozenset[str] | None = None
        self._examples = 0
        self._with_images = 0

    @property
    def facts(self) -> tuple[str, ...]:
        """The number and shape of the examples."""
        if self._shape is None:
            return ()
        return (_count_text(self._shape, self._examples),)

    def check_line(self, line: Line) -> None:
        """Check a line. The caller reports invalid JSON."""
        self._examples += 1
        self._report.start_line(line)
        value = line.value
        if not isinstance(value, dict):
            return
        shape = self._example_shape(value)
        if shape is None:
            self._report_not_example(value)
            return
        if self._shape is None or self._becomes_reinforcement(shape):
            self._shape, self._first_line = shape, self._first_line or line.number
        elif shape is not self._shape:
            self._report.error("example.mixed", self._why_mixed(shape))
        match shape:
            case LineShape.CHAT:
                self._check_chat(value)
            case LineShape.REINFORCEMENT:
                self._check_reinforcement(value)
            case LineShape.PREFERENCE:
                self._check_preference(value)
            case _:
                self._check_completion(value)

    def finish(self) -> None:
        """Report what is wrong with the file as a whole."""
        self._unanswered.finish()
        minimum = self._limits.fewest_examples
        if minimum is not None and self._examples < minimum:
            self._report.add_file_finding(
                Severity.WARNING,
                "examples.too_few",
                ngettext(
                    "There is {count} example. A training file needs at least {minimum}; "
                    "a validation file may have fewer.",
                    "There are {count} examples. A training file needs at least {minimum}; "
                    "a validation file may have fewer.",
                    self._examples,
                ).format(count=whole(self._examples), minimum=whole(minimum)),
            )
        limit = self._limits.examples_with_images
        if limit is not None and self._with_images > limit:
            self._report.add_file_finding(
                Severity.ERROR,
                "examples.images",
                _("{count} examples contain images. The limit is {limit}.").format(
                    count=whole(self._with_images), limit=whole(limit)
                ),
            )

    def _example_shape(self, value: Mapping[str, object]) -> LineShape | None:
        shape = example_shape(value)
        unanswered = shape is LineShape.CHAT and not ends_with_answer(value["messages"])
        if unanswered and self._shape is LineShape.REINFORCEMENT:
            return LineShape.REINFORCEMENT  # one without extra fields
        return shape

    def _becomes_reinforcement(self, shape: LineShape) -> bool:
        """Whether this is the first graded example, and no conversation so far had an answer."""
        if shape is not LineShape.REINFORCEMENT or self._shape is not LineShape.CHAT:
            return False
        becomes = self._unanswered.none_answered
        if becomes:
            self._unanswered.clear()
        return becomes

    def _why_mixed(self, shape: LineShape) -> str:
        return _(
            "This is {found}, but line {line} has {expected}. "
            "Put different kinds of examples in separate files."
        ).format(
            found=_(_NAMES[shape]),
            line=whole(self._first_line),
            expected=_(_NAMES[self._shape or shape]),
        )

    def _check_chat(self, value: Mapping[str, object]) -> None:
        self._report_unknown_keys(value, CHAT_KEYS, self._limits.severity)
        self._report_old_key(value, "function_call", "tool_calls")
        images = self._conversations.check(value, ())
        self._count_images(images, ("messages",))
        messages = value["messages"]
        if not isinstance(messages, list) or not messages:
            return
        roles = [message.get("role") for message in messages if isinstance(message, dict)]
        if "assistant" not in roles:
            if all(role in ROLES for role in roles):  # unknown roles may answer
                self._unanswered.add()
            return
        self._unanswered.mark_answered()
        if not ends_with_answer(messages):
            self._report.warning(
                "answer.not_last",
                _("The last message isn't from the assistant. The service may reject the example."),
                "messages",
                len(messages) - 1,
            )

    def _check_reinforcement(self, value: Mapping[str, object]) -> None:
        images = self._conversations.check(value, (), REINFORCEMENT_ROLES)
        self._count_images(images, ("messages",))
        messages = value["messages"]
        if images is not None and isinstance(messages, list):
            last = messages[-1]
            if isinstance(last, dict) and last.get("role") != "user":
                self._report.warning(
                    "reinforcement.last",
                    _("The last message isn't from the user, so there is nothing to answer."),
                    "messages",
                    len(messages) - 1,
                )
        fields = frozenset(value) - CHAT_KEYS
        if self._fields is None:
            self._fields = fields
        elif missing := self._fields - fields:
            self._report.warning(
                "reinforcement.fields",
                _(
                    "The field {found} is missing, but line {line} has it. A grader that uses it "
                    "would find nothing."
                ).format(found=short_repr(min(missing)), line=whole(self._first_line)),
            )

    def _check_preference(self, value: Mapping[str, object]) -> None:
        self._report_unknown_keys(value, _PREFERENCE_KEYS)
        input_value = value.get("input")
        if isinstance(input_value, dict):
            for key in sorted(input_value.keys() - CHAT_KEYS):
                self._report_unknown_key(("input", key))
            self._report_images(self._conversations.check(input_value, ("input",)), ("input",))
        else:
            self._report.error(
                "input.kind",
                _("“input” is {found}. It must be an object with messages.").format(
                    found=short_repr(input_value)
                ),
                "input",
            )
        for keys in (PREFERRED_KEYS, NON_PREFERRED_KEYS):
            self._check_output(value, *keys)

    def _check_output(self, value: Mapping[str, object], key: str, old_key: str) -> None:
        if key not in value and old_key in value:
            self._report_old_key(value, old_key, key)
            key = old_key
        output = value.get(key)
        if not isinstance(output, list) or not output:
            self._report.error(
                "output.kind",
                _("“{key}” must be a list with one assistant message.").format(key=key),
                key,
            )
            return
        if len(output) > 1:
            self._report.add(
                self._limits.severity,
                "output.too_many",
                _("“{key}” has {count} messages. Only one is allowed.").format(
                    key=key, count=whole(len(output))
                ),
                (key,),
            )
        images = ImageCount()
        for index, message in enumerate(output):
            self._conversations.check_message(message, (key, index), images)
            if isinstance(message, dict) and message.get("role") in _OTHER_ROLES:
                self._report.add(
                    self._limits.severity,
                    "output.role",
                    _("A message in “{key}” isn't from the assistant.").format(key=key),
                    (key, index, "role"),
                )
        self._report_images(images, (key,))

    def _check_completion(self, value: Mapping[str, object]) -> None:
        self._report_unknown_keys(value, _COMPLETION_KEYS)
        for key in sorted(_COMPLETION_KEYS):
            if not isinstance(value[key], str):
                self._report.error(
                    "completion.kind",
                    _("“{key}” is {found}. It must be a string.").format(
                        key=key, found=short_repr(value[key])
                    ),
                    key,
                )
        if value["completion"] == "":
            text = _("The completion is empty, so there is nothing to learn from it.")
            self._report.warning("completion.empty", text, "completion")

    def _count_images(self, images: ImageCount | None, path: JsonPath) -> None:
        if images is None or not images.count:
            return
        self._with_images += 1
        limit = self._limits.images_in_example
        if limit is not None and images.count > limit:
            self._report.error(
                "images.too_many",
                _("The example contains {count} images. The limit is {limit}.").format(
                    count=whole(images.count), limit=whole(limit)
                ),
                *path,
            )

    def _report_images(self, images: ImageCount | None, path: JsonPath) -> None:
        if images is not None and images.count:
            self._report.warning("preference.image", _("Preferences can only contain text."), *path)

    def _report_unknown_keys(
        self,
        value: Mapping[str, object],
        known: frozenset[str],
        severity: Severity = Severity.WARNING,
    ) -> None:
        for key in sorted(value.keys() - known):
            self._report_unknown_key((key,), severity)

    def _report_unknown_key(
        self, path: tuple[str, ...], severity: Severity = Severity.WARNING
    ) -> None:
        text = _("Unknown key {found}. Remove it.").format(found=short_repr(path[-1]))
        self._report.add_once(severity, "key.unknown", text, path, at_key=True)

    def _report_not_example(self, value: Mapping[str, object]) -> None:
        if "role" in value and "content" in value:
            text = _(
                "This is a single message. An example lists all messages of a conversation under "
                "“messages”."
            )
            self._report.add(self._limits.severity, "example.single_message", text)
            return
        purpose = purpose_of(shape_of(value))
        if purpose is not None and self._shape is not None:
            text = _("This isn't a fine-tuning example. Remove the line.")
            purpose = None
        elif purpose is not None:
            text = _("This isn't a fine-tuning example. Change the purpose to {purpose}.")
            text = text.format(purpose=purpose)
        elif key := miscased_key(value, _NEEDED_KEYS):
            path = (key,)
            self._report.add(
                self._limits.severity, "key.uppercase", lowercase_advice(key), path, at_key=True
            )
            return
        else:
            text = _(
                "This isn't a fine-tuning example. It needs messages; or input, preferred_output and "
                "non_preferred_output; or prompt and completion."
            )
        severity = self._limits.severity
        self._report.add(severity, "example.unknown", text, purpose=purpose or "")

    def _report_old_key(self, value: Mapping[str, object], old: str, new: str) -> None:
        if old in value:
            self._report.warn_once(
                f"old.{old}",
                _("“{old}” is outdated. Use {new}.").format(old=old, new=new),
                old,
            )


_PREFERENCE_KEYS = frozenset({"input", *PREFERRED_KEYS, *NON_PREFERRED_KEYS})
_NEEDED_KEYS = frozenset({"messages", "prompt", "completion", *PREFERRED_KEYS, *NON_PREFERRED_KEYS})
_COMPLETION_KEYS = frozenset({"prompt", "completion"})
_OTHER_ROLES = ("system", "developer", "user", "tool", "function")

_NAMES = {
    LineShape.CHAT: N_("a conversation"),
    LineShape.PREFERENCE: N_("a preference"),
    LineShape.REINFORCEMENT: N_("a reinforcement example"),
    LineShape.COMPLETION: N_("a prompt and completion"),
}


def _count_text(shape: LineShape, count: int) -> str:
    match shape:
        case LineShape.CHAT:
            text = ngettext("{count} conversation", "{count} conversations", count)
        case LineShape.PREFERENCE:
            text = ngettext("{count} preference", "{count} preferences", count)
        case LineShape.REINFORCEMENT:
            text = ngettext(
                "{count} reinforcement example", "{count} reinforcement examples", count
            )
        case _:
            text = ngettext(
                "{count} prompt and completion", "{count} prompts and completions", count
            )
    return text.format(count=whole(count))
