"""Under which classes of the schedule each end of a case may have it kept, and no other."""

import pytest

from review.casework.course import Stage, Step, Term, line
from review.casework.forms import FORMS
from review.casework.guards import refusals
from tests.review.casework.test_course import CHAIR, FIELDS, MEMBER, ready, signed

ALLOWED = {
    Step.CLOSE: {"RC-01", "RC-02", "RC-05"},
    Step.REFER: {"RC-03", "RC-05"},
    Step.SET_ASIDE: {"RC-04"},
}


@pytest.mark.parametrize("step", ALLOWED)
def test_a_case_cannot_be_kept_under_a_class_that_is_not_for_such_an_end(step: Step) -> None:
    """Attack: two close a case as what is kept for no day, and it is due at once."""
    stage = next(stage for stage in Stage if line(stage, step) is not None)
    for record_class in (*(f"RC-0{n}" for n in range(10)), "RC-99", "rc-01", "x"):
        fields = {**FIELDS, Term.RETENTION_CLASS: (record_class,)}
        act = signed(step, CHAIR, MEMBER, fields=fields)
        is_allowed = record_class in ALLOWED[step]
        assert (refusals(ready(stage), act) == ()) is is_allowed, record_class
    several = {**FIELDS, Term.RETENTION_CLASS: tuple(sorted(ALLOWED[step])) * 2}
    assert refusals(ready(stage), signed(step, CHAIR, MEMBER, fields=several)) == (
        "A case is kept under one class.",
    )
    none = {**FIELDS, Term.RETENTION_CLASS: ()}
    assert refusals(ready(stage), signed(step, CHAIR, MEMBER, fields=none)) == (
        "Say under which class it is kept.",
    )


def test_the_forms_offer_the_classes_that_are_for_such_an_end_and_no_other() -> None:
    offered = {
        step: {code for code, _label in field.options}
        for step, form in FORMS.items()
        for field in form.fields
        if field.name == Term.RETENTION_CLASS
    }
    assert offered == ALLOWED
