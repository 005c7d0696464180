"""Concerns that came by letter, by telephone or in person, as a member records them.

The member's browser has done all that a submitter's does: it drew the case's key and a receipt
code, sealed the words and the grant, and forgot the key. What arrives here cannot be opened. It is
checked for its shape and for the act that the member signed, and put down for the next collection,
which makes the case: only the collector reads whom the routing excludes, and may make cases.
"""

import datetime
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import act as act_format
from crypto import age, padding, strict
from crypto import case as case_format
from crypto.act import Act, Signature
from crypto.document import is_hash
from crypto.errors import CryptoError, InvalidSignature, Malformed
from crypto.recipient import Recipient
from crypto.roster import Roster
from review import acting
from review.casework import recorded
from review.errors import ActMoved, MalformedForm
from review.roles import Act as Deed
from review.roles import Role, may
from review.store import cases, concerns, envelopes, rosters
from review.store.concerns import Concern

# What is signed around midnight is of the day before.
_SLACK = datetime.timedelta(days=1)
_SEED_SIZE = 32
_ID_SIZE = 16


@dataclass(frozen=True)
class Sent:
    """A concern as it was sent, with the key by which its mailbox record is to be checked."""

    concern: Concern
    submitter_key: bytes = field(repr=False)


def record(connection: Connection, roster: Roster, sent: Sent, today: datetime.date) -> None:
    """Put a concern down for the next collection; the same one again changes nothing.

    Raises MalformedForm, or ActMoved for another roster than the one in force or a case that is
    there already.
    """
    concern = sent.concern
    _check_id(concern.id)
    if _is_known(connection, concern.id):
        return
    act = acting.parse(concern.act)
    if (act.roster, act.installation) != (roster.hash, roster.installation):
        raise ActMoved("the act names another roster than the one in force")
    if not today - _SLACK <= act.on <= today:
        raise MalformedForm("the act is of another day")
    _check_day(connection, recorded.read(act.act, act.data, act.on, act.previous))
    _check_signer(roster, concern, act)
    _check_sealed(roster, sent, act)
    if cases.case_by_id(connection, act.subject) is not None:
        raise ActMoved("there is such a case")
    concerns.add(connection, concern)


def _check_id(concern_id: str) -> None:
    try:
        strict.hex_bytes(concern_id, _ID_SIZE)
    except Malformed:
        raise MalformedForm("the id is not one") from None


def _is_known(connection: Connection, concern_id: str) -> bool:
    waits = concerns.is_waiting(connection, concern_id)
    return waits or envelopes.has_deposit(connection, concern_id)


def _check_day(connection: Connection, found: recorded.Recorded) -> None:
    first = rosters.first_day(connection)
    if first is None or found.came < first:
        raise MalformedForm("the concern came before there was a committee here")


def _check_signer(roster: Roster, concern: Concern, act: Act) -> None:
    try:
        people = act_format.check_all(act, [Signature(concern.by, concern.signature)], roster)
    except InvalidSignature as refused:
        raise MalformedForm(f"the signature does not hold: {refused}") from None
    roles = [Role(each.role) for each in roster.readers if each.id in people]
    if not roles or not all(may(role, Deed.RECORD_CONCERN) for role in roles):
        raise MalformedForm("the role records no concerns")


def _check_sealed(roster: Roster, sent: Sent, act: Act) -> None:
    """Return if all of it has the shape that a submission's has, and belongs to one case."""
    concern = sent.concern
    try:
        recipient = Recipient.parse(concern.case_recipient)
        Recipient.parse(concern.mailbox)
        age.check_shape(concern.envelope, stanzas=1, plaintext_sizes=padding.MESSAGE_STEPS)
        age.check_shape(concern.grant, stanzas=roster.slots, plaintext_sizes=[_SEED_SIZE])
        age.check_shape(concern.routing, stanzas=1, plaintext_sizes=[padding.ROUTING_SIZE])
        record = case_format.MailboxRecord(
            installation=roster.installation,
            mailbox=concern.mailbox_id,
            case=recipient.text,
            generation=1,
            signature=concern.case_signature,
        )
        case_format.check_mailbox(record, sent.submitter_key)
    except CryptoError as refused:
        raise MalformedForm(f"not sealed as a concern is: {refused}") from None
    if not is_hash(concern.mailbox_id) or act.subject != case_format.case_id(recipient.text):
        raise MalformedForm("the act is of another case")
