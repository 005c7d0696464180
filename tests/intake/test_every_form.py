"""Whatever is posted to a route of intake, the answer is a refusal or a page, never a fault.

FIELDS names the parts of each form. A route that takes a POST and is not named there fails a test,
so that a new form cannot go without.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.house import House

pytestmark = pytest.mark.stores

FIELDS = {
    "/form": "token roster what when where who how told hope kind relation ongoing excluded price",
    "/follow-up": "token code act text price",
    "/sealed/slices": "upload index envelope",
    "/sealed/submissions": "token roster lookup mailbox case case_signature submitter_key digest "
    "commitment upload slices envelope grant routing price",
    "/sealed/follow-ups": "token lookup n previous digest commitment upload slices envelope price",
    "/sealed/mailbox": "lookup act token price",
}
# What is almost right reaches further than what is anything.
LIKELY = st.sampled_from(["", "0", "1", "-1", "00" * 15, "00" * 16, "ab" * 32, "read", "send", "é"])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An intake with open budgets: a form that was turned away by one has not been read."""
    names = ("DEPOSITS", "SLICES", "READS", "FORM", "MAILBOX", "MALFORMED")
    wide: dict[str, Any] = {f"INTAKE_BUDGET_{name}": "1000000/minute" for name in names}
    made = House(tmp_path, **wide)
    yield made
    made.engine.dispose()


def test_no_form_is_left_out(house: House) -> None:
    posted = {
        rule.rule for rule in house.app.url_map.iter_rules() if "POST" in (rule.methods or ())
    }
    assert posted == set(FIELDS)


@pytest.mark.parametrize("path", FIELDS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_form_can_make_a_fault(house: House, path: str, data: st.DataObject) -> None:
    names = FIELDS[path].split()
    left_out = data.draw(st.sets(st.sampled_from(names), max_size=2))
    value = LIKELY | st.text(st.characters(codec="utf-8"), max_size=200)
    fields = {name: data.draw(value) for name in names if name not in left_out}
    assert house.post(path, fields).status_code in {200, 400, 404, 409, 413, 422}
