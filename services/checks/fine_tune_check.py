"""Examples for fine-tuning: conversations, preferences, reinforcement, and prompt with completion.

Sources: the API reference (FineTuneChatRequestInput, FineTunePreferenceRequestInput,
FineTuneReinforcementRequestInput, FineTuneCompletionRequestInput) and the guides on fine-tuning
(ten examples at least), vision fine-tuning (images) and preference optimization (text only).
"""

from collections.abc import Mapping

from services.checks.conversation_check import REINFORCEMENT_ROLES, ROLES, ConversationCheck
from services.checks.line_report import LineReport
from services.checks.line_shape import (
    CHAT_KEYS,
    NON_PREFERRED_KEYS,
    PREFERRED_KEYS,
    LineShape,
    answered,
    example_shape,
    purpose_of,
    shape_of,
)
from services.checks.lines import Line, Report
from services.checks.message_content import Images, Path
from services.checks.other_case import key_in_capitals, why_small
from services.checks.shown import shown
from services.checks.unanswered import UnansweredExamples
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole


class FineTuneCheck:
    """Looks at examples line by line; a file holds examples of one shape only."""

    def __init__(self, report: Report, limits: Limits) -> None:
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
        """How many examples there are, of what shape."""
        if self._shape is None:
            return ()
        return (_how_many(self._shape, self._examples),)

    def take(self, line: Line) -> None:
        """Look at one line; who reads the lines tells what is wrong with it as JSON."""
        self._examples += 1
        self._report.begin(line)
        value = line.value
        if not isinstance(value, dict):
            return
        shape = self._shape_of(value)
        if shape is None:
            self._tell_no_example(value)
            return
        if self._shape is None or self._turns_out_reinforcement(shape):
            self._shape, self._first_line = shape, self._first_line or line.number
        elif shape is not self._shape:
            self._report.error("example.mixed", self._why_mixed(shape))
        match shape:
            case LineShape.CHAT:
                self._chat(value)
            case LineShape.REINFORCEMENT:
                self._reinforcement(value)
            case LineShape.PREFERENCE:
                self._preference(value)
            case _:
                self._completion(value)

    def end(self) -> None:
        """Tell what is wrong with the file as a whole."""
        self._unanswered.end()
        fewest = self._limits.fewest_examples
        if fewest is not None and self._examples < fewest:
            self._report.about_the_file(
                Severity.WARNING,
                "examples.few",
                ngettext(
                    "There is {count} example. A training file needs at least {fewest}; "
                    "a validation file may have fewer.",
                    "There are {count} examples. A training file needs at least {fewest}; "
                    "a validation file may have fewer.",
                    self._examples,
                ).format(count=whole(self._examples), fewest=whole(fewest)),
            )
        most = self._limits.examples_with_images
        if most is not None and self._with_images > most:
            self._report.about_the_file(
                Severity.ERROR,
                "examples.images",
                _("{count} examples contain images. The limit is {most}.").format(
                    count=whole(self._with_images), most=whole(most)
                ),
            )

    def _shape_of(self, value: Mapping[str, object]) -> LineShape | None:
        shape = example_shape(value)
        unanswered = shape is LineShape.CHAT and not answered(value["messages"])
        if unanswered and self._shape is LineShape.REINFORCEMENT:
            return LineShape.REINFORCEMENT  # one without fields of its own
        return shape

    def _turns_out_reinforcement(self, shape: LineShape) -> bool:
        """Whether conversations without any answer until now are followed by a graded one."""
        if shape is not LineShape.REINFORCEMENT or self._shape is not LineShape.CHAT:
            return False
        turns_out = self._unanswered.alone
        if turns_out:
            self._unanswered.drop()
        return turns_out

    def _why_mixed(self, shape: LineShape) -> str:
        return _(
            "This is {found}, but line {line} has {expected}. "
            "Put different kinds of examples in separate files."
        ).format(
            found=_(_NAMES[shape]),
            line=whole(self._first_line),
            expected=_(_NAMES[self._shape or shape]),
        )

    def _chat(self, value: Mapping[str, object]) -> None:
        self._other_keys(value, CHAT_KEYS, self._limits.severity)
        self._old_key(value, "function_call", "tool_calls")
        images = self._conversations.look_at(value, ())
        self._count(images, ("messages",))
        messages = value["messages"]
        if not isinstance(messages, list) or not messages:
            return
        roles = [message.get("role") for message in messages if isinstance(message, dict)]
        if "assistant" not in roles:
            if all(role in ROLES for role in roles):  # else that is told, and may be the answer
                self._unanswered.add()
            return
        self._unanswered.answered()
        if not answered(messages):
            self._report.warning(
                "answer.not_last",
                _("The last message isn't from the assistant. The service may reject the example."),
                "messages",
                len(messages) - 1,
            )

    def _reinforcement(self, value: Mapping[str, object]) -> None:
        images = self._conversations.look_at(value, (), REINFORCEMENT_ROLES)
        self._count(images, ("messages",))
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
                ).format(found=shown(min(missing)), line=whole(self._first_line)),
            )

    def _preference(self, value: Mapping[str, object]) -> None:
        self._other_keys(value, _PREFERENCE_KEYS)
        asked = value.get("input")
        if isinstance(asked, dict):
            for key in sorted(asked.keys() - CHAT_KEYS):
                self._unknown_key(("input", key))
            self._only_text(self._conversations.look_at(asked, ("input",)), ("input",))
        else:
            self._report.error(
                "input.kind",
                _("“input” is {found}. It must be an object with messages.").format(
                    found=shown(asked)
                ),
                "input",
            )
        for keys in (PREFERRED_KEYS, NON_PREFERRED_KEYS):
            self._output(value, *keys)

    def _output(self, value: Mapping[str, object], key: str, old_key: str) -> None:
        if key not in value and old_key in value:
            self._old_key(value, old_key, key)
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
            self._report.tell(
                self._limits.severity,
                "output.several",
                _("“{key}” has {count} messages. Only one is allowed.").format(
                    key=key, count=whole(len(output))
                ),
                (key,),
            )
        images = Images()
        for place, message in enumerate(output):
            self._conversations.message(message, (key, place), images)
            if isinstance(message, dict) and message.get("role") in _NOT_AN_ANSWER:
                self._report.tell(
                    self._limits.severity,
                    "output.role",
                    _("A message in “{key}” isn't from the assistant.").format(key=key),
                    (key, place, "role"),
                )
        self._only_text(images, (key,))

    def _completion(self, value: Mapping[str, object]) -> None:
        self._other_keys(value, _COMPLETION_KEYS)
        for key in sorted(_COMPLETION_KEYS):
            if not isinstance(value[key], str):
                self._report.error(
                    "completion.kind",
                    _("“{key}” is {found}. It must be a string.").format(
                        key=key, found=shown(value[key])
                    ),
                    key,
                )
        if value["completion"] == "":
            told = _("The completion is empty, so there is nothing to learn from it.")
            self._report.warning("completion.empty", told, "completion")

    def _count(self, images: Images | None, path: Path) -> None:
        if images is None or not images.count:
            return
        self._with_images += 1
        most = self._limits.images_in_example
        if most is not None and images.count > most:
            self._report.error(
                "images.many",
                _("The example contains {count} images. The limit is {most}.").format(
                    count=whole(images.count), most=whole(most)
                ),
                *path,
            )

    def _only_text(self, images: Images | None, path: Path) -> None:
        if images is not None and images.count:
            self._report.warning("preference.image", _("Preferences can only contain text."), *path)

    def _other_keys(
        self,
        value: Mapping[str, object],
        known: frozenset[str],
        severity: Severity = Severity.WARNING,
    ) -> None:
        for key in sorted(value.keys() - known):
            self._unknown_key((key,), severity)

    def _unknown_key(self, path: tuple[str, ...], severity: Severity = Severity.WARNING) -> None:
        told = _("Unknown key {found}. Remove it.").format(found=shown(path[-1]))
        self._report.tell_once(severity, "key.unknown", told, path, at_key=True)

    def _tell_no_example(self, value: Mapping[str, object]) -> None:
        if "role" in value and "content" in value:
            told = _(
                "This is a single message. An example lists all messages of a conversation under "
                "“messages”."
            )
            self._report.tell(self._limits.severity, "example.one_message", told)
            return
        purpose = purpose_of(shape_of(value))
        if purpose is not None and self._shape is not None:
            told = _("This isn't a fine-tuning example. Remove the line.")
            purpose = None
        elif purpose is not None:
            told = _("This isn't a fine-tuning example. Change the purpose to {purpose}.")
            told = told.format(purpose=purpose)
        elif key := key_in_capitals(value, _NEEDED_KEYS):
            path = (key,)
            self._report.tell(
                self._limits.severity, "key.capitals", why_small(key), path, at_key=True
            )
            return
        else:
            told = _(
                "This isn't a fine-tuning example. It needs messages; or input, preferred_output and "
                "non_preferred_output; or prompt and completion."
            )
        severity = self._limits.severity
        self._report.tell(severity, "example.unknown", told, purpose=purpose or "")

    def _old_key(self, value: Mapping[str, object], old: str, new: str) -> None:
        if old in value:
            self._report.warn_once(
                f"old.{old}",
                _("“{old}” is outdated. Use {new}.").format(old=old, new=new),
                old,
            )


_PREFERENCE_KEYS = frozenset({"input", *PREFERRED_KEYS, *NON_PREFERRED_KEYS})
_NEEDED_KEYS = frozenset({"messages", "prompt", "completion", *PREFERRED_KEYS, *NON_PREFERRED_KEYS})
_COMPLETION_KEYS = frozenset({"prompt", "completion"})
_NOT_AN_ANSWER = ("system", "developer", "user", "tool", "function")

_NAMES = {
    LineShape.CHAT: N_("a conversation"),
    LineShape.PREFERENCE: N_("a preference"),
    LineShape.REINFORCEMENT: N_("a reinforcement example"),
    LineShape.COMPLETION: N_("a prompt and completion"),
}


def _how_many(shape: LineShape, count: int) -> str:
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
