"""What a check of retention comes to, said in one word."""

import enum


class Opinion(enum.StrEnum):
    """No finding stands, some do, or nobody could tell."""

    NO_EXCEPTIONS = "NO_EXCEPTIONS"
    EXCEPTIONS_NOTED = "EXCEPTIONS_NOTED"
    UNABLE_TO_VERIFY = "UNABLE_TO_VERIFY"


def opinion(*, can_tell: bool, exceptions: int) -> Opinion:
    """The opinion on so many findings that are no mere warnings.

    What was found is noted whatever else could not be looked at.
    """
    if exceptions:
        return Opinion.EXCEPTIONS_NOTED
    return Opinion.NO_EXCEPTIONS if can_tell else Opinion.UNABLE_TO_VERIFY
