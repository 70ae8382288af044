"""Tests an account: whether the server responds, accepts the key, and has a Files API."""

import contextlib
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import Enum, auto

from services.accounts.better_url import answers_anything, find_better_url
from services.accounts.connection_steps import (
    ConnectionStep,
    ConnectionSteps,
    ConnectionTest,
    StepKind,
    StepState,
)
from services.api.connection_phases import ends_at, watching_phases
from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.network_in_use import FindNetwork
from services.api.retry import NO_RETRIES
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.other_apis import answers_everything
from services.providers.account import Account
from services.providers.base_url import host_of
from services.providers.features import Feature
from services.providers.network import DEFAULT_NETWORK
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole

_CLOCK_MAY_DIFFER = 600.0
"""Seconds. Some servers reject requests at larger differences, and certificates seem invalid."""


def check_connection(
    account: Account,
    key: str,
    token: CancelToken,
    *,
    publish: Callable[[tuple[ConnectionStep, ...]], None] = lambda _steps: None,
    api: FilesApi | None = None,
    find_network: FindNetwork | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> ConnectionTest:
    """Connect, list files and ask what else there is, step by step, until a step fails.

    `publish` is called with all steps so far whenever one begins or ends. `clock` returns seconds
    since 1970, and `monotonic` times the steps. Raises Cancelled.
    """
    began, started = clock(), monotonic()
    steps = ConnectionSteps(account, publish, clock=clock, monotonic=monotonic)
    used = api or FilesApi(account, key, find_network=find_network)
    problem: Problem | None = None
    better_url = ""

    def open_at(url: str) -> FilesApi:
        return FilesApi(replace(account, base_url=url), key, find_network=find_network)

    try:
        with watching_phases(steps.on_phase):
            page = used.list_page(token)
        _check_shape(used, page, token)
        _end_listing(steps, page, clock())
        network = find_network().network if find_network else account.network or DEFAULT_NETWORK
        if network.ca_file and account.base_url.startswith("https:"):
            steps.check_authority(network.ca_file, _ends(network.ca_file))
        _check_lists(steps, used, token)
    except FilesError as error:
        problem = error.problem
        if problem.kind is ProblemKind.NOT_A_FILES_API and problem.status:
            if problem.status == 200 and answers_anything(used, token):
                problem = _with_status(answers_everything(host_of(account.base_url)), 200)
            else:
                better_url = find_better_url(account.base_url, open_at, token)
        steps.fail(problem)
    return ConnectionTest(steps.taken, problem, began, monotonic() - started, better_url)


def _check_shape(api: FilesApi, page: FilePage, token: CancelToken) -> None:
    """Raise FilesError if a list that could be read is none of files in this API."""
    if page.other_api is not None:
        raise FilesError(_with_status(page.other_api, 200))
    if not page.files and answers_anything(api, token):
        raise FilesError(_with_status(answers_everything(host_of(api.account.base_url)), 200))


def _with_status(problem: Problem, status: int) -> Problem:
    return replace(problem, status=status)


def _end_listing(steps: ConnectionSteps, page: FilePage, now: float) -> None:
    steps.has_answered()
    steps.end(StepKind.KEY, _("Key accepted: it can list files"))
    number = len(page.files) if page.total is None else page.total
    if page.has_more is True and page.total is None:
        text = ngettext("At least {number} file", "At least {number} files", number)
    else:
        text = ngettext("{number} file listed", "{number} files listed", number)
    steps.end(StepKind.FILES, text.format(number=whole(number)))
    if page.server_time is not None and abs(now - page.server_time) > _CLOCK_MAY_DIFFER:
        steps.end(StepKind.CLOCK, _clock_in_words(now - page.server_time), StepState.WARNING)


def _clock_in_words(ahead: float) -> str:
    minutes = round(abs(ahead) / 60)
    if minutes < 120:
        number, span = minutes, ngettext("{number} minute", "{number} minutes", minutes)
    elif minutes < 48 * 60:
        number = round(minutes / 60)
        span = ngettext("{number} hour", "{number} hours", number)
    else:
        number = round(minutes / 60 / 24)
        span = ngettext("{number} day", "{number} days", number)
    text = (
        _("This computer's clock is {time} ahead of the server's")
        if ahead > 0
        else _("This computer's clock is {time} behind the server's")
    )
    return text.format(time=span.format(number=whole(number)))


def _ends(ca_file: str) -> float | None:
    """When the last certificate in a file ends, in seconds since 1970; None if it's unknown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with contextlib.suppress(OSError, ValueError):
        context.load_verify_locations(cafile=ca_file)
    ends = [ends_at(certificate) for certificate in context.get_ca_certs()]
    return max((end for end in ends if end is not None), default=None)


class _Answer(Enum):
    HAS = auto()
    LACKS = auto()
    NOT_FOR_KEY = auto()
    UNKNOWN = auto()


def _check_lists(steps: ConnectionSteps, api: FilesApi, token: CancelToken) -> None:
    """Ask for one object of each other list that the server may have."""
    steps.begin(StepKind.LISTS, _("Asking what else the server has…"))
    provider = provider_named(api.account.provider_id)
    answers = {
        feature: _Answer.LACKS if provider.why_not(feature) else _ask(api, feature, token)
        for feature in (Feature.BATCHES, Feature.VECTOR_STORES, Feature.FINE_TUNING)
    }
    steps.end(StepKind.LISTS, _lists_in_words(answers))


def _ask(api: FilesApi, feature: Feature, token: CancelToken) -> _Answer:
    pages = {
        Feature.BATCHES: api.batches.list_page,
        Feature.VECTOR_STORES: api.vector_stores.list_page,
        Feature.FINE_TUNING: api.fine_tuning.list_page,
    }
    try:
        pages[feature](token, limit=1, retry_policy=NO_RETRIES)
    except FilesError as error:
        match error.problem.kind:
            case ProblemKind.NOT_OFFERED | ProblemKind.NOT_A_FILES_API:
                return _Answer.LACKS
            case ProblemKind.NOT_PERMITTED | ProblemKind.KEY_REFUSED:
                return _Answer.NOT_FOR_KEY
        return _Answer.UNKNOWN
    return _Answer.HAS


def _lists_in_words(answers: Mapping[Feature, _Answer]) -> str:
    names = {
        Feature.BATCHES: _("batches"),
        Feature.VECTOR_STORES: _("vector stores"),
        Feature.FINE_TUNING: _("fine-tuning"),
    }
    sentences = {
        _Answer.HAS: _("Also has {lists}"),
        _Answer.LACKS: _("No {lists}"),
        _Answer.NOT_FOR_KEY: _("Not for this key: {lists}"),
        _Answer.UNKNOWN: _("Unknown: {lists}"),
    }
    parts = []
    for answer, sentence in sentences.items():
        lists = [names[feature] for feature, one in answers.items() if one is answer]
        if lists:
            parts.append(sentence.format(lists=", ".join(lists)))
    return " · ".join(parts)
