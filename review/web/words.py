"""What every template can say: who is asking, what day it is, and how ids and days are written."""

import datetime

from flask import Flask, g

from crypto.strict import to_b64
from review.charter_view.shelf import written
from review.store.logins import IDLE_SECONDS
from review.web.parts import Visitor, parts


def init_app(app: Flask) -> None:
    """Give templates their filters and the values of the frame."""
    app.add_template_filter(short_id)
    app.add_template_filter(written_day)
    app.context_processor(_frame)


def short_id(case_id: str) -> str:
    """The first eight symbols of a case id, for people to tell cases apart by."""
    return f"{case_id[:4]} {case_id[4:8]}"


def written_day(day: datetime.date) -> str:
    """A day as people write it, such as November 21, 2026."""
    return written(day)


def _frame() -> dict[str, object]:
    here = parts()
    visitor: Visitor | None = g.get("visitor")
    frame: dict[str, object] = {"demo": here.settings.demo, "visitor": visitor}
    if visitor is not None:
        frame |= {
            "csrf": visitor.login.csrf,
            "today": here.today.isoformat(),
            "root_key": to_b64(here.settings.root_key),
            "idle_minutes": IDLE_SECONDS // 60,
        }
    return frame
