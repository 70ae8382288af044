"""The promise tested for as long as asked, or one seed again.

python -m tests.promise --minutes 60
python -m tests.promise --seed 17             the same courses once more
python -m tests.promise --seed 17 --shrink    and the smallest of them that fails
"""

import argparse
import sys
import time

from tests.promise.searching import search, shrink


def main() -> int:
    """1 when a promise was broken."""
    parser = argparse.ArgumentParser(description="Let a server with a will of its own try it")
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--shrink", action="store_true")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    if given.shrink:
        shrink(given.seed)
        return 0
    found = search(given.minutes, given.seed, lambda text: print(text, flush=True))
    print(found)
    return 1 if found.failures else 0


if __name__ == "__main__":
    sys.exit(main())
