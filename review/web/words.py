"""What every template can say: who is asking, what day it is, and how ids and days are written."""

import datetime
import enum

from flask import Flask, g

from crypto.strict import to_b64
from review.casework import forms
from review.casework.codes import LABELS, RecordClass
from review.casework.course import STAGES, Stage
from review.charter_view.shelf import written
from review.store.logins import IDLE_SECONDS
from review.web import menu
from review.web.parts import Visitor, parts

_FEW = 4
# The class of the schedule that is for what is needed no more; no case is closed under it.
UNUSED = "RC-06"
# What the console's script says of coded values, in the order of its names.
_CODE_WORDS = {
    **{f"did-{forms.code(step)}": said for step, said in forms.DONE.items()},
    **{f"field-{name}": said for name, said in forms.LABELLED.items()},
    **{f"stage-{stage.value}": f"{said[0].upper()}{said[1:]}" for stage, said in STAGES.items()},
    **{f"code-{code.value}": said for code, said in LABELS.items()},
    "did-recuse": "Somebody left the case because of a conflict",
    "did-rekey": "The case got a new key",
    "did-share": "The case was shared",
    "did-record-concern": "A member recorded what they were told",
    "field-channel": "How it came",
    "field-came": "The day it came",
    "did-release": "The case may count in the numbers that everybody is told",
    "code-yes": "yes",
    "code-no": "no",
    "code-in": "yes",
    "code-out": "no",
    "code-OUTSIDE": "Somebody from outside",
}


def init_app(app: Flask) -> None:
    """Give templates their filters and the values of the frame."""
    app.add_template_filter(short_id)
    app.add_template_filter(written_day)
    app.add_template_filter(stage_name)
    app.add_template_filter(code_label)
    app.add_template_filter(class_label)
    app.context_processor(_frame)


def short_id(case_id: str) -> str:
    """The first eight symbols of a case id, for people to tell cases apart by."""
    return f"{case_id[:4]} {case_id[4:8]}"


def written_day(day: datetime.date) -> str:
    """A day as people write it, such as November 21, 2026."""
    return written(day)


def stage_name(stage: str) -> str:
    """Where a case stands, as a label: a capital, and the words of the course."""
    said = STAGES[Stage(stage)]
    return said[0].upper() + said[1:]


def code_label(code: enum.StrEnum) -> str:
    """What a coded value of a case means."""
    return LABELS[code]


def class_label(code: str) -> str:
    """What a record class is for; the one that no case gets by being closed has words here."""
    return "Needed no more" if code == UNUSED else LABELS[RecordClass(code)]


def _frame() -> dict[str, object]:
    here = parts()
    visitor: Visitor | None = g.get("visitor")
    frame: dict[str, object] = {"demo": here.settings.demo, "visitor": visitor}
    if visitor is not None:
        frame |= {
            "csrf": visitor.login.csrf,
            "code_words": _CODE_WORDS,
            **_menu(visitor),
            "today": here.today.isoformat(),
            "today_is": here.today,
            "root_key": to_b64(here.settings.root_key),
            "drill_key": to_b64(here.settings.drill_key or b""),
            "idle_minutes": IDLE_SECONDS // 60,
        }
    return frame


def _menu(visitor: Visitor) -> dict[str, tuple[menu.Entry, ...]]:
    # Who came by an invitation has one page. Who has few has them all in the first row.
    if visitor.is_invited:
        return {"menu_first": (), "menu_more": ()}
    first = menu.entries(visitor.role, menu.FIRST)
    more = menu.entries(visitor.role, menu.FIRST + menu.MORE)[len(first) :]
    if len(first) + len(more) <= _FEW:
        first, more = first + more, ()
    return {"menu_first": first, "menu_more": more}
