"""Holds and changes of the schedule as people of the test committee sign them."""

import datetime
import hashlib
from typing import Any

from crypto import age, strict
from crypto.act import Act
from crypto.padding import pad_message
from review.retention import changing, custody, holding
from tests import acts, committee

HOLD = "ab" * 32
LATER = committee.TODAY + datetime.timedelta(days=30)


def reason(*people: str, words: str = "A subpoena came.", name: str = HOLD) -> bytes:
    """The reason of a hold of this name, sealed to these readers."""
    readers = [acts.ROSTER.reader(each) for each in people]
    to = [each.recipient for each in readers if each is not None]
    said = {"v": 1, "kind": "hold-reason", "hold": name, "reason": words}
    return age.seal(pad_message(strict.canonical(said)), to)


def hold(reason_file: bytes, name: str = HOLD, **data: Any) -> Act:
    """The act that places a hold over everything, but for what is given here; begun is from."""
    plain: dict[str, Any] = {
        "matter": "M-1",
        "custodian": "chair",
        "classes": [],
        "categories": [],
        "cases": [],
        "from": data.pop("begun", None),
        "to": None,
        "sealed": hashlib.sha256(reason_file).hexdigest(),
    }
    return acts.make(holding.PLACE, subject=holding.subject(name), **{**plain, **data})


def release(
    placed: Act, draw: str = "d1", previous: str | None = None,
    on: datetime.date = committee.TODAY,
) -> Act:  # fmt: skip
    """The act that releases a hold."""
    after = previous or placed.hash
    data = holding.release_data(draw, placed.hash)
    return acts.make(holding.RELEASE, subject=placed.subject, previous=after, on=on, **data)


def noted(kind: str, previous: str | None = None, hold_name: str = HOLD, **data: Any) -> Act:
    """The act that notes something of a hold: today, of IT-2, but for what is given here."""
    said = {"custodian": "IT-2", "day": str(committee.TODAY)}
    plain: dict[str, Any] = {} if kind == custody.REVIEW else said
    about = custody.subject(hold_name)
    return acts.make(kind, subject=about, previous=previous, **{**plain, "draw": "d1", **data})


def change(
    code: str = "RC-01", *, previous: str | None = None, on: datetime.date = committee.TODAY,
    roster: str = acts.ROSTER.hash, **data: Any,
) -> Act:  # fmt: skip
    """The act that changes a class to eight years from LATER on, but for what is given here."""
    built_in = changing.BUILT_IN[code]
    plain: dict[str, Any] = {
        "class": code,
        "version": 1,
        "trigger": built_in.terms.trigger.value,
        "period": "P8Y",
        "maximum": None,
        "basis": "POLICY",
        "jurisdictions": ["US"],
        "disposition": "SHRED",
        "effective": LATER.isoformat(),
        "resolution": "2026-14",
        "counsel": None,
        "draw": "d1",
    }
    return acts.make(
        changing.ACT,
        subject=changing.subject(code),
        previous=previous,
        on=on,
        roster=roster,
        **{**plain, **data},
    )
