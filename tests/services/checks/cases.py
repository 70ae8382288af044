"""The set of good and bad files of every kind, and what a check must yield for each.

    python -m tests.services.checks.cases FOLDER

writes them all into a folder, to be looked at or dropped into the window.
"""

import argparse
import sys
from pathlib import Path

from tests.services.checks.batch_cases import BATCH_CASES
from tests.services.checks.case import Case
from tests.services.checks.evals_cases import EVALS_CASES
from tests.services.checks.file_cases import FILE_CASES
from tests.services.checks.fine_tune_cases import FINE_TUNE_CASES
from tests.services.checks.image_cases import IMAGE_CASES

CASES: tuple[Case, ...] = (
    *BATCH_CASES,
    *FINE_TUNE_CASES,
    *EVALS_CASES,
    *IMAGE_CASES,
    *FILE_CASES,
)


def main() -> int:
    """Write every file into a folder of its own, named by what is in it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    for case in CASES:
        inside = folder / case.purpose / case.title.replace("/", "∕")
        inside.mkdir(parents=True, exist_ok=True)
        case.make(inside)
    print(f"{len(CASES)} files in {folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
