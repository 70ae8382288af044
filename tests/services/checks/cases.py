"""Good and bad files of every kind, with the expected result of checking each.

To write them all to a folder, to look at or to drop on the window:

    python -m tests.services.checks.cases FOLDER
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
    """Write every file to its own folder, named after what is right or wrong with it."""
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
