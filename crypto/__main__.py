"""`python -m crypto`: make an identity, seal, and open, with nothing else of Underrose present.

What goes wrong with the input gives one line, `crypto: …`, exit status 1 and no output file. Some
are followed by a line `hint: …` that says what to do. Only of an export, which holds what many
people sent, the rest is written when a part is refused; each such part gets a line of its own.
"""

import os
import signal
import sys
from collections.abc import Sequence

from crypto.errors import CryptoError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what it returns is the exit status."""
    try:
        # Importing what seals fails where the OpenSSL below cannot, and that must be one line too.
        from crypto import commands
    except ImportError as missing:
        return _refuse(str(missing))
    try:
        status = commands.run(arguments)
        sys.stdout.flush()
    except (CryptoError, commands.Refused) as error:
        return _refuse(": ".join([*reversed(getattr(error, "__notes__", [])), str(error)]))
    except BrokenPipeError:
        # Whoever read our output has stopped. Python would try to flush it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        return _refuse(f"{error.filename}: {reason}" if error.filename else reason)
    except MemoryError:
        return _refuse("this takes more memory than there is")
    except KeyboardInterrupt:
        return 130
    return status


def _refuse(line: str) -> int:
    first, *hints = line.split("\n")
    print(f"crypto: {first}", *(f"hint: {hint}" for hint in hints), sep="\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    # Ended from outside, a command must not leave an unfinished file: as by Ctrl-C, it cleans up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
