"""My sign-ins: everybody's own passkeys, one-time codes, password, and where they are signed in."""

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import one_time, own_means, passkeys
from review.challenges import ADD
from review.errors import MeansRefused, TooManyTries, WrongSignIn
from review.roles import Act
from review.store import codes, logins
from review.store import passkeys as passkey_store
from review.store.database import reading, writing
from review.web import cookies
from review.web.confirming import as_json
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("own_sign_ins", __name__)

HERE = "/me/sign-ins"
_SENTENCES = {
    "last": "This is your last way in, so it stays. Make another passkey first.",
    "many": "Ten passkeys are as many as somebody can have. Remove one first.",
    "known": "This is set up already. Remove it first.",
    "name": "A name is one line of at most 64 signs.",
    "code": "That is not the code for now. Look at the clock of your device, and begin anew.",
    "off": "This way to sign in is switched off here.",
    "short": "Choose a password of twelve signs or more, and of 256 at most.",
    "guessable": "Somebody would try that password early. Choose four or more words at random.",
    "differs": "The two passwords are not the same. Nothing was changed.",
    "gone": "It was not there any more. Nothing was changed.",
    "busy": "Others are signing in at this moment. Try again in a few seconds.",
}


@routes.get(HERE)
@allowed(Act.SEE_OWN_SIGN_INS)
def page() -> str:
    """What the visitor signs in with, and where they are signed in."""
    return _page()


@routes.post("/me/passkeys/challenge")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def challenge() -> Response:
    """What the browser asks an authenticator for a new passkey."""
    door, who = parts().door(), visitor()
    with reading(parts().book) as connection:
        known = passkey_store.of_person(connection, who.person.id)
    asked = door.challenge(ADD, who.login.token_hash)
    person = who.person.id, who.person.username, who.person.name
    # Who was invited has lost the ones before: the same device may make another.
    known = [] if who.is_invited else known
    return as_json(passkeys.wanted_to_add(door.party(who.roster), person, asked, known))


@routes.post("/me/passkeys")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def add() -> Response:
    """Keep a new passkey."""
    who, given = visitor(), (request.form.get("name", ""), request.form.get("credential", ""))
    try:
        token = own_means.add_passkey(parts().door(), who.roster, who.person, who.login, given)
    except WrongSignIn:
        return as_json({"reason": "passkey-not-taken"}, 409)
    except MeansRefused as refused:
        return as_json({"reason": f"means-{refused.reason}"}, 409)
    answer = Response(status=204)
    if token is not None:
        cookies.give(answer, token)
    return answer


@routes.post("/me/passkeys/<passkey_id>/name")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def rename(passkey_id: str) -> AnyResponse:
    """Give a passkey another name."""
    try:
        with writing(parts().book) as connection:
            own_means.rename_passkey(
                connection, visitor().person, passkey_id, request.form.get("name", "")
            )
    except MeansRefused as refused:
        return _again(refused.reason)
    return redirect(HERE, 303)


@routes.post("/me/passkeys/<passkey_id>/remove")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def remove(passkey_id: str) -> AnyResponse:
    """Take a passkey away."""
    who = visitor()
    try:
        own_means.remove_passkey(parts().door(), who.person, who.login, passkey_id)
    except MeansRefused as refused:
        return _again(refused.reason)
    return redirect(HERE, 303)


@routes.post("/me/code")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def draw_code() -> AnyResponse:
    """Show, this once, what the visitor's one-time codes will be made from."""
    who = visitor()
    try:
        secret = own_means.draw_secret(parts().door(), who.roster, who.person, who.login)
    except MeansRefused as refused:
        return _again(refused.reason)
    shown = one_time.spelled(secret)
    address = one_time.address(secret, who.person.username, who.roster.committee)
    return _html(_page(secret=shown, address=address), 200)


@routes.post("/me/code/confirm")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def confirm_code() -> AnyResponse:
    """Let one-time codes count, by the first of them."""
    who, code = visitor(), request.form.get("code", "")
    try:
        own_means.confirm_code(parts().door(), who.roster, who.person, who.login, code)
    except MeansRefused as refused:
        return _again(refused.reason)
    return redirect(HERE, 303)


@routes.post("/me/code/remove")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def remove_code() -> AnyResponse:
    """Take the one-time codes away."""
    who = visitor()
    try:
        own_means.remove_code(parts().door(), who.person, who.login)
    except MeansRefused as refused:
        return _again(refused.reason)
    return redirect(HERE, 303)


@routes.post("/me/password")
@allowed(Act.CHANGE_OWN_SIGN_INS)
def set_password() -> AnyResponse:
    """Give oneself another password."""
    here, who = parts(), visitor()
    given = request.form.get("password", ""), request.form.get("again", "")
    try:
        own_means.set_password(here.door(), who.person, who.login, given, here.strength)
    except MeansRefused as refused:
        return _again(refused.reason)
    except TooManyTries:
        return _again("busy", 429)
    return redirect(HERE, 303)


@routes.post("/me/logins/end")
@allowed(Act.SEE_OWN_SIGN_INS)
def end_login() -> AnyResponse:
    """End one other login of the visitor's, or all others. Nobody waits for that."""
    who, named = visitor(), request.form.get("login", "")
    with writing(parts().book) as connection:
        if named == "others":
            logins.end_others(connection, who.login)
        for each in logins.of_person(connection, who.person.id, parts().now()):
            if each.id == named and each.token_hash != who.login.token_hash:
                logins.end_one(connection, each)
    return redirect(HERE, 303)


def _page(problem: str = "", secret: str = "", address: str = "") -> str:
    here, who = parts(), visitor()
    with reading(here.book) as connection:
        known = passkey_store.of_person(connection, who.person.id)
        open_logins = logins.of_person(connection, who.person.id, here.now())
        code = codes.of_person(connection, who.person.id)
    names = {each.id: each.name for each in known}
    return render_template(
        "own-sign-ins.html",
        settings=here.settings,
        problem=problem,
        problem_sentence=_SENTENCES.get(problem, ""),
        secret=secret,
        address=address,
        passkeys=known,
        has_code=code is not None and code.confirmed,
        has_password=who.person.password_hash is not None,
        logins=[
            {
                "id": each.id,
                "here": each.token_hash == who.login.token_hash,
                "means": each.means,
                "passkey": names.get(each.passkey or ""),
                "minutes": max(0, int(here.now().timestamp()) - each.started_at) // 60,
            }
            for each in open_logins
        ],
    )


def _again(problem: str, status: int = 409) -> Response:
    return _html(_page(problem), status)


def _html(page: str, status: int) -> Response:
    return Response(page, status, content_type="text/html; charset=utf-8")
