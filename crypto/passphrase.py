"""Passphrases that people keep: made here, never chosen, because people choose what others guess.

Nine words of the SLIP-39 list are 90 bits. Its words differ in their first four letters and are
between four and eight letters long.
"""

import os
from collections.abc import Callable

WORDS = 9
_BITS_A_WORD = 10
_BYTES = 12


def make(entropy: Callable[[int], bytes] = os.urandom) -> str:
    """Nine words with single spaces between."""
    # Only the ceremony and enrolment need the list, and it is read from disk on import.
    from shamir_mnemonic.wordlist import WORDLIST

    number = int.from_bytes(entropy(_BYTES), "big") >> 8 * _BYTES - _BITS_A_WORD * WORDS
    shifts = range(_BITS_A_WORD * (WORDS - 1), -1, -_BITS_A_WORD)
    return " ".join(WORDLIST[number >> shift & 1023] for shift in shifts)
