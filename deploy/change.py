"""What a ceremony changes in a roster: who comes and goes, whose key is another, how long it lasts.

Every change is a new roster that names the one before. Each function takes the newest roster and
the seed that signs, and returns the next one with the files that were made on the way and with the
sentences that the protocol has of it. Nothing is written here.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crypto import enrolment, roots, strict
from crypto.age import open_sealed
from crypto.cosignature import Signer
from crypto.enrolment import Enrolled, Request
from crypto.identity import Identity, read_identity_file
from crypto.roster import MAX_STATEMENT_KEYS, Roster
from crypto.signing import verify_key
from deploy.ceremony import (
    FIRST_LEDGER,
    Entropy,
    Paper,
    fields_of,
    line,
    next_roster,
    recovery_copy,
)
from deploy.committee import Seat
from deploy.errors import FingerprintDiffers, NotOfTheCommittee

Fields = dict[str, Any]


@dataclass(frozen=True)
class Root:
    """The newest roster, the seed of the key that signed it, the day, and what follows lasts."""

    roster: Roster
    seed: bytes = field(repr=False)
    today: date
    days: int | None = None

    def next(self, successor: bytes | None = None, **changes: object) -> Roster:
        """The next roster, with these fields replaced; successor is the seed of a new root key."""
        return next_roster(
            self.roster, self.seed, self.today, changes, days=self.days, successor=successor
        )


@dataclass(frozen=True)
class Change:
    """What a change made: the next roster, new files by where they go, and what was done."""

    roster: Roster
    done: tuple[str, ...]
    papers: tuple[Paper, ...] = ()


def read_aloud(request: Request, said: str) -> None:
    """Return if this is the fingerprint that the person read from their own screen.

    What is easily mistaken is forgiven as in a receipt code. Raises FingerprintDiffers: whoever
    carried the request, the console above all, may have put another key into it.
    """
    symbols = "".join(each for each in said.upper() if each.isalnum())
    symbols = symbols.translate(str.maketrans("OIL", "011"))
    if symbols != request.fingerprint.replace("-", ""):
        raise FingerprintDiffers(
            f"the request of {request.seat} is not the one whose fingerprint was read aloud",
            hint="somebody may have exchanged it: take in nothing, and ask the person again",
        )


def join(root: Root, enrolled: Enrolled, seat: Seat) -> Change:
    """A new reader, with the key of their request. Raises EnrolmentRejected.

    Who was listed without a key until now is listed no more.
    """
    fields = _checked(root, enrolled, seat.id)
    if root.roster.reader(seat.id) is not None:
        raise NotOfTheCommittee(f"{seat.id} has a seat already: their key is to be rotated")
    listed = [each for each in fields["listed"] if each["id"] != seat.id]
    readers = [*fields["readers"], _reader(vars(seat), enrolled.request)]
    made = root.next(readers=readers, listed=listed)
    done = f"{seat.name} ({seat.id}) joined as {seat.role}, {_key(enrolled.request)}"
    return Change(made, (done,), _copies(enrolled))


def leave(root: Root, person: str, *, stays_listed: bool = False) -> Change:
    """A roster without this reader or listed person; they may stay among those who are listed."""
    fields = fields_of(root.roster)
    gone = [each for each in [*fields["readers"], *fields["listed"]] if each["id"] == person]
    if not gone:
        raise NotOfTheCommittee(f"{person} is not on the roster")
    readers = [each for each in fields["readers"] if each["id"] != person]
    listed = [each for each in fields["listed"] if each["id"] != person]
    if stays_listed:
        listed.append({name: gone[0][name] for name in ("id", "title", "name")})
    done = f"{gone[0]['name']} ({person}) left"
    done += ", and can still be named as involved" if stays_listed else ""
    return Change(root.next(readers=readers, listed=listed), (done,))


def seat_again(root: Root, person: str, role: str) -> Change:
    """A reader with the same key and another role. A new chair takes the place of the one before,
    who is a member from then on."""
    fields = fields_of(root.roster)
    known = {each["id"]: each for each in fields["readers"]}
    if person not in known:
        raise NotOfTheCommittee(f"{person} has no seat")
    if role == "chair":
        for each in fields["readers"]:
            each["role"] = "member" if each["role"] == "chair" else each["role"]
    known[person]["role"] = role
    done = f"{known[person]['name']} ({person}) is {role} from now on"
    return Change(root.next(readers=fields["readers"]), (done,))


def extend(root: Root) -> Change:
    """The same people and keys for a later last day."""
    made = root.next()
    return Change(made, (f"the roster counts until {made.expires_on}",))


def rotate_reader(root: Root, enrolled: Enrolled) -> Change:
    """A reader with another key, that of their request. Raises EnrolmentRejected."""
    request = enrolled.request
    fields = _checked(root, enrolled, request.seat)
    if root.roster.reader(request.seat) is None:
        raise NotOfTheCommittee(f"{request.seat} has no seat yet: they are to join")
    readers = [
        _reader(each, request) if each["id"] == request.seat else each for each in fields["readers"]
    ]
    name = next(each["name"] for each in readers if each["id"] == request.seat)
    done = f"{name} ({request.seat}) has another key, {_key(request)}"
    return Change(root.next(readers=readers), (done,), _copies(enrolled))


def rotate_routing(root: Root, entropy: Entropy = os.urandom) -> Change:
    """Another routing identity. The collector needs the old one too, for what was sealed before."""
    new = Identity(entropy(32))
    made = root.next(routing=new.recipient.text)
    done = "the routing key was replaced"
    return Change(made, (done,), (Paper("review/routing.identity", line(new.text)),))


def rotate_statement(root: Root, entropy: Entropy = os.urandom) -> Change:
    """Another key for deposit statements; the old ones stay listed, the newest first."""
    seed = entropy(32)
    key = strict.to_b64(verify_key(seed))
    keys = [key, *fields_of(root.roster)["statement_keys"]][:MAX_STATEMENT_KEYS]
    made = root.next(statement_keys=keys)
    done = "intake has another statement key; the earlier ones stay listed"
    return Change(made, (done,), (Paper("intake/statement.key", line(strict.to_b64(seed))),))


def rotate_ledger(root: Root, entropy: Entropy = os.urandom) -> Change:
    """Another key of the ledger, and with it another origin, which continues the ledger before."""
    key = root.roster.ledger_key
    last = 0 if key is None else _number(key.name)
    name = FIRST_LEDGER.format(root.roster.installation).removesuffix("/1") + f"/{last + 1}"
    signer = Signer(name, entropy(32))
    made = root.next(ledger_key=signer.key.text)
    done = f"the ledger has another key and is called {name} from now on"
    return Change(made, (done,), (Paper("review/ledger.key", line(signer.private_text)),))


def rotate_root(root: Root, entropy: Entropy = os.urandom) -> Change:
    """Another root key, which the one before signs for, and which signs this roster itself."""
    seed, before = entropy(32), root.roster
    link = roots.replace(before.installation, root.seed, seed, before.epoch + 1, before.hash)
    line_of_keys = [*fields_of(before).get("roots", []), link]
    made = root.next(seed, roots=line_of_keys)
    papers = (
        Paper("root.pub", line(strict.to_b64(verify_key(seed)))),
        Paper("safe/root.key", line(strict.to_b64(seed))),
    )
    done = "the root key was replaced; the old one signed for the new, which signed this roster"
    return Change(made, (done, "every medium with the old root key is to be destroyed"), papers)


def rotate_recovery(
    root: Root, copies: Mapping[str, bytes], old: Identity, entropy: Entropy = os.urandom
) -> Change:
    """Another recovery identity, and every copy sealed to it. Raises what crypto.age raises.

    copies are those in the safe by the ids of readers, and every reader has one.
    """
    new = Identity(entropy(32))
    papers = [Paper("safe/recovery.identity", line(new.text))]
    for reader in root.roster.readers:
        if reader.id not in copies:
            raise NotOfTheCommittee(f"there is no recovery copy of {reader.id}")
        (own,) = read_identity_file(open_sealed(copies[reader.id], [old]))
        if own.recipient != reader.recipient:
            raise NotOfTheCommittee(f"the recovery copy of {reader.id} is of another key")
        papers.append(recovery_copy(reader.id, own, new.recipient))
    made = root.next(recovery=new.recipient.text)
    done = "the recovery key was replaced, and every recovery copy sealed to the new one"
    return Change(made, (done, "the old shares and copies are to be destroyed"), tuple(papers))


def _number(name: str) -> int:
    last = name.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdecimal() else 1


def _checked(root: Root, enrolled: Enrolled, seat: str) -> Fields:
    if enrolled.request.seat != seat:
        raise NotOfTheCommittee(f"the request is of {enrolled.request.seat} and not of {seat}")
    enrolment.check_fits(enrolled.request, root.roster)
    enrolment.check_copy(enrolled.request, enrolled.copy)
    return fields_of(root.roster)


def _reader(person: Mapping[str, str], request: Request) -> dict[str, str]:
    return {
        **{name: person[name] for name in ("id", "role", "title", "name")},
        "recipient": request.recipient.text,
        "verify_key": strict.to_b64(request.verify_key),
    }


def _key(request: Request) -> str:
    return f"with the key of the request {request.fingerprint}, as read aloud"


def _copies(enrolled: Enrolled) -> tuple[Paper, ...]:
    if enrolled.copy is None:
        return ()
    return (Paper(f"safe/recovery/{enrolled.request.seat}.age", enrolled.copy),)


def find(requests: Iterable[Enrolled], seat: str) -> Enrolled:
    """The request of this seat. Raises NotOfTheCommittee."""
    for each in requests:
        if each.request.seat == seat:
            return each
    raise NotOfTheCommittee(f"the file has no request of {seat}")


Rotation = Callable[[Root], Change]
OFFICES: Mapping[str, Rotation] = {
    "routing": rotate_routing,
    "statement": rotate_statement,
    "ledger": rotate_ledger,
    "root": rotate_root,
}
