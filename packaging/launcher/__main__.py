"""Runs Filewharf as `python -m filewharf`."""

import sys

from filewharf import main

sys.exit(main())
