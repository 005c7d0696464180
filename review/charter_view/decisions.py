"""The owner's decisions: what each is now, what it is where nobody decided, and since when."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from review.charter.book import Event
from review.charter.clauses import Charter, Leaf
from review.charter.findings import Assessment
from review.charter.located import Json
from review.charter.settings import SETTINGS
from review.charter.view import View
from review.charter_view.shelf import Shelf
from review.charter_view.wording import option


@dataclass(frozen=True)
class Decided:
    """One setting: its value and the usual one in words, and the record that set it, if any."""

    key: str
    name: str
    says: str
    value: str
    usual: str
    record: Event | None

    @property
    def is_usual(self) -> bool:
        """Whether it is what it is without any decision."""
        return self.value == self.usual


@dataclass(frozen=True)
class Overlay:
    """A row of the law overlay: whether it is kept, and what the list of rows off would become."""

    leaf: Leaf
    is_on: bool
    off_after: str


@dataclass(frozen=True)
class Decisions:
    """Every setting, and every row of the law that can be switched."""

    settings: tuple[Decided, ...]
    overlay: tuple[Overlay, ...]


def decisions(charter: Charter, found: Assessment, shelf: Shelf) -> Decisions:
    """What the owner has decided on the assessment's day."""
    view = View(charter, shelf.book, found.as_of, found.known_at)
    newest = {event.text("key"): event for event in view.of("setting_changed")}
    return Decisions(
        tuple(_decided(key, view, newest.get(key), shelf) for key in setting_words()),
        tuple(_overlay(leaf, view) for leaf in charter.leaves if leaf.is_overlay),
    )


def _decided(key: str, view: View, record: Event | None, shelf: Shelf) -> Decided:
    words = setting_words()[key]
    value, usual = view.setting(key), SETTINGS[key].default
    unit = words.get("unit", "")
    return Decided(
        key,
        words["name"],
        words["says"],
        said(value, shelf, unit),
        said(usual, shelf, unit),
        record,
    )


def _overlay(leaf: Leaf, view: View) -> Overlay:
    is_on = leaf.id not in view.overlay_off
    after = view.overlay_off | {leaf.id} if is_on else view.overlay_off - {leaf.id}
    return Overlay(leaf, is_on, " ".join(sorted(after)) or "none")


def said(value: Json, shelf: Shelf, unit: str = "") -> str:
    """A setting's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "nobody"
    if isinstance(value, list):
        shown = ", ".join(str(one) for one in value) or "none"
    else:
        shown = shelf.names.get(str(value)) or option(str(value))
    return f"{shown} {unit}".strip() if value != [] else shown


@cache
def setting_words() -> Mapping[str, Mapping[str, str]]:
    """The name, the sentence and perhaps the unit of each setting, in the page's order."""
    text = Path(__file__).with_name("settings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
