"""`python -m labtop` is the command `labtop`."""

import sys

from labtop.cli import main

sys.exit(main())
