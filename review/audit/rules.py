"""The rules that cases go by, as one document with a hash that the ledger names.

Which state leads to which, who may do what, and the clocks: what the console decides by and what
the verifier judges by are the same tables, rendered here. Whoever changes one of them changes the
hash, and the ledger tells on which day. VERSION goes up with every change.
"""

import hashlib

from crypto import strict
from review import roles
from review.audit import earlier
from review.casework import clocks
from review.casework.course import KEPT_AS, LINES

VERSION = 2


def document() -> bytes:
    """The rules of this program, in canonical JSON."""
    return strict.canonical(
        {
            "v": 1,
            "version": VERSION,
            "earlier": {
                before.value: sorted(after.value for after in afters)
                for before, afters in earlier.CHOICES.items()
            },
            "course": [
                {
                    "step": line.step.replace(" ", "-"),
                    "from": sorted(stage.value for stage in line.before),
                    "to": None if line.after is None else line.after.value,
                    "who": sorted(role.value for role in line.who),
                    "signers": line.signers.value,
                    "terms": [term.value for term in line.terms],
                }
                for line in LINES
            ],
            "kept_as": {
                step.replace(" ", "-"): [each.value for each in classes]
                for step, classes in KEPT_AS.items()
            },
            "roles": {
                role.value: sorted(act.value for act in acts) for role, acts in roles.TABLE.items()
            },
            "readers": sorted(role.value for role in roles.READERS),
            "clocks": {
                "acknowledge_days": clocks.ACKNOWLEDGE_DAYS,
                "feedback_months": clocks.FEEDBACK_MONTHS,
                "check_days": list(clocks.CHECK_DAYS),
                "watched_months": clocks.WATCHED_MONTHS,
            },
        }
    )


HASH = hashlib.sha256(document()).hexdigest()
