"""What not every server has, and the sentences that say so."""

from collections.abc import Mapping
from enum import StrEnum, auto

from services.system.language import N_


class Feature(StrEnum):
    """Something that a server may lack. Those of jobs have the values of `JobKind`."""

    UPLOAD = auto()
    DOWNLOAD = auto()
    DELETE = auto()
    PURPOSE = auto()
    EXPIRY = auto()
    BATCHES = auto()
    FINE_TUNING = auto()
    VECTOR_STORES = auto()


ENGLISH_REASONS: Mapping[Feature, str] = {
    Feature.UPLOAD: N_("{server} doesn't accept uploads."),
    Feature.DOWNLOAD: N_("{server} doesn't return the content of files."),
    Feature.DELETE: N_("{server} doesn't delete files."),
    Feature.PURPOSE: N_("{server} doesn't distinguish purposes."),
    Feature.EXPIRY: N_("On {server}, the expiry of a file can't be chosen."),
    Feature.BATCHES: N_("{server} doesn't list batches in this API."),
    Feature.FINE_TUNING: N_("{server} doesn't list fine-tuning jobs in this API."),
    Feature.VECTOR_STORES: N_("{server} has no vector stores."),
}
NO_CONTENT = N_("Files with the purpose {purpose} can't be downloaded.")
