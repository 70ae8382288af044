"""How many requests it takes to find out what refers to files. Pure."""

from collections.abc import Iterable

import msgspec

LARGEST_PAGE = 100
"""Batches, vector stores or files of a store per page."""
JOBS_PER_PAGE = 20
"""Fine-tuning jobs per page: the API's default. The most that it allows isn't documented."""


class Price(msgspec.Struct, frozen=True):
    """How many requests it takes at most, if none has to be sent again."""

    lists: int = 0
    """For the lists of batches, fine-tuning jobs and vector stores."""
    stores: int = 0
    """For what is in the vector stores."""
    asks_files: bool = False
    """Whether each vector store is asked for each file, instead of for all its files."""

    @property
    def requests(self) -> int:
        """In all."""
        return self.lists + self.stores


def pages(count: int, per_page: int = LARGEST_PAGE) -> int:
    """How many pages a list of so many objects has."""
    return -(-count // per_page)


def list_price(batches: int = 0, fine_tuning_jobs: int = 0, vector_stores: int = 0) -> int:
    """The requests for whole lists with so many objects, with pages of the usual size."""
    return pages(batches) + pages(fine_tuning_jobs, JOBS_PER_PAGE) + pages(vector_stores)


def price_of(
    batches: int,
    fine_tuning_jobs: int,
    file_counts: Iterable[int | None],
    chosen: int | None = None,
) -> Price:
    """The price of a scan.

    `file_counts` has the number of files of each vector store; one that doesn't tell it is taken
    for a page. `chosen` is the number of files to find the references of; None for all files.
    """
    counts = list(file_counts)
    lists = list_price(batches, fine_tuning_jobs, len(counts))
    return Price(lists, *store_price(counts, chosen))


def store_price(
    file_counts: Iterable[int | None], chosen: int | None, per_page: int = LARGEST_PAGE
) -> tuple[int, bool]:
    """The requests for what is in these vector stores, and whether they ask for each file."""
    counts = [count for count in file_counts if count != 0]
    by_pages = sum(1 if count is None else pages(count, per_page) for count in counts)
    if chosen is not None and chosen * len(counts) < by_pages:
        return chosen * len(counts), True
    return by_pages, False
