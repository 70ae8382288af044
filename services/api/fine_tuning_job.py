"""A fine-tuning job, as the server last described it."""

from services.api.item import Item, ItemError, Labels, Part
from services.api.json_values import Count, Id, Moment, Word

RUNNING_STATES = frozenset(
    {"validating_files", "queued", "running", "pausing", "paused", "cancelling"}
)
ENDED_STATES = frozenset({"succeeded", "failed", "cancelled"})


class Hyperparameters(Part, frozen=True, gc=False):
    """How a model is trained."""

    n_epochs: Count | Word | None = None
    """How often it goes through the training file; `auto` before the server has chosen."""


class MethodDetails(Part, frozen=True, gc=False):
    """What belongs to one way of training."""

    hyperparameters: Hyperparameters | None = None


class Method(Part, frozen=True, gc=False):
    """The way of training."""

    supervised: MethodDetails | None = None
    dpo: MethodDetails | None = None
    reinforcement: MethodDetails | None = None


class FineTuningJob(Item, frozen=True, gc=False):
    """A fine-tuning job. All times are seconds since 1970, UTC."""

    status: Word | None = None
    """Any text: unknown states are kept."""
    model: Word | None = None
    fine_tuned_model: Word | None = None
    """The name of the model it made; None before it has."""
    user_provided_suffix: Word | None = None
    training_file: Id | None = None
    validation_file: Id | None = None
    result_files: tuple[Id, ...] | None = None
    created_at: Moment | None = None
    estimated_finish: Moment | None = None
    finished_at: Moment | None = None
    trained_tokens: Count | None = None
    method: Method | None = None
    hyperparameters: Hyperparameters | None = None
    """Those of older jobs, which have no method."""
    error: ItemError | None = None
    """Why it failed; empty on some servers while it hasn't."""
    metadata: Labels | None = None

    @property
    def name(self) -> str:
        """The name in its metadata, the suffix of its model, or its ID."""
        label = (self.metadata or {}).get("name", "").strip()
        return label or (self.user_provided_suffix or "").strip() or self.id

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen to it."""
        if self.status in RUNNING_STATES:
            return False
        return self.status in ENDED_STATES or self.finished_at is not None

    @property
    def ends_at(self) -> int | None:
        """When it ended, or will end as far as the server can say."""
        return self.finished_at if self.has_ended else self.estimated_finish

    @property
    def epochs(self) -> int | None:
        """How often it goes through the training file, if that is known."""
        method = self.method or Method()
        details = (method.supervised, method.dpo, method.reinforcement)
        kinds = [one.hyperparameters for one in details if one is not None]
        for parameters in (*kinds, self.hyperparameters):
            if parameters is not None and isinstance(parameters.n_epochs, int):
                return parameters.n_epochs
        return None

    @property
    def file_ids(self) -> tuple[tuple[str, str], ...]:
        """Its files, each with its role: `training`, `validation` or `result`."""
        roles = (
            ("training", self.training_file),
            ("validation", self.validation_file),
            *(("result", file_id) for file_id in self.result_files or ()),
        )
        return tuple((role, file_id) for role, file_id in roles if file_id)
