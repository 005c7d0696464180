"""The pages of the charter's duties: each with its register, and a form for each next record.

A form goes to the server whole. It comes back with everything that was typed, what is wrong with
it and what would follow; nothing is recorded until a form without a mistake is sent to be.
"""

from datetime import date

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from review import charter_desk
from review.charter.book import Book
from review.charter.vocabulary import event_types
from review.charter_desk import RecordRefused
from review.charter_forms.blocks import blocks, ruled_out
from review.charter_forms.consequences import Consequences, consequences
from review.charter_forms.drafts import Draft, draft, typed
from review.charter_forms.duties import DECISIONS, DUTIES, ON_EVERY_DUTY, Duty
from review.charter_forms.form import form
from review.charter_forms.history import register
from review.charter_forms.known import Choices, Paper, described
from review.charter_forms.naming import named
from review.charter_view.coverage import coverage
from review.charter_view.duty import duty_line, duty_page
from review.charter_view.shelf import Shelf
from review.charter_view.wording import label, sentence
from review.errors import NotHere
from review.roles import Act
from review.store import documents
from review.store.database import reading, writing
from review.web.charter_book import begun_book, laid_out, own_charter, unbegun, undone
from review.web.guard import allowed
from review.web.parts import parts, visitor

routes = Blueprint("charter_duties", __name__)
PAGES = {duty.name: duty for duty in DUTIES}
FORMS = {**PAGES, DECISIONS.name: DECISIONS}
_FRAME = ("type", "event_date", "supersedes")


@routes.get("/charter/duties")
@allowed(Act.SEE_CHARTER)
def listed() -> str:
    """The duties, and the first steps until they are taken."""
    book = begun_book()
    if book is None:
        return unbegun("duties")
    desk = laid_out(book)
    whole = coverage(desk.charter, desk.found, desk.shelf)
    lines = [(duty, duty_line(duty.name, whole, duty.clauses)) for duty in DUTIES]
    return render_template("charter/duties.html", lines=lines, steps=undone(book))


@routes.get("/charter/duties/<name>")
@allowed(Act.SEE_CHARTER)
def page(name: str) -> str:
    """A duty's register, and what can be recorded next."""
    duty, book = _duty(name), begun_book()
    if book is None:
        return unbegun("duties")
    desk = laid_out(book)
    return render_template(
        "charter/duty.html",
        duty=duty,
        desk=desk,
        page=duty_page(desk.charter, desk.found, desk.shelf, duty.clauses),
        lines=register(book, duty, desk.shelf),
        kinds=[(kind, label(kind), sentence(event_types()[kind].says)) for kind in _kinds(duty)],
        recorded=desk.shelf.records.get(request.args.get("recorded", "")),
    )


@routes.get("/charter/decisions/<kind>", defaults={"name": DECISIONS.name})
@routes.get("/charter/duties/<name>/<kind>")
@allowed(Act.RECORD_CHARTER)
def blank(name: str, kind: str) -> str:
    """An empty form; with ?supersedes=ID it begins as the record that it corrects."""
    duty, book = _place(name, kind)
    old = request.args.get("supersedes", "")
    if kind == "setting_changed" and not old:
        return _form(duty, kind, book, draft(kind, request.args.to_dict(flat=False)))
    return _form(duty, kind, book, _begun_from(book, kind, old))


@routes.post("/charter/decisions/<kind>", defaults={"name": DECISIONS.name})
@routes.post("/charter/duties/<name>/<kind>")
@allowed(Act.RECORD_CHARTER)
def filled(name: str, kind: str) -> AnyResponse:
    """Check the form, or record it if that was asked for and nothing stands against it."""
    duty, book = _place(name, kind)
    one = described(named(draft(kind, request.form.to_dict(flat=False)), book), _papers())
    told = consequences(own_charter(), book, [one], parts().today)
    asked = request.form.get("do", "check")
    held = blocks(one, told.after) if asked != "record-anyway" else ()
    if asked == "check" or told.problems or held:
        status = 400 if told.problems else 409 if held and asked == "record" else 200
        return _answer(_form(duty, kind, book, one, told), status)
    try:
        recorded = _record(one)
    except RecordRefused as refused:
        # Somebody else recorded something between the check and now.
        told = Consequences(problems=refused.problems)
        return _answer(_form(duty, kind, book, one, told), 409)
    return redirect(f"{duty.path}?recorded={recorded}", 303)


def _record(one: Draft) -> str:
    """Record a draft without a problem, whose day is therefore a day, and return its id."""
    fields = {name: value for name, value in one.items() if name not in _FRAME}
    old = one.get("supersedes")
    ready = charter_desk.Draft(
        str(one["type"]),
        date.fromisoformat(str(one["event_date"])),
        fields,
        old if isinstance(old, str) else None,
    )
    with writing(parts().book) as connection:
        (made,) = charter_desk.record(
            connection, own_charter(), [ready], visitor().person.id, parts().today
        )
    return made


def _form(
    duty: Duty, kind: str, book: Book, one: Draft, checked: Consequences | None = None
) -> str:
    told = checked or Consequences()
    after = told.book or book
    held = blocks(one, told.after)
    return render_template(
        "charter/form.html",
        duty=duty,
        form=form(kind, Choices(book, _papers()), typed(one), told.problems),
        told=checked,
        held=held,
        ruled_out=ruled_out(after, (*told.appear, *held)),
        shelf=Shelf(after),
    )


def _papers() -> list[Paper]:
    """The documents that are kept here, to be named as evidence."""
    with reading(parts().book) as connection:
        found = documents.listed(connection)
    return [Paper(one.sha256, one.name, one.mime, one.stored) for one in found]


def _answer(text: str, status: int) -> Response:
    return Response(text, status, content_type="text/html; charset=utf-8")


def _begun_from(book: Book, kind: str, old: str) -> Draft:
    """The draft that corrects a record of this type, or withdraws one of any; else an empty one."""
    found = next((event for event in book.events if event.id == old), None)
    if found is None:
        return {}
    if kind == "record_withdrawn":
        return {"supersedes": old}
    frame = ("id", "recorded_at", "recorded_by", "supersedes")
    own = {name: value for name, value in found.fields.items() if name not in frame}
    return {**own, "supersedes": old} if found.type == kind else {}


def _duty(name: str) -> Duty:
    if name not in PAGES:
        raise NotHere("there is no such duty")
    return PAGES[name]


def _kinds(duty: Duty) -> tuple[str, ...]:
    return (*duty.types, *ON_EVERY_DUTY)


def _place(name: str, kind: str) -> tuple[Duty, Book]:
    """The duty and the book. Raises NotHere, also while there is no book to record in."""
    duty, book = FORMS.get(name), begun_book()
    if duty is None or book is None or kind not in _kinds(duty):
        raise NotHere("there is no such form")
    return duty, book
