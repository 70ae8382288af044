"""Asks the server which files batches and fine-tuning jobs that have not ended need."""

from collections.abc import Mapping, Sequence

from services.api.files_api import FilesApi
from services.api.item_requests import ItemListing
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import pages_of
from services.problems.errors import FilesError
from services.problems.job_errors import incomplete_list
from services.references.reference import Reference, referrer_from
from services.references.unread_lists import NEVER_READABLE
from services.system.cancellation import CancelToken


def needed_now(
    api: FilesApi, file_ids: Sequence[str], token: CancelToken
) -> Mapping[str, Reference]:
    """Those of the files that something unfinished needs, each with what needs it.

    A list that the server doesn't have, or not for this key, is left out. Raises FilesError, also
    if a list isn't whole, and Cancelled.
    """
    asked = frozenset(file_ids)
    needed: dict[str, Reference] = {}
    for kind in (JobKind.BATCHES, JobKind.FINE_TUNING):
        listing = ItemListing(pages_of(api, kind))
        has_begun = False
        try:
            for page in listing.pages(token):
                has_begun = True
                for referrer in map(referrer_from, page.items):
                    if referrer.unfinished:
                        needed |= {
                            file_id: referrer.reference(role)
                            for role, file_id in referrer.files
                            if file_id in asked
                        }
        except FilesError as error:
            if has_begun or error.problem.kind not in NEVER_READABLE:
                raise
        else:
            if not listing.complete:
                raise FilesError(incomplete_list(listing.warnings))
    return needed
