"""Who may read a case from now on: recusals, later keys, shares, releases.

Each is an act that people sign in their browsers, and is taken whole in the caller's one
transaction. A person who is out of a case is shown nothing of it from that moment; the committee
adds nothing to it until the others have given it a key that the person does not have
(docs/decisions/0126). What somebody could read before cannot be unseen.
"""

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from crypto import age, keying, sharing
from crypto.act import Act
from crypto.case import choose_readers
from crypto.errors import CryptoError, Malformed, TooFewReaders
from crypto.keying import Keying
from crypto.recipient import SEED_SIZE, Recipient
from crypto.roster import Roster
from crypto.sharing import SHARE
from review import acting, investigators
from review.acting import Outcome, Sent, Signer
from review.casework import parties
from review.casework.deadlines import ClockSettings
from review.errors import ActRefused, MalformedForm, NeedsKey, NotHere
from review.holders import Holding, holding
from review.store import acts, entries, envelopes, inbox
from review.store import generations as store
from review.store.cases import Case
from review.store.generations import CaseKey, Offered, Recusal, Share
from review.store.shred import RowKey

RECUSE, RELEASE = "recuse", "release"
ACTS = (RECUSE, keying.REKEY, SHARE, RELEASE)
_TWO = "One more of those who read this case has to sign."


@dataclass(frozen=True)
class Taken:
    """Where an act about a case arrives: under which roster, on which day, with which row key."""

    connection: Connection
    key: RowKey = field(repr=False)
    roster: Roster
    case: Case
    today: datetime.date
    clocks: ClockSettings

    @property
    def holding(self) -> Holding:
        """Who holds the case as it stands."""
        return holding(self.connection, self.case, self.roster)

    def sign(self, sent: Sent, rule: acting.Rule) -> Outcome:
        """Keep the signature, by the rule and about this case. Raises MalformedForm elsewhere."""
        if acting.parse(sent.document).subject != self.case.id:
            raise MalformedForm("the act is about something else")
        return acting.sign(self.connection, self.roster, sent, self.today, rule)

    def record(self, kind: str, by: str, digest: str | None, data: Mapping[str, str | int]) -> None:
        """Write the entry that tells of it."""
        entry = entries.Entry(
            type=kind, on=self.today, case_id=self.case.id, by=by, digest=digest, data=dict(data)
        )
        entries.record(self.connection, entry)


def check_key(connection: Connection, case: Case, roster: Roster) -> None:
    """Return if the committee may add to the case. Raises NeedsKey while somebody out holds it."""
    if holding(connection, case, roster).is_blocked:
        raise NeedsKey("somebody who is out of the case holds its newest key")


def recuse(taken: Taken, sent: Sent) -> Outcome:
    """Take a person out of the case: by their own signature, or by those of two others.

    Raises NotHere if the person is none of its readers, and what acting.sign raises.
    """
    held = taken.holding

    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        person = _person(act)
        by = _who_read(held, signers)
        if person not in held.shown:
            raise NotHere("nobody of that name reads the case")
        return None if parties.may_force_recusal(by, person, held.out) else _TWO

    outcome = taken.sign(sent, rule)
    if outcome.is_done:
        _leave(taken, outcome.act, sent.by, held)
    return outcome


def _leave(taken: Taken, act: Act, by: str, held: Holding) -> None:
    connection, case_id, person = taken.connection, taken.case.id, _person(act)
    recusal = Recusal(person, taken.case.generation, taken.today)
    store.add_recusal(connection, case_id, recusal, act.hash)
    # Who takes their place is shown the case at once, to sign for the key that will open it.
    after = (held.shown | _next_readers(taken, [*held.out, person])) - {person}
    store.set_readers(connection, case_id, after)
    store.withdraw_offers(connection, case_id)
    taken.record("case.recused", by, None, {"person": person, "act": act.hash})
    inbox.refresh(connection, case_id, taken.clocks)


def _next_readers(taken: Taken, out: Iterable[str]) -> frozenset[str]:
    """To whom a new key would be granted; nobody where too few are left."""
    named = [person for person in out if person in taken.roster.ids]
    try:
        return frozenset(each.id for each in choose_readers(taken.roster, named))
    except TooFewReaders:
        return frozenset()


def rekey(taken: Taken, sent: Sent, made: Offered | None) -> Outcome:
    """Give the case a new key: the first signature brings grant and link, the second completes it.

    Raises ActRefused where another key has come meanwhile or the readers are not those whom the
    rules give, MalformedForm for files that are not the ones signed, and what acting.sign raises.
    """
    held = taken.holding
    act = acting.parse(sent.document)
    change = _change(act)
    _check_next(taken, change, held)

    def rule(_act: Act, signers: tuple[Signer, ...]) -> str | None:
        by = _who_read(held, signers)
        if not by <= set(change.readers):
            raise MalformedForm("somebody signs who would not read")
        return None if len(by) >= keying.LEAST_SIGNERS else _TWO

    files = made or store.offered(taken.connection, taken.key, taken.case.id, act.hash)
    if files is None:
        raise MalformedForm("the grant and the link are missing")
    _check_files(taken.roster, change, files)
    outcome = taken.sign(sent, rule)
    if outcome.is_done:
        _replace(taken, outcome.act, sent.by, change, files)
    elif made is not None:
        store.offer(taken.connection, taken.key, taken.case.id, act.hash, made)
    return outcome


def _change(act: Act) -> keying.Change:
    try:
        return keying.change_in(act)
    except Malformed as refused:
        raise MalformedForm(f"not an act that gives a key: {refused}") from None


def _check_next(taken: Taken, change: keying.Change, held: Holding) -> None:
    case = taken.case
    before = hashlib.sha256(case.recipient.encode("ascii")).hexdigest()
    if (change.generation, change.before) != (case.generation + 1, before):
        raise ActRefused("the case has another key by now")
    if frozenset(change.readers) != _next_readers(taken, held.out):
        raise ActRefused("these are not the people who may read the case from now on")


def _check_files(roster: Roster, change: keying.Change, files: Offered) -> None:
    """Return if these are the files that the act names. Raises MalformedForm."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.files.items()}
    recipient = hashlib.sha256(files.recipient.encode("utf-8")).hexdigest()
    if digests != {"grant": change.grant, "link": change.link} or recipient != change.recipient:
        raise MalformedForm("these are not the files that were signed")
    try:
        Recipient.parse(files.recipient)
        age.check_shape(files.files["grant"], stanzas=roster.slots, plaintext_sizes=[SEED_SIZE])
        age.check_shape(files.files["link"], stanzas=1, plaintext_sizes=[SEED_SIZE])
    except CryptoError:
        raise MalformedForm("these are not a grant and a link") from None


def _replace(taken: Taken, act: Act, by: str, change: keying.Change, files: Offered) -> None:
    connection, case_id = taken.connection, taken.case.id
    signed = acts.find(connection, act.hash)
    if signed is None:
        raise NotHere("no such act")
    document = Keying(Recipient.parse(files.recipient), act, signed.signatures).to_bytes()
    made = CaseKey(change.generation, files.recipient, act.hash, taken.today)
    grant = files.files["grant"]
    store.add_key(connection, taken.key, case_id, made, files.files["link"], document)
    envelopes.add_grant(connection, taken.key, case_id, change.generation, grant)
    # Shares end with the generation: whoever is to go on reading is granted the new one.
    store.set_readers(connection, case_id, change.readers)
    store.withdraw_offers(connection, case_id)
    told: dict[str, str | int] = {"generation": change.generation, "act": act.hash}
    taken.record("case.keyed", by, change.grant, told | {"recipient": change.recipient})
    inbox.refresh(connection, case_id, taken.clocks)


def share(taken: Taken, sent: Sent, made: Offered | None) -> Outcome:
    """Share the newest generation with an investigator, under the key they made; two sign.

    Raises NeedsKey while somebody out holds the newest key, ActRefused for somebody who is out of
    the case, has no such key, or for another generation, MalformedForm for other files than were
    signed, and what acting.sign raises.
    """
    held = taken.holding
    if held.is_blocked:
        raise NeedsKey("somebody who is out of the case holds its newest key")
    act = acting.parse(sent.document)
    wanted = _share_in(act)
    _check_share(taken, wanted, held)

    def rule(_act: Act, signers: tuple[Signer, ...]) -> str | None:
        return None if len(_who_read(held, signers)) >= keying.LEAST_SIGNERS else _TWO

    files = made or store.offered(taken.connection, taken.key, taken.case.id, act.hash)
    files = _checked_share(taken.roster, files, wanted)
    outcome = taken.sign(sent, rule)
    if not outcome.is_done:
        if made is not None:
            store.offer(taken.connection, taken.key, taken.case.id, act.hash, made)
        return outcome
    _keep_share(taken, outcome.act, sent.by, wanted, files)
    return outcome


def _keep_share(taken: Taken, act: Act, by: str, wanted: sharing.Share, files: Offered) -> None:
    person, generation, key = wanted.person, wanted.generation, wanted.verify_key.hex()
    done = Share(person, generation, files.recipient, key, act.hash, taken.today)
    store.add_share(taken.connection, taken.key, taken.case.id, done, files.files["grant"])
    shown = store.readers_of(taken.connection, taken.case.id)
    store.set_readers(taken.connection, taken.case.id, shown | {person})
    store.withdraw_offers(taken.connection, taken.case.id)
    told: dict[str, str | int] = {"person": person, "generation": generation, "act": act.hash}
    taken.record("case.shared", by, wanted.grant, told)
    inbox.refresh(taken.connection, taken.case.id, taken.clocks)


def _checked_share(roster: Roster, files: Offered | None, wanted: sharing.Share) -> Offered:
    """What is brought for a share, if it is what the act names. Raises MalformedForm."""
    if files is None or list(files.files) != ["grant"]:
        raise MalformedForm("the grant is missing")
    content = files.files["grant"]
    named = hashlib.sha256(files.recipient.encode("utf-8")).hexdigest()
    if (hashlib.sha256(content).hexdigest(), named) != (wanted.grant, wanted.recipient):
        raise MalformedForm("these are not the files that were signed")
    try:
        Recipient.parse(files.recipient)
        age.check_shape(content, stanzas=roster.slots, plaintext_sizes=[SEED_SIZE])
    except CryptoError:
        raise MalformedForm("this is not a grant") from None
    return files


def _share_in(act: Act) -> sharing.Share:
    try:
        return sharing.share_in(act)
    except Malformed as refused:
        raise MalformedForm(f"not an act that shares a case: {refused}") from None


def _check_share(taken: Taken, wanted: sharing.Share, held: Holding) -> None:
    """Return if the case may be shared so. Raises ActRefused.

    Whether the key is the person's is for the two who sign: they have heard its fingerprint.
    """
    if wanted.generation != taken.case.generation:
        raise ActRefused("the case has another key by now")
    if wanted.person in held.out or wanted.person in held.shown:
        raise ActRefused("the case cannot be shared with this person")
    made = investigators.key_of(taken.connection, taken.roster, wanted.person)
    if made is None:
        raise ActRefused("this person has no key, or is nobody a case is shared with")
    if (made.recipient_hash, made.verify_key) != (wanted.recipient, wanted.verify_key):
        raise ActRefused("this person has another key by now")


def release(taken: Taken, sent: Sent) -> Outcome:
    """Let the case into the numbers that everybody is told, although somebody is left out of it."""
    held = taken.holding

    def rule(act: Act, signers: tuple[Signer, ...]) -> str | None:
        if act.act != RELEASE or act.data:
            raise MalformedForm("not an act that releases a case")
        return None if len(_who_read(held, signers)) >= keying.LEAST_SIGNERS else _TWO

    if store.is_released(taken.connection, taken.case.id):
        raise ActRefused("the case is released already")
    outcome = taken.sign(sent, rule)
    if outcome.is_done:
        store.release(taken.connection, taken.case.id, outcome.act.hash, taken.today)
        taken.record("case.released", sent.by, None, {"act": outcome.act.hash})
    return outcome


def _person(act: Act) -> str:
    person = act.data.get("person")
    if act.act != RECUSE or len(act.data) != 1 or not isinstance(person, str):
        raise MalformedForm("not an act that takes somebody out of a case")
    return person


def _who_read(held: Holding, signers: tuple[Signer, ...]) -> frozenset[str]:
    """Those who signed. Raises NotHere unless each is a reader of the case.

    Whoever it is only shared with decides nothing of who reads it.
    """
    by = frozenset(signer.person for signer in signers)
    if not by <= held.shown - held.out - held.shared:
        raise NotHere("no such case for somebody who signed")
    return by
