"""What a case's page says of its course: what is next, what can be done, and why not all else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from crypto.roster import Roster
from review import stepping
from review.casework import checklist, forms, guards, replies, standing
from review.casework.awaited import history as history_of
from review.casework.course import Signers, Step, Term, line
from review.casework.deadlines import Clock, ClockSettings, Reading, Standing, readings
from review.casework.guards import CaseNow, Signer
from review.store import courses, inbox
from review.store.cases import Case

# What has to be so in a case before a step can be signed, whatever is filled in.
_BEFORE = frozenset(
    {
        *(Term.FED_BACK, Term.HAS_OUTCOME, Term.CHECKS_COMPLETE, Term.OUT_OF_SCOPE),
    }
)
_TWO = {
    *(Signers.LEAD_AND_ONE, Signers.LEAD_AND_COUNSEL, Signers.TWO_OR_COMMITTEE),
}
_SHOWN = frozenset(Clock) - {Clock.UNOPENED}
MOST_OTHERS = 200


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A step that this reader can begin now, with its form."""

    code: str
    form: forms.Form
    why: str
    who: str
    two: bool
    beginnings: tuple[tuple[replies.Template, str], ...]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything that the page of a case says besides what is sealed."""

    tasks: tuple[checklist.Item, ...]
    days: tuple[tuple[Reading, Standing], ...]
    offers: tuple[Offer, ...]
    barred: tuple[tuple[str, str], ...]
    beginnings: tuple[tuple[replies.Template, str], ...]
    others: tuple[str, ...]
    # Where on the page a task of the checklist is done.
    places: Mapping[Step, str]
    course: standing.Course
    # Whether this reader can say that the case is a drill, if its submission has the mark.
    can_mark: bool
    # Whether this reader can sign a plan, and so tick off its steps.
    can_plan: bool
    feedback_due: date | None


def desk(
    connection: Connection, roster: Roster, case: Case, viewer: Signer, today: date,
    settings: ClockSettings,
) -> Desk:  # fmt: skip
    """The page of a case for one reader, with the clocks of the installation."""
    now, course = stepping.now(connection, roster, case)
    history = history_of(course, courses.answered_on(connection, case.id))
    clocks = readings(history, settings)
    awaited = (one.due for one in clocks if one.clock is Clock.FEEDBACK and one.done is None)
    due = next(awaited, None)
    beginnings = replies.beginnings(today, due, settings.answer)
    barred = {step: why_not(now, step, viewer, today) for step in forms.FORMS}
    return Desk(
        tasks=checklist.checklist(
            now, history, viewer, today, live_readers=now.may_know, settings=settings
        ),
        days=_days(course, clocks, today),
        offers=tuple(_offer(now, step, beginnings) for step, why in barred.items() if why is None),
        barred=tuple(
            (forms.FORMS[step].title, why) for step, why in barred.items() if why is not None
        ),
        beginnings=beginnings,
        places={
            Step.OPEN: "passphrase",
            Step.ACKNOWLEDGE: "reply",
            **{step: forms.code(step) for step, why in barred.items() if why is None},
        },
        others=_others(connection, viewer, case, today),
        course=course,
        can_mark=why_not(now, Step.MARK_DRILL, viewer, today) is None,
        can_plan=barred[Step.PLAN] is None,
        feedback_due=due if due is not None and due >= today else None,
    )


def why_not(case: CaseNow, step: Step, viewer: Signer, today: date) -> str | None:
    """Why this person cannot begin a step now, in one sentence; None if they can."""
    found = line(case.stage, step)
    act = guards.Act(step, today, by=(viewer,))
    if found is None or viewer.role not in found.who:
        return guards.hindrances(case, act)[0]
    for term in found.terms:
        if term in _BEFORE and (sentence := guards.about(term, case, act)) is not None:
            return sentence
    return None


def _offer(case: CaseNow, step: Step, beginnings: Iterable[tuple[replies.Template, str]]) -> Offer:
    found = line(case.stage, step)
    signers = Signers.NOBODY if found is None else found.signers
    return Offer(
        code=forms.code(step),
        form=forms.FORMS[step],
        why=checklist.TEXTS[step][1] if step in checklist.TEXTS else "",
        who=f"Who signs: {checklist.who(case, signers)}.",
        two=signers in _TWO or (case.is_grave and signers in _IF_GRAVE),
        beginnings=tuple(one for one in beginnings if one[0].step is step),
    )


def _days(
    course: standing.Course, clocks: Iterable[Reading], today: date
) -> tuple[tuple[Reading, Standing], ...]:
    """The days that count in the case; in a drill none does."""
    shown = () if course.is_drill else clocks
    return tuple((one, one.on(today)) for one in shown if one.clock in _SHOWN)


_IF_GRAVE = {Signers.LEAD_OR_COMMITTEE}


def _others(connection: Connection, viewer: Signer, case: Case, today: date) -> tuple[str, ...]:
    """The reader's other cases, for linking and merging: the newest of them."""
    wanted = inbox.Wanted(order=inbox.Order.NEWEST)
    found, _ = inbox.page(connection, viewer.person, wanted, today, size=MOST_OTHERS)
    return tuple(one.case_id for one in found if one.case_id != case.id)
