"""Items for evals: an object `item` on each line, with the same keys, and perhaps a `sample`.

Source: the API reference (EvalJsonlFileContentSource). The keys must be those that the eval
declares, which a file can't tell; so the first line is taken as the pattern.
"""

from collections.abc import Mapping

from services.checks.line_report import LineReport
from services.checks.line_shape import purpose_of, shape_of
from services.checks.lines import Line, Report
from services.checks.other_case import key_in_capitals, why_small
from services.checks.shown import shown
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import _, ngettext
from services.system.locale_format import whole


class EvalsCheck:
    """Looks at items line by line; what is wrong with them does not depend on the server."""

    def __init__(self, report: Report, _limits: Limits) -> None:
        self._report = LineReport(report)
        self._keys: frozenset[str] | None = None
        self._first_line = 0
        self._sampled: bool | None = None
        self._items = 0

    @property
    def facts(self) -> tuple[str, ...]:
        """How many items there are, and their keys."""
        if not self._items:
            return ()
        count = ngettext("{count} item", "{count} items", self._items).format(
            count=whole(self._items)
        )
        if not self._keys:
            return (count,)
        names = sorted(self._keys)[:_SHOWN_KEYS]
        shown_keys = ", ".join(shown(name) for name in names)
        return (count, _("keys: {keys}").format(keys=shown_keys))

    def take(self, line: Line) -> None:
        """Look at one line; who reads the lines tells what is wrong with it as JSON."""
        self._report.begin(line)
        value = line.value
        if not isinstance(value, dict):
            return
        purpose = None if "item" in value else purpose_of(shape_of(value))
        if purpose is not None and self._keys is not None:
            told = _("This isn't an eval item. Remove the line.")
            self._report.error("evals.other_purpose", told)
            return
        if purpose is not None:
            told = _("This isn't an eval item. Change the purpose to {purpose}.")
            told = told.format(purpose=purpose)
            self._report.tell(Severity.ERROR, "evals.other_purpose", told, purpose=purpose)
            return
        if "item" not in value:
            self._no_item(value)
            return
        self._items += 1
        item = value["item"]
        if isinstance(item, dict):
            self._same_keys(frozenset(item), line.number)
        else:
            told = _("The item is {found}. It must be an object.").format(found=shown(item))
            self._report.error("item.missing", told, "item")
        self._sample(value)
        for key in sorted(value.keys() - {"item", "sample"}):
            self._report.tell_once(
                Severity.WARNING,
                "key.unknown",
                _("Unknown key {found}. Move it into item, or remove it.").format(found=shown(key)),
                (key,),
                at_key=True,
            )

    def end(self) -> None:
        """Nothing is known only at the end."""

    def _no_item(self, value: Mapping[str, object]) -> None:
        if key := key_in_capitals(value, ("item",)):
            self._report.tell(Severity.ERROR, "key.capitals", why_small(key), (key,), at_key=True)
            return
        told = _('`item` is missing. Each line must be an object like {"item": {…}}.')
        self._report.error("item.missing", told)

    def _same_keys(self, keys: frozenset[str], number: int) -> None:
        if self._keys is None:
            self._keys, self._first_line = keys, number
            return
        if missing := self._keys - keys:
            self._report.warning(
                "item.key_missing",
                _("The item has no {found}, but line {line} does.").format(
                    found=shown(min(missing)), line=whole(self._first_line)
                ),
                "item",
            )
        if more := keys - self._keys:
            self._report.warning(
                "item.key_more",
                _("The item has {found}, but line {line} doesn't.").format(
                    found=shown(min(more)), line=whole(self._first_line)
                ),
                "item",
                min(more),
            )

    def _sample(self, value: dict[str, object]) -> None:
        sampled = "sample" in value
        if sampled and not isinstance(value["sample"], dict):
            self._report.error(
                "sample.kind",
                _("The sample is {found}. It must be an object. Otherwise leave it out.").format(
                    found=shown(value["sample"])
                ),
                "sample",
            )
        if self._sampled is None:
            self._sampled = sampled
        elif sampled is not self._sampled:
            text = (
                _("This line has a sample, but earlier lines don't.")
                if sampled
                else _("This line has no sample, but earlier lines do.")
            )
            self._report.warning("sample.sometimes", text)


_SHOWN_KEYS = 5
