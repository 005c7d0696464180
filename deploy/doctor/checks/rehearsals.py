"""Drills and checks: when the line was tried last, and when the retention auditor looked last."""

from collections.abc import Iterator
from datetime import date

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from review.oversight import CHECKED
from review.store.by_type import of_types

DRILL = "drill.run"
PASSED = "passed"
DRILL_DAYS = 90
CHECK_DAYS = 100
_TRY = "write through the front door as a submitter would, and have the committee reply"


def look(here: Here) -> Iterator[Finding]:
    """Read both from the signed ledger."""
    with here.book() as book:
        every = list(of_types(book, {DRILL, CHECKED}))
    drills = [each.on for each in every if each.type == DRILL and each.data["outcome"] == PASSED]
    checks = [each.on for each in every if each.type == CHECKED]
    if any(each.type == DRILL for each in every):
        # No command of this release runs one; where another has, it is to be done again.
        yield _since(here, drills, DRILL_DAYS, "the line was tried by a drill", _TRY)
    else:
        yield left_out("no drill of the line is in the ledger")
    say = "ask the retention auditor: underrose export --auditor, then docs/auditor.md"
    yield _since(here, checks, CHECK_DAYS, "the retention auditor checked the ledger", say)


def _since(here: Here, days: list[date], most: int, what: str, do: str) -> Finding:
    if not days:
        return bad(f"never yet: {what}", do)
    ago = (here.today - max(days)).days
    told = f"{what} {ago} days ago"
    return bad(f"{told}, and it should be at most {most}", do) if ago > most else good(told)
