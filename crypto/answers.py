"""What each kind of message says: its fields, and the values that each may have.

All fields of a kind are always present; a question that was not answered is an empty text. Text
has no limit of its own, because a limit for each question would turn people away for nothing: the
limit is that of the whole message.
"""

from crypto.document import Document

Answer = str | bool | None

CONCERNS = ("concern", "complaint")
RELATIONS = ("employee", "other", "undisclosed")
ONGOING = ("yes", "no", "unknown")
STATES = ("received", "reading", "examining", "asked", "closed")

_SUBMISSION_TEXTS = ("what", "when", "where", "who", "how", "told", "hope")
_TEXTS: dict[str, tuple[str, ...]] = {
    "submission": _SUBMISSION_TEXTS,
    "follow-up": ("text",),
    "reply": ("text",),
    "note": ("text",),
    "state": (),
}
_CODED: dict[str, dict[str, tuple[str, ...]]] = {
    "submission": {"kind": CONCERNS, "relation": RELATIONS, "ongoing": ONGOING},
    "state": {"state": STATES},
}
_FLAGS: dict[str, tuple[str, ...]] = {"submission": ("reply_wanted",)}
_DAYS: dict[str, tuple[str, ...]] = {"state": ("next_on",)}


def read(kind: str, document: Document) -> dict[str, Answer]:
    """The body of a message of this kind. Raises the document's error for any other body."""
    texts, coded = _TEXTS[kind], _CODED.get(kind, {})
    flags, days = _FLAGS.get(kind, ()), _DAYS.get(kind, ())
    body = document.part("body", [*texts, *coded, *flags, *days])
    found: dict[str, Answer] = {name: body.text(name) for name in texts}
    found |= {name: body.choice(name, choices) for name, choices in coded.items()}
    found |= {name: body.flag(name) for name in flags}
    for name in days:
        found[name] = None if body.is_null(name) else body.day(name).isoformat()
    return found
