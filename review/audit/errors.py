"""What keeps a bundle from being verified, as opposed to what verifying it finds wrong."""

from review.errors import ReviewError


class CannotVerify(ReviewError):
    """The bundle, or what it is to be compared with, cannot be read or believed at all."""


class MalformedBundle(CannotVerify):
    """The file is not a bundle for the auditor in its one form."""
