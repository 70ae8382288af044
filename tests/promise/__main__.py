"""Tests the README's promises with random scenarios.

python -m tests.promise --minutes 60          for an hour
python -m tests.promise --seed 17             the scenarios of one seed again
python -m tests.promise --seed 17 --shrink    and the smallest of them that fails
"""

import argparse
import sys
import time

from tests.promise.search import search, shrink


def main() -> int:
    """Return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description="Test the program against a misbehaving server")
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--shrink", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    if options.shrink:
        shrink(options.seed)
        return 0
    found = search(options.minutes, options.seed, lambda text: print(text, flush=True))
    print(found)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
