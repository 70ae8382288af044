"""What becomes of files that are copied to another account. No Qt."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.api.remote_file import RemoteFile
from services.providers.account import Account
from services.providers.features import Feature
from services.providers.providers import provider_named


@dataclass(frozen=True, slots=True)
class FilesToCopy:
    """Files of an account, as they were selected."""

    account: Account
    files: tuple[RemoteFile, ...]
    """Those that may be downloaded."""
    refused: tuple[tuple[RemoteFile, str], ...] = ()
    """Those that can't be downloaded, each with the reason."""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """How they would be copied to one other account."""

    kept: tuple[RemoteFile, ...]
    """Those that keep their purpose."""
    asked: tuple[RemoteFile, ...]
    """Those whose purpose the other account's server lacks, so that it has to be chosen."""
    purposes: tuple[str, ...]
    """What can be chosen."""

    def with_purpose(self, chosen: str) -> list[tuple[RemoteFile, str]]:
        """All files with their new purposes; `chosen` is for those that are asked about."""
        kept = [(file, file.purpose or chosen) for file in self.kept]
        return kept + [(file, chosen) for file in self.asked]


def plan_copy(files: Sequence[RemoteFile], target: Account) -> CopyPlan:
    """Plan copies to an account."""
    provider = provider_named(target.provider_id)
    purposes = tuple(purpose.name for purpose in provider.purposes)
    return CopyPlan(
        tuple(file for file in files if file.purpose in purposes),
        tuple(file for file in files if file.purpose not in purposes),
        purposes,
    )


def why_no_copy(target: Account) -> str:
    """Why nothing can be copied to an account; empty if it can."""
    return provider_named(target.provider_id).why_not(Feature.UPLOAD)
