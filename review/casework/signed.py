"""What an act that was signed says of a step: the names of steps, and its coded fields.

Pure. The console reads by this what arrives, and the auditor's verifier what was kept, so that both
judge the same act by the same table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from review.casework.codes import Category, Measure
from review.casework.course import Step, Term
from review.casework.guards import SEALED, Act, Decision, Signer
from review.casework.parties import Decider
from review.errors import MalformedForm

# What is done elsewhere: by reading, by a note, with a new key of the case, or by itself.
ELSEWHERE = frozenset(
    {
        *(Step.OPEN, Step.NOTE, Step.REROUTE, Step.MARK_CONFLICT, Step.SHARE),
        *(Step.MONITOR, Step.RETAIN, Step.EXECUTE_DISPOSITION),
    }
)
STEPS: Mapping[str, Step] = {step.replace(" ", "-"): step for step in Step if step not in ELSEWHERE}
FIELDS = frozenset(
    {
        *(Term.CATEGORY, Term.SEVERITY, Term.SCOPE, Term.RECIPIENT, Term.LEAD_CASE),
        *(Term.OTHER_CASE, Term.INVESTIGATOR, Term.HOLD_DECISION, Term.OUTCOMES, Term.REMEDY),
        *(Term.RETENTION_CLASS, Term.RETALIATION_PLAN, Term.MARK),
    }
)
OF_CASES = frozenset({Term.LEAD_CASE, Term.OTHER_CASE})
# Hashes, a key and a signature, which are as long as they are.
_LONG = OF_CASES | {Term.MARK}
_OTHERS = frozenset(
    # draw: that the same step proposed anew on its day is another act than the one declined.
    {"from", "to", "officer", "measure", "retracted", "sealed", "letter", "decider", "draw"}
)
_LONGEST = 40
_OF_PEOPLE = 16
_PEOPLE = frozenset({Term.INVESTIGATOR, Term.RETALIATION_PLAN})
Data = Mapping[str, str | int | bool | None | Sequence[str]]


def code(step: Step) -> str:
    """The name that acts and entries have for a step."""
    return step.replace(" ", "-")


def words(data: Data, name: str) -> tuple[str, ...]:
    """The codes under a name, one or several; none where there are none."""
    value = data.get(name)
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple) else ()


def as_step(step: Step, on: date, data: Data, signers: tuple[Signer, ...] = ()) -> Act:
    """The step as the rules ask for it. Raises MalformedForm for a field there is none of."""
    officer = next(iter(words(data, "officer")), None)
    measure = next(iter(words(data, "measure")), None)
    if officer not in (None, "yes", "no") or measure not in (None, *Measure):
        raise MalformedForm("a coded field has a value that there is none of")
    return Act(
        step=step,
        on=on,
        by=signers,
        fields=_fields(data),
        officer_is_subject=None if officer is None else officer == "yes",
        measure=None if measure is None else Measure(measure),
        sealed=SEALED if words(data, "sealed") else frozenset(),
    )


def decision(data: Data, serving: Iterable[str], people: frozenset[str]) -> Decision:
    """The vote that signatures stand for: whoever signs was there and is in favour."""
    board = words(data, "decider") == ("BOARD",)
    return Decision(
        serving=frozenset(serving),
        present=people,
        in_favour=people,
        decider=Decider.BOARD if board else Decider.COMMITTEE,
    )


def _fields(data: Data) -> dict[Term, tuple[str, ...]]:
    if set(data) - {*_OTHERS, *(term.value for term in FIELDS)}:
        raise MalformedForm("the act has a field that there is none of")
    found = {term: words(data, term.value) for term in FIELDS if words(data, term.value)}
    for term in set(found) - _LONG:
        longest = _OF_PEOPLE if term in _PEOPLE else _LONGEST
        if any(len(word) > longest for word in found[term]):
            raise MalformedForm("a coded field is too long")
    if len(found.get(Term.CATEGORY, ())) > len(Category):
        raise MalformedForm("a case is not about more than there is")
    return found
