"""Drills and checks: when the line was tried last, and when the retention auditor looked last."""

from collections.abc import Iterator
from datetime import date

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from review.drilled import MOST_DAYS
from review.oversight import CHECKED
from review.store.by_type import of_types
from review.store.drills import PASSED

DRILL = "drill.run"
CHECK_DAYS = 100
_TRY = "underrose drill send, and when the committee has replied underrose drill check"


def look(here: Here) -> Iterator[Finding]:
    """Read both from the signed ledger."""
    with here.book() as book:
        every = list(of_types(book, {DRILL, CHECKED}))
    drills = [each.on for each in every if each.type == DRILL and each.data["outcome"] == PASSED]
    checks = [each.on for each in every if each.type == CHECKED]
    if here.environment.get("REVIEW_DRILL_KEY") or any(each.type == DRILL for each in every):
        yield _since(here, drills, MOST_DAYS, "the line was tried by a drill", _TRY)
    else:
        yield left_out("REVIEW_DRILL_KEY is not set, so the line cannot be tried by a drill")
    say = "ask the retention auditor: underrose export --auditor, then docs/auditor.md"
    yield _since(here, checks, CHECK_DAYS, "the retention auditor checked the ledger", say)


def _since(here: Here, days: list[date], most: int, what: str, do: str) -> Finding:
    if not days:
        return bad(f"never yet: {what}", do)
    ago = (here.today - max(days)).days
    told = f"{what} {ago} days ago"
    return bad(f"{told}, and it should be at most {most}", do) if ago > most else good(told)
