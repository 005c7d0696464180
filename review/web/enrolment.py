"""The pages "Make my key" and "People and keys", and what a browser keeps here of a key it made.

Everything that comes is sealed or public. What a person types or reads on the first page, the
passphrase above all, stays in their browser.
"""

import json

from flask import Blueprint, Response, render_template, request

from review import enrolment, key_standing
from review.enrolment import LARGEST, Offer, PasskeyFile
from review.errors import MalformedForm, NotHere
from review.roles import Act, Role
from review.store import keys
from review.store.database import reading, writing
from review.store.keys import FORMER, PASSKEY, KeyFile
from review.web.guard import allowed
from review.web.pages import fewer_than_two, octets
from review.web.parts import parts, visitor

routes = Blueprint("enrolment", __name__)


@routes.get("/me/key")
@allowed(Act.SEE_OWN_KEY)
def make() -> str:
    """The page on which a person makes a key, and sees whether one of theirs waits."""
    who = visitor()
    with reading(parts().book) as connection:
        waiting = keys.of_person(connection, who.person.id)
    return render_template(
        "make-key.html",
        waiting=waiting,
        current=waiting is not None and enrolment.fits(waiting, who.roster),
        reader=who.roster.reader(who.person.id),
        investigates=who.role is Role.INVESTIGATOR,
    )


@routes.post("/me/key")
@allowed(Act.MAKE_KEY)
def offer() -> Response:
    """Keep the request and the sealed files of a key that was just made."""
    made = Offer(
        request=_part("request"),
        identity=_part("identity"),
        recovery=_part("recovery") if "recovery" in request.files else None,
        former=_part("former") if "former" in request.files else None,
    )
    here, who = parts(), visitor()
    with writing(here.book) as connection:
        enrolment.offer(connection, who.roster, who.person.id, made, here.today)
    return Response(status=204)


@routes.post("/me/key/passkeys")
@allowed(Act.MAKE_KEY)
def passkey() -> Response:
    """Keep a file that opens the person's key by a passkey."""
    made = PasskeyFile(
        key=request.form.get("key", ""),
        passkey=request.form.get("passkey", ""),
        sealed=_part("sealed"),
    )
    here, who = parts(), visitor()
    with writing(here.book) as connection:
        enrolment.add_passkey(connection, who.roster, who.person.id, made, here.today)
    return Response(status=204)


@routes.get("/me/key/passkeys")
@allowed(Act.FETCH_IDENTITY)
def passkeys() -> Response:
    """Which passkeys open the visitor's key, the newest first."""
    lines = [{"n": each.n, "passkey": each.passkey} for each in reversed(_own(PASSKEY))]
    return Response(json.dumps({"passkeys": lines}), content_type="application/json")


@routes.get("/me/key/passkeys/<int(max=99):n>")
@allowed(Act.FETCH_IDENTITY)
def by_passkey(n: int) -> Response:
    """The visitor's own identity, sealed to a passkey of theirs."""
    return _file(PASSKEY, n)


@routes.get("/me/key/former")
@allowed(Act.FETCH_IDENTITY)
def former() -> Response:
    """The keys that the visitor had before, sealed to the one they have; nothing for most."""
    found = _own(FORMER)
    return octets(found[0].sealed, "former.age") if found else Response(status=204)


@routes.get("/people")
@allowed(Act.SEE_PEOPLE)
def people() -> str:
    """Who reads, with which key, and what has to be seen to."""
    here, who = parts(), visitor()
    with reading(here.book) as connection:
        seen = key_standing.of_the_committee(connection, who.roster, here.today)
        few = fewer_than_two(connection)
    return render_template("people.html", seen=seen, roster=who.roster, few=few)


def _file(kind: str, n: int) -> Response:
    found = [each for each in _own(kind) if each.n == n]
    if not found:
        raise NotHere("no such file of this person's key")
    return octets(found[0].sealed, "identity.age")


def _own(kind: str) -> list[KeyFile]:
    who = visitor()
    with reading(parts().book) as connection:
        key = enrolment.own_key(connection, who.roster, who.person.id)
        return [] if key is None else keys.files(connection, who.person.id, key, kind)


def _part(name: str) -> bytes:
    part = request.files.get(name)
    content = b"" if part is None else part.stream.read(LARGEST + 1)
    if not content or len(content) > LARGEST:
        raise MalformedForm(f"{name} is missing or too large")
    return content
