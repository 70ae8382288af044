"""The section of the inspector that adds up the results of a batch."""

from collections.abc import Collection

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from services.api.remote_file import RemoteFile
from services.previews.batches.batch_result import Outcome, TokenCount
from services.previews.batches.batch_summary import BatchSummary, SummaryProgress
from services.problems.errors import Problem
from services.system.language import _, ngettext, pgettext
from services.system.sizes import format_size
from ui.price_words import TellPrice, no_price
from ui.theme import Role
from ui.widgets.buttons import link_button
from ui.widgets.labels import label
from ui.widgets.parts_bar import Part, PartsBar
from ui.wording import count_in_words, one_line

_MAX_ERRORS_SHOWN = 3


class ResultsView(QWidget):
    """Shows how many requests succeeded and failed, why, and how many tokens they took."""

    wanted = Signal(object)
    """Add up the results of this `RemoteFile`, all of which have to be downloaded."""
    retry_requested = Signal(object)
    """Retry the unfinished requests of a batch, given this `RemoteFile` with results."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tell_price: TellPrice = no_price
        """Says what the tokens cost."""
        self._file: RemoteFile | None = None
        self._summary: BatchSummary | None = None
        self._is_offered = False
        """Whether the results are added up only if asked for."""
        self._bar = PartsBar()
        self._counts = label("", wrap=True)
        self._errors = label("", "muted", wrap=True)
        self._tokens = label("", "muted", wrap=True)
        self._price = label("", "muted", wrap=True)
        self._progress = label("", "muted", wrap=True)
        self._ask = link_button()
        self._ask.clicked.connect(self._request)
        self._retry = link_button(_("Retry unfinished lines…"))
        self._retry.clicked.connect(self._ask_to_retry)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(_("RESULTS"), "section"))
        self._parts: tuple[QWidget, ...] = (
            self._bar,
            self._counts,
            self._errors,
            self._tokens,
            self._price,
            self._progress,
            self._ask,
            self._retry,
        )
        for part in self._parts:
            column.addWidget(part)
        self.hide()

    def begin(self, file: RemoteFile | None = None) -> None:
        """Hide the sums: another file was selected."""
        self._file = file
        self._is_offered = False
        self._hide_sums()
        self.hide()

    def offer(self, file: RemoteFile) -> None:
        """Offer to download all the results and add them up."""
        self.begin(file)
        self._is_offered = True
        self._ask.setText(_("Add up all {size}").format(size=format_size(file.size)))
        self._ask.show()
        self.show()

    def show_progress(self, progress: SummaryProgress, size: int | None) -> None:
        """Show the sums so far; `size` is that of the file, in bytes."""
        summary = progress.summary
        self._ask.hide()
        unfinished = summary.requests - summary.outcomes.get(Outcome.SUCCEEDED, 0)
        self._retry.setVisible(progress.is_complete and unfinished > 0)
        self._bar.show_parts(_parts(summary))
        self._bar.show()
        _show(self._counts, _counts_in_words(summary))
        _show(self._errors, _errors_in_words(summary))
        _show(self._tokens, _tokens_in_words(summary.tokens.values()))
        self._summary = summary
        self.show_prices()
        read = ""
        if not progress.is_complete:
            read = _("Read {done} of {size}").format(
                done=format_size(progress.read), size=format_size(size)
            )
        _show(self._progress, read)
        self.show()

    @Slot()
    def show_prices(self) -> None:
        """Tell what the tokens cost by now."""
        if self._summary is not None:
            _show(self._price, self.tell_price(self._summary.tokens))

    def show_failure(self, problem: Problem) -> None:
        """Say why adding up has ended early; the sums so far stay."""
        _show(self._progress, f"{one_line(problem.title)}. {one_line(problem.advice)}")
        self._ask.setText(_("Try again"))
        self._ask.setVisible(self._is_offered)
        self.show()

    def _hide_sums(self) -> None:
        self._summary = None
        for part in self._parts:
            part.hide()

    @Slot()
    def _request(self) -> None:
        if self._file is not None:
            self._ask.hide()
            _show(self._progress, _("Loading…"))
            self.wanted.emit(self._file)

    @Slot()
    def _ask_to_retry(self) -> None:
        if self._file is not None:
            self.retry_requested.emit(self._file)


def _show(widget: QLabel, text: str) -> None:
    widget.setText(text)
    widget.setVisible(bool(text))


def _parts(summary: BatchSummary) -> list[Part]:
    roles = {
        Outcome.SUCCEEDED: Role.SUCCESS,
        Outcome.EXPIRED: Role.WARNING,
        Outcome.CANCELLED: Role.MUTED,
        Outcome.FAILED: Role.DANGER,
    }
    parts = ((role, summary.outcomes.get(outcome, 0)) for outcome, role in roles.items())
    return [(role, number) for role, number in parts if number]


def _counts_in_words(summary: BatchSummary) -> str:
    counts = summary.outcomes
    words = {
        Outcome.SUCCEEDED: ngettext(
            "{number} succeeded", "{number} succeeded", counts.get(Outcome.SUCCEEDED, 0)
        ),
        Outcome.FAILED: ngettext(
            "{number} failed", "{number} failed", counts.get(Outcome.FAILED, 0)
        ),
        Outcome.EXPIRED: ngettext(
            "{number} expired", "{number} expired", counts.get(Outcome.EXPIRED, 0)
        ),
        Outcome.CANCELLED: ngettext(
            "{number} canceled", "{number} canceled", counts.get(Outcome.CANCELLED, 0)
        ),
        Outcome.UNREADABLE: ngettext(
            "{number} unreadable line",
            "{number} unreadable lines",
            counts.get(Outcome.UNREADABLE, 0),
        ),
    }
    told = [
        text.format(number=count_in_words(counts[outcome]))
        for outcome, text in words.items()
        if counts.get(outcome)
    ]
    return " · ".join(told) or _("No results")


def _errors_in_words(summary: BatchSummary) -> str:
    lines = []
    for kind, number in list(summary.errors.items())[:_MAX_ERRORS_SHOWN]:
        status, code = kind
        named = one_line(" ".join(filter(None, (str(status or ""), code))))
        message = one_line(summary.messages.get(kind, ""))
        text = f"{named}: {message}" if named and message else named or message
        lines.append(f"{count_in_words(number)} × {text or _('unknown error')}")
    more = len(summary.errors) - _MAX_ERRORS_SHOWN
    if more > 0:
        words = ngettext("{number} other error", "{number} other errors", more)
        lines.append(words.format(number=count_in_words(more)))
    return "\n".join(lines)


def _tokens_in_words(tokens: Collection[TokenCount]) -> str:
    if not tokens:
        return ""
    read = sum(one.input for one in tokens)
    written = sum(one.output for one in tokens)
    cached = sum(one.cached for one in tokens)
    words = pgettext("tokens", "{read} tokens in · {written} out").format(
        read=count_in_words(read), written=count_in_words(written)
    )
    if not cached:
        return words
    return _("{words} · {cached} cached").format(words=words, cached=count_in_words(cached))
