"""What a form says, read into answers, and the sentences that help when it cannot be sent.

Pure: form values in, answers or problems out. It knows neither the web nor the drop, and draws no
day and no randomness. The scripts of the pages make the same answers; what is stored must not
show, except in the field meant for it, which of the two did.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from crypto.answers import CONCERNS, ONGOING, RELATIONS, Answer
from crypto.message import MAX_NAME
from crypto.padding import MESSAGE_LIMIT

TEXTS = ("what", "when", "where", "who", "how", "told", "hope")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "kind": CONCERNS,
    "relation": RELATIONS,
    "ongoing": ONGOING,
}
# What stands for a question that was left alone.
UNANSWERED = {"kind": "concern", "relation": "undisclosed", "ongoing": "unknown"}

# What a message holds besides the answers: keys, hashes, days and a signature, rounded up; and for
# each file its name in up to four bytes a character, its type, sizes and hash.
_FRAME = 4096
_FILE = 4 * MAX_NAME + 320

Values = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Problem:
    """One thing to put right: the field it is about and a sentence for the person."""

    field: str
    sentence: str


@dataclass(frozen=True)
class Answers:
    """What a submission says, and the ids of the people who may not read it."""

    body: Mapping[str, Answer] = field(repr=False)
    excluded: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Reading:
    """Answers as far as they could be read, and what stands in the way of sending them."""

    answers: Answers
    problems: tuple[Problem, ...]


def room(max_files: int) -> int:
    """The bytes that the answers may take in a message that names so many files."""
    return MESSAGE_LIMIT - _FRAME - max_files * _FILE


def read_submission(values: Values, people: Collection[str], max_files: int) -> Reading:
    """The answers of a submission form.

    people are the ids that the form asks about; any other id is a problem, as is an unknown
    choice, because both mean that the page in the browser is not the one we made.
    """
    problems = []
    body: dict[str, Answer] = {name: _text(values, name) for name in TEXTS}
    if not str(body["what"]).strip():
        problems.append(Problem("what", "Please tell us what happened. A few words are enough."))
    for name, choices in CHOICES.items():
        chosen = _first(values, name) or UNANSWERED[name]
        if chosen not in choices:
            problems.append(Problem(name, "Please choose one of the answers here."))
        body[name] = chosen
    body["reply_wanted"] = _first(values, "reply_wanted") != "no"
    excluded = tuple(sorted(set(values.get("excluded", ()))))
    if not set(excluded) <= set(people):
        problems.append(Problem("excluded", "Please look at this list of people once more."))
    problems += _too_long("what", body, room(max_files))
    return Reading(Answers(body, excluded), tuple(problems))


def read_follow_up(values: Values, max_files: int) -> tuple[dict[str, Answer], tuple[Problem, ...]]:
    """The body of a follow-up, and what stands in the way of sending it."""
    body: dict[str, Answer] = {"text": _text(values, "text")}
    problems = []
    if not str(body["text"]).strip():
        problems.append(Problem("text", "Please write what you want to add."))
    problems += _too_long("text", body, room(max_files))
    return body, tuple(problems)


def plain_name(name: str) -> str:
    """A file's name without the folders that some browsers send and without control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(letter for letter in last if letter.isprintable()).strip()


def _first(values: Values, name: str) -> str:
    found = values.get(name, ())
    return found[0] if found else ""


def _text(values: Values, name: str) -> str:
    # A browser sends every line end of a form as two characters, which nobody typed.
    return _first(values, name).replace("\r\n", "\n")


def _too_long(name: str, body: Mapping[str, Answer], limit: int) -> list[Problem]:
    size = len(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
    if size <= limit:
        return []
    # Rounded up to tens: nobody counts words exactly, and what is asked for must be enough.
    words = -(-(size - limit) // 50) * 10
    return [
        Problem(
            name,
            f"This is too long by about {words} words. Please make it shorter, "
            "or put some of it in a file and choose the file below.",
        )
    ]
