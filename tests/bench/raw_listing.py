"""Fetches and decodes all pages of a listing, and nothing else: what any program has to do.

    python tests/bench/raw_listing.py ADDRESS

It imports nothing of the project, so that a whole run can be compared with one of another program.
"""

import json
import sys

import requests


def fetch(address: str) -> int:
    """Fetch all pages, as large as the API allows; return how many files they have."""
    session = requests.Session()
    session.trust_env = False
    pages = []
    limit, after, more = 1000, None, True
    while more:
        query = {"limit": str(limit), "order": "desc"} | ({"after": after} if after else {})
        page = json.loads(session.get(f"{address}/v1/files", params=query).content)
        pages.append(page["data"])
        limit, after, more = 10_000, page["data"][-1]["id"], page["has_more"]
    return sum(map(len, pages))


if __name__ == "__main__":
    fetch(sys.argv[1])
