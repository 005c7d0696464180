"""Every entry of a case names the one before it, from the case's first to its newest."""

from review.audit.check import Check


class Chained(Check):
    """The order of each case is whole; review.audit.chains tells here what is not."""

    name = "chains"
    holds = "the entries of every case are one line, each naming the one before"
    tests = ("RA-01", "RA-04")
