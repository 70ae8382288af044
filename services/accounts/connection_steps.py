"""The steps of a connection test, as they are taken."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from urllib.parse import urlsplit

from services.api.connection_phases import (
    Connected,
    Connecting,
    NameFound,
    Phase,
    Secured,
    TunnelOpened,
)
from services.api.name_look_up import is_address
from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account
from services.providers.base_url import host_of, is_this_computer
from services.system.language import _, ngettext
from services.system.locale_format import day, whole

ENDS_SOON = 30 * 86400.0
"""Seconds before its end from which on a certificate is worth a warning."""


class StepKind(Enum):
    """What a step is about, in their order."""

    NAME = auto()
    PROXY = auto()
    SERVER = auto()
    TLS = auto()
    ENDING = auto()
    """A certificate that ends soon."""
    KEY = auto()
    FILES = auto()
    CLOCK = auto()
    LISTS = auto()


class StepState(Enum):
    """How far a step is."""

    RUNNING = auto()
    PASSED = auto()
    WARNING = auto()
    """It passed, but something about it needs attention."""
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class ConnectionStep:
    """One step of a connection test."""

    kind: StepKind
    state: StepState
    text: str
    """For the user, without a period: “Reached api.openai.com at 162.159.140.245”."""
    seconds: float | None = None
    """How long it took; None if it took no time of its own, or is still running."""


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """The result of a connection test."""

    steps: tuple[ConnectionStep, ...]
    """In their order; the last one is the one that failed, if any."""
    problem: Problem | None
    """Why it failed; None if it passed."""
    began_at: float = 0.0
    """When, in seconds since 1970."""
    seconds: float = 0.0
    """How long it took."""
    better_url: str = ""
    """A base URL at which there is a Files API, if there is none at that of the account."""


class ConnectionSteps:
    """Collects the steps of a test, and publishes all so far whenever one begins or ends."""

    def __init__(
        self,
        account: Account,
        publish: Callable[[tuple[ConnectionStep, ...]], None],
        *,
        clock: Callable[[], float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` returns seconds since 1970, and `monotonic` times the steps."""
        self._publish = publish
        self._clock = clock
        self._monotonic = monotonic
        self._own_host = host_of(account.base_url)
        self._own_name = urlsplit(f"//{self._own_host}").hostname or ""
        self._is_plain = account.base_url.startswith("http://")
        self._reset()
        self._started = monotonic()

    @property
    def taken(self) -> tuple[ConnectionStep, ...]:
        """The steps so far, in their order."""
        return tuple(sorted(self._steps.values(), key=lambda step: step.kind.value))

    def begin(self, kind: StepKind, text: str) -> None:
        """A step is under way now."""
        self._started = self._monotonic()
        self._put(ConnectionStep(kind, StepState.RUNNING, text))

    def end(self, kind: StepKind, text: str, state: StepState = StepState.PASSED) -> None:
        """A step has ended."""
        running = self._steps.get(kind)
        timed = running is not None and running.state is StepState.RUNNING
        seconds = self._monotonic() - self._started if timed else None
        self._started = self._monotonic()
        self._put(ConnectionStep(kind, state, text, seconds))

    def fail(self, problem: Problem) -> None:
        """The step that is under way failed, or the one that the problem is about."""
        if problem.status is not None and problem.kind is not ProblemKind.PROXY_UNUSABLE:
            self.has_answered()
        running = self._running()
        kind = self._failed_kind(problem, running)
        if running is not None and running is not kind:
            del self._steps[running]
        self.end(kind, problem.title, StepState.FAILED)

    def has_answered(self) -> None:
        """The server was reached, even if that could not be seen behind a proxy."""
        if self._running() is StepKind.SERVER:
            self._end_server(_("Reached {host} through the proxy").format(host=self._host))

    def on_phase(self, phase: Phase) -> None:
        """Turn a phase of connecting into steps; a new connection starts them anew."""
        match phase:
            case Connecting(host, through_proxy):
                self._reset()
                self._host = host if host not in ("", self._own_name) else self._own_host
                self._through_proxy = through_proxy
                self._has_name = not is_address(host or self._own_name)
                if through_proxy:
                    self.begin(StepKind.PROXY, _("Connecting to the proxy…"))
                elif self._has_name:
                    name = host or self._own_name
                    self.begin(StepKind.NAME, _("Looking up {host}…").format(host=name))
                else:
                    self._begin_server()
            case NameFound(host, of_proxy) if not of_proxy:
                self.end(StepKind.NAME, _("Found {host}").format(host=host))
                if not self._through_proxy:
                    self._begin_server()
            case Connected(address, of_proxy) if of_proxy:
                self.end(StepKind.PROXY, _("The proxy answers"))
                self._begin_server()
            case Connected(address):
                text = _("Reached {host} at {address}") if self._has_name else _("Reached {host}")
                self._end_server(text.format(host=self._host, address=address))
            case TunnelOpened():
                self.has_answered()
            case Secured(version, issuer, ends):
                self.end(StepKind.TLS, _certificate_in_words(version, issuer, ends))
                if ends is not None:
                    self._warn_if_soon(_("The server's certificate"), ends)
                self._begin_request()

    def check_authority(self, ca_file: str, ends: float | None) -> None:
        """Warn of an own file with certificates that ends soon, in seconds since 1970."""
        if ends is not None and StepKind.ENDING not in self._steps:
            self._warn_if_soon(Path(ca_file).name, ends)

    def _warn_if_soon(self, certificate: str, ends: float) -> None:
        seconds = ends - self._clock()
        if seconds < ENDS_SOON:
            self.end(StepKind.ENDING, _ends_soon(certificate, seconds), StepState.WARNING)

    def _reset(self) -> None:
        self._steps: dict[StepKind, ConnectionStep] = {}
        self._through_proxy = False
        self._has_name = True
        self._host = self._own_host

    def _begin_server(self) -> None:
        self.begin(StepKind.SERVER, _("Connecting to {host}…").format(host=self._host))

    def _end_server(self, text: str) -> None:
        self.end(StepKind.SERVER, text)
        if not self._is_plain:
            self.begin(StepKind.TLS, _("Encrypting the connection…"))
            return
        if is_this_computer(self._own_name):
            self.end(StepKind.TLS, _("Not encrypted, but on this computer"))
        else:
            text = _("Not encrypted: others on the network can read the key")
            self.end(StepKind.TLS, text, StepState.WARNING)
        self._begin_request()

    def _begin_request(self) -> None:
        self.begin(StepKind.FILES, _("Listing files…"))

    def _running(self) -> StepKind | None:
        return next(
            (step.kind for step in self._steps.values() if step.state is StepState.RUNNING), None
        )

    def _failed_kind(self, problem: Problem, running: StepKind | None) -> StepKind:
        if problem.kind is ProblemKind.PROXY_UNUSABLE:
            return StepKind.PROXY
        if problem.kind in (ProblemKind.KEY_REFUSED, ProblemKind.NOT_PERMITTED):
            return StepKind.KEY
        return running or (StepKind.FILES if problem.status else StepKind.NAME)

    def _put(self, step: ConnectionStep) -> None:
        self._steps[step.kind] = step
        self._publish(self.taken)


_LATEST = 253_402_300_799 - 86400.0
"""A day before the last moment that has a date."""


def _certificate_in_words(version: str, issuer: str, ends: float | None) -> str:
    tls = version.replace("v", " ", 1)
    if ends is None:
        return _("{tls}, certificate valid").format(tls=tls)
    date = day(datetime.fromtimestamp(min(ends, _LATEST), UTC).date(), with_year=True)
    if not issuer:
        return _("{tls}, certificate until {date}").format(tls=tls, date=date)
    return _("{tls}, certificate from {issuer} until {date}").format(
        tls=tls, issuer=issuer, date=date
    )


def _ends_soon(what: str, seconds: float) -> str:
    days = math.floor(seconds / 86400)
    if days < 0:
        return _("{certificate} has ended").format(certificate=what)
    if days == 0:
        return _("{certificate} ends today").format(certificate=what)
    return ngettext(
        "{certificate} ends in {number} day", "{certificate} ends in {number} days", days
    ).format(certificate=what, number=whole(days))
