"""The document of the rules is what the tables say, and changes only with its version."""

import json

from review import roles
from review.audit import rules
from review.casework import clocks, states

# Whoever changes a transition, a role or a clock raises VERSION and puts the new hash here: the
# ledger tells both, and a verifier of another version says that it judged by other rules.
VERSIONS = {2: "07cfb04001ff4221c34bec9138272f8a686c2f8e888afdefa9e74e302e6e3ea9"}


def test_rules_that_change_get_another_version() -> None:
    assert VERSIONS[rules.VERSION] == rules.HASH


def test_the_document_is_the_tables() -> None:
    value = json.loads(rules.document())
    assert value["version"] == rules.VERSION
    assert len(value["transitions"]) == len(states.TRANSITIONS)
    for line, told in zip(states.TRANSITIONS, value["transitions"], strict=True):
        assert told == {"event": line.event, "from": line.before, "to": line.after}
    assert {name: set(acts) for name, acts in value["roles"].items()} == {
        role: set(acts) for role, acts in roles.TABLE.items()
    }
    assert value["clocks"]["acknowledge_days"] == clocks.ACKNOWLEDGE_DAYS
    assert value["clocks"]["feedback_months"] == clocks.FEEDBACK_MONTHS
