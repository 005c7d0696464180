"""Acts as members of the test committee sign them."""

import datetime

from crypto import act as act_format
from crypto.act import Act, Value
from review.acting import Sent
from tests import committee

SUBJECT = "texts/en"
ROSTER = committee.roster()


def make(
    name: str = "change-text",
    *,
    subject: str = SUBJECT,
    previous: str | None = None,
    on: datetime.date = committee.TODAY,
    roster: str = ROSTER.hash,
    installation: str = committee.INSTALLATION,
    **data: Value,
) -> Act:
    """An act about a subject, after another one of it."""
    return act_format.build(
        installation=installation,
        subject=subject,
        act=name,
        data=data,
        roster=roster,
        on=on,
        previous=previous,
    )


def sent(act: Act, by: str, key: str | None = None) -> Sent:
    """What the browser of this person sends; key is whose it signs with, if not their own."""
    made = act_format.sign(act, by, committee.signing_seed(key or by))
    return Sent(by, act.document, made.signature)
