"""What the pages say in the committee's own words, where two of it have agreed to some."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from intake.errors import IntakeError
from intake.web.parts import parts

LEAVE = "https://weather.gov/"
_LANGUAGE = "en"


@dataclass(frozen=True)
class Words:
    """What stands on a page; None where the program's own words stay."""

    name: str | None = None
    about: str | None = None
    emergency: str | None = None
    leave: str = LEAVE
    titles: Mapping[str, str] = field(default_factory=dict)


def own_words() -> Words:
    """The words for the page of this request, looked up once.

    Where there is no drop or no roster, a page that says so must still come: then there are none.
    """
    found: Words | None = g.get("own_words")
    if found is None:
        found = g.own_words = _words()
    return found


def _words() -> Words:
    here = parts()
    try:
        with here.reading() as connection:
            texts = here.texts.of(connection, _LANGUAGE)
    except (IntakeError, SQLAlchemyError, OSError):
        return Words()
    if texts is None:
        return Words()
    return Words(texts.name, texts.about, texts.emergency, texts.leave or LEAVE, dict(texts.titles))
