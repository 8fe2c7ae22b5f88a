"""``python -m tamemap …``: see ``tamemap.cli``."""

import sys

from tamemap.cli import main

if __name__ == "__main__":
    sys.exit(main())
