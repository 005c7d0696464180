"""Replies in plain words, to begin a letter with: data, and what fills them.

Pure. Every reply ends with the sentence that a submitter may go to the SEC at any time, so that no
letter can be begun without it.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from review.casework.course import Step
from review.workdays import days_after

FILE = Path(__file__).with_name("replies.toml")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
# The replies that wait for the submitter, and not for the committee.
_WAITING = frozenset({Step.ASK, Step.CHECK_RETALIATION})


@dataclass(frozen=True)
class Template:
    """A reply to begin with: for which step, and its words, in which {by} is a date."""

    id: str
    title: str
    step: Step
    text: str

    @property
    def needs_day(self) -> bool:
        """Whether it names a day."""
        return "{by}" in self.text

    def written(self, by: date | None) -> str:
        """The reply with its day; ValueError if it names one and none is given."""
        if self.needs_day and by is None:
            raise ValueError(f"the reply {self.id} names a day")
        return self.text.replace("{by}", plain_day(by)) if by else self.text


@cache
def templates() -> tuple[Template, ...]:
    """Every reply, in the order of a case."""
    document = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Template(
            row["id"],
            row["title"],
            Step(row["step"]),
            f"{row['text'].strip()}\n\n{document['freedom']}",
        )
        for row in document["replies"]
    )


def replies_for(step: Step) -> tuple[Template, ...]:
    """The replies that go with a step."""
    return tuple(one for one in templates() if one.step is step)


def plain_day(day: date) -> str:
    """A day as the pages write it, the same everywhere: March 7, 2027."""
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def beginnings(
    today: date, feedback: date | None, answer_days: int
) -> tuple[tuple[Template, str], ...]:
    """Every reply with its words, where the day it names is filled in as it usually is.

    A question waits as long as its clock does; all else promises news by the day of the feedback,
    or when that has passed within as many days. Whoever writes can change it.
    """
    later = days_after(today, answer_days)
    news = feedback if feedback is not None and feedback > today else later
    return tuple((one, one.written(later if one.step in _WAITING else news)) for one in templates())
