"""`python -m review.audit`: verify an auditor's bundle, and sign the report.

It needs Python, cryptography, pynacl and rfc8785, and no network. Exit status 0 if everything that
can be checked holds, 1 if there are exceptions, 2 if the bundle cannot be verified.
"""

import os
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what it returns is the exit status."""
    try:
        # Importing what checks signatures fails where the OpenSSL below cannot.
        from review.audit import commands
    except ImportError as missing:
        print(f"audit: {missing}", file=sys.stderr)
        return 2
    try:
        status = commands.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 2
    except KeyboardInterrupt:
        return 130
    return status


if __name__ == "__main__":
    sys.exit(main())
