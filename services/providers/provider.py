"""Everything that differs between kinds of servers, as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.providers.answer_names import OFFICIAL_NAMES, AnswerNames
from services.providers.features import ENGLISH_REASONS, NO_CONTENT, Feature
from services.providers.limits import UNKNOWN, Limits
from services.providers.paging import GUESSED, LAST_ID, Cursor, Paging, Pairs
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from services.providers.upload_form import OFFICIAL_FORM, Expiry, UploadForm
from services.system.language import _


@dataclass(frozen=True, slots=True)
class Provider:
    """A kind of server. What a row doesn't say is as in the OpenAI API."""

    id: str
    english_name: str
    base_url: str
    """The dialog's default; the user replaces words in capitals."""
    key_header: str = "Authorization"
    """Where the key goes: `Authorization: Bearer KEY`, or a header with just the key."""
    english_key_hint: str = "sk-…"
    key_variable: str = "FILES_API_KEY"
    """The environment variable that scripts read the key from. Each service has its own, so that
    no script sends one service's key to another."""
    named_by_host: bool = False
    """Whether an account without a name is called by its host instead of the provider."""
    also_known_as: str = ""
    """Other words by which people look for it."""
    query: Pairs = ()
    """Parameters of every request."""
    files_path: str = "/files"
    """Where files are listed and retrieved, relative to the base URL."""
    paging: Paging = LAST_ID
    """How its lists are requested."""
    largest_page: int = 10_000
    """How many files to request per page; if a server refuses, smaller pages are tried."""
    names: AnswerNames = OFFICIAL_NAMES
    """The names in its answers."""
    form: UploadForm = OFFICIAL_FORM
    """How files are uploaded."""
    purposes: tuple[Purpose, ...] = UPLOAD_PURPOSES
    """The purposes that an upload may have."""
    limits: Limits = UNKNOWN
    """The limits of its servers."""
    uploads_a_minute: int | None = None
    """The most uploads that may start per minute; None if no limit is known."""
    storage: int | None = None
    """Storage limit of a project in bytes; None if no limit is known."""
    not_downloadable: frozenset[str] = frozenset()
    """Purposes whose files can't be downloaded, as far as observed."""
    english_content_reason: str = NO_CONTENT
    """Why these can't be downloaded."""
    rewrites_files: bool = False
    """Whether it may change what is uploaded, such as the models in batch files."""
    lacks: frozenset[Feature] = frozenset()
    """What it's known not to have. Lists of jobs that aren't named here are asked for."""
    english_reasons: Mapping[Feature, str] = field(default_factory=dict)
    """Better reasons than the general ones."""

    @property
    def paging_of_jobs(self) -> Paging:
        """How its lists of jobs are requested: they may have pages where that of files has none."""
        return GUESSED if self.paging.cursor is Cursor.NONE else self.paging

    @property
    def name(self) -> str:
        """Its name, translated."""
        return _(self.english_name)

    @property
    def key_hint(self) -> str:
        """The placeholder of the key field, translated."""
        return _(self.english_key_hint)

    @property
    def reasons(self) -> dict[Feature, str]:
        """Why it doesn't have what it lacks, as translated sentences."""
        return {feature: reason for feature in Feature if (reason := self.why_not(feature))}

    def why_not(self, feature: Feature) -> str:
        """Why it doesn't have a feature, as a translated sentence; empty if it may have it."""
        lacking = feature in self.lacks
        if feature is Feature.EXPIRY:
            lacking = self.form.expiry is Expiry.NONE
        if not lacking:
            return ""
        reason = self.english_reasons.get(feature) or ENGLISH_REASONS[feature]
        return _(reason).format(server=self.name)

    def why_no_content(self, purpose: str | None) -> str:
        """Why files with a purpose can't be downloaded, translated; empty if they may be."""
        if purpose in self.not_downloadable:
            return _(self.english_content_reason).format(purpose=purpose, server=self.name)
        return self.why_not(Feature.DOWNLOAD)
