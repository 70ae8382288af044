"""Checks eval items: each line has an `item` object with the same keys, and perhaps a `sample`.

Source: the API reference (EvalJsonlFileContentSource). The keys must match the schema of the eval,
which isn't part of the file, so all lines are compared with the first one.
"""

from collections.abc import Mapping

from services.checks.finding import ReportFinding
from services.checks.line import Line
from services.checks.line_report import LineReport
from services.checks.line_shape import purpose_of, shape_of
from services.checks.miscased_keys import lowercase_advice, miscased_key
from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.providers.limits import Limits
from services.system.language import _, ngettext
from services.system.locale_format import whole


class EvalsCheck:
    """Checks eval items line by line. The rules are the same for every server."""

    def __init__(self, report: ReportFinding, _limits: Limits) -> None:
        self._report = LineReport(report)
        self._keys: frozenset[str] | None = None
        self._first_line = 0
        self._has_sample: bool | None = None
        self._items = 0

    @property
    def facts(self) -> tuple[str, ...]:
        """The number of items, and their keys."""
        if not self._items:
            return ()
        count = ngettext("{count} item", "{count} items", self._items).format(
            count=whole(self._items)
        )
        if not self._keys:
            return (count,)
        names = sorted(self._keys)[:_MAX_KEYS]
        shown_keys = ", ".join(short_repr(name) for name in names)
        return (count, _("keys: {keys}").format(keys=shown_keys))

    def check_line(self, line: Line) -> None:
        """Check a line. The caller reports invalid JSON."""
        self._report.start_line(line)
        value = line.value
        if not isinstance(value, dict):
            return
        purpose = None if "item" in value else purpose_of(shape_of(value))
        if purpose is not None and self._keys is not None:
            text = _("This isn't an eval item. Remove the line.")
            self._report.error("evals.other_purpose", text)
            return
        if purpose is not None:
            text = _("This isn't an eval item. Change the purpose to {purpose}.")
            text = text.format(purpose=purpose)
            self._report.add(Severity.ERROR, "evals.other_purpose", text, purpose=purpose)
            return
        if "item" not in value:
            self._report_missing_item(value)
            return
        self._items += 1
        item = value["item"]
        if isinstance(item, dict):
            self._check_keys(frozenset(item), line.number)
        else:
            text = _("The item is {found}. It must be an object.").format(found=short_repr(item))
            self._report.error("item.missing", text, "item")
        self._check_sample(value)
        for key in sorted(value.keys() - {"item", "sample"}):
            self._report.add_once(
                Severity.WARNING,
                "key.unknown",
                _("Unknown key {found}. Move it into item, or remove it.").format(
                    found=short_repr(key)
                ),
                (key,),
                at_key=True,
            )

    def finish(self) -> None:
        """Do nothing: no finding depends on the end of the file."""

    def _report_missing_item(self, value: Mapping[str, object]) -> None:
        if key := miscased_key(value, ("item",)):
            self._report.add(
                Severity.ERROR, "key.uppercase", lowercase_advice(key), (key,), at_key=True
            )
            return
        text = _('`item` is missing. Each line must be an object like {"item": {…}}.')
        self._report.error("item.missing", text)

    def _check_keys(self, keys: frozenset[str], number: int) -> None:
        if self._keys is None:
            self._keys, self._first_line = keys, number
            return
        if missing := self._keys - keys:
            self._report.warning(
                "item.missing_key",
                _("The item has no {found}, but line {line} does.").format(
                    found=short_repr(min(missing)), line=whole(self._first_line)
                ),
                "item",
            )
        if more := keys - self._keys:
            self._report.warning(
                "item.extra_key",
                _("The item has {found}, but line {line} doesn't.").format(
                    found=short_repr(min(more)), line=whole(self._first_line)
                ),
                "item",
                min(more),
            )

    def _check_sample(self, value: dict[str, object]) -> None:
        has_sample = "sample" in value
        if has_sample and not isinstance(value["sample"], dict):
            self._report.error(
                "sample.kind",
                _("The sample is {found}. It must be an object. Otherwise, leave it out.").format(
                    found=short_repr(value["sample"])
                ),
                "sample",
            )
        if self._has_sample is None:
            self._has_sample = has_sample
        elif has_sample is not self._has_sample:
            text = (
                _("This line has a sample, but earlier lines don't.")
                if has_sample
                else _("This line has no sample, but earlier lines do.")
            )
            self._report.warning("sample.inconsistent", text)


_MAX_KEYS = 5
