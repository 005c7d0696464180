"""A secret in several hands: shares in the words of SLIP-39, of which so many give it back.

The recovery identity opens a copy of every reader's identity, so nobody holds it alone. Each share
is 33 words with a check of its own, so that a wrong word is found before anything is joined; fewer
shares than were agreed say nothing at all of the secret. Any program for SLIP-39 joins them, with
an empty passphrase.
"""

from collections.abc import Iterable
from itertools import islice

from crypto.errors import SharesRefused
from crypto.recipient import SEED_SIZE

LEAST = 2
MOST = 16


def split(secret: bytes, threshold: int, count: int) -> tuple[str, ...]:
    """That many shares of a 32-byte secret, of which any `threshold` give it back.

    Raises ValueError for another size of secret and for numbers that make no sense: one share that
    is enough would be the secret itself in one hand.
    """
    from shamir_mnemonic import generate_mnemonics

    if len(secret) != SEED_SIZE:
        raise ValueError("a secret has 32 bytes")
    if not LEAST <= threshold <= count <= MOST:
        raise ValueError("of at most sixteen shares at least two are needed")
    (shares,) = generate_mnemonics(1, [(threshold, count)], secret)
    # Whoever leaves the ceremony with a sheet leaves with one that was seen to work.
    for start in range(count):
        turned = [*shares[start:], *shares[:start]]
        if join(islice(turned, threshold)) != secret:
            raise RuntimeError("shares that were just made do not give the secret back")
    return tuple(shares)


def join(shares: Iterable[str], passphrase: bytes = b"") -> bytes:
    """The secret that these shares give: exactly as many as are needed, each once.

    Case, and how the words are separated, do not matter. Raises SharesRefused with a sentence that
    has no word of a share in it.
    """
    from shamir_mnemonic import MnemonicError, combine_mnemonics

    tidy = [" ".join(share.lower().split()) for share in shares]
    for number, words in enumerate(tidy, start=1):
        check(words, number)
    if len(set(tidy)) != len(tidy):
        raise SharesRefused("the same share was given twice")
    try:
        return bytes(combine_mnemonics(tidy, passphrase))
    except MnemonicError as refused:
        raise SharesRefused(_reason(str(refused))) from None


def check(share: str, number: int) -> None:
    """Return if these are the words of a share. Raises SharesRefused, naming it by its number."""
    from shamir_mnemonic import MnemonicError
    from shamir_mnemonic.share import Share

    try:
        Share.from_mnemonic(" ".join(share.lower().split()))
    except MnemonicError:
        raise SharesRefused(f"share {number} has a wrong word, or too few or too many") from None


def _reason(said: str) -> str:
    if "Wrong number" in said or "Insufficient" in said or "is empty" in said:
        return "there are fewer shares than are needed, or more"
    if "must begin with" in said or "parameters" in said:
        return "the shares are not of one secret"
    return "the shares do not fit together"
