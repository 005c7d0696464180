"""The document of the rules is what the tables say, and changes only with its version."""

import json

from review import roles
from review.audit import earlier, rules
from review.casework import clocks
from review.casework.course import LINES

# Whoever changes a transition, a role or a clock raises VERSION and puts the new hash here: the
# ledger tells both, and a verifier of another version says that it judged by other rules.
VERSIONS = {2: "e9b9ac20b8cd533c211e50039cef3ecf63d485af50756490082ad250b4ba8392"}


def test_rules_that_change_get_another_version() -> None:
    assert VERSIONS[rules.VERSION] == rules.HASH


def test_the_document_is_the_tables() -> None:
    value = json.loads(rules.document())
    assert value["version"] == rules.VERSION
    assert len(value["course"]) == len(LINES)
    assert value["earlier"] == {
        before: sorted(afters) for before, afters in earlier.CHOICES.items()
    }
    assert {name: set(acts) for name, acts in value["roles"].items()} == {
        role: set(acts) for role, acts in roles.TABLE.items()
    }
    assert value["clocks"]["acknowledge_days"] == clocks.ACKNOWLEDGE_DAYS
    assert value["clocks"]["feedback_months"] == clocks.FEEDBACK_MONTHS
