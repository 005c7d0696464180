"""The committee's own texts as members of the test committee agree to them."""

from crypto import act as act_format
from crypto import texts
from crypto.act import Act
from crypto.texts import Texts
from intake import drop
from tests import acts, committee

LINES = {
    "name": "The directors who do not run it",
    "about": "We are three directors. None of us works for the company <b>or</b> its auditor.",
    "emergency": "In danger? Call 112.",
    "leave": "https://news.example/today",
}
TITLES = {"finance": "Head of money"}


def made(**lines: str | None) -> Texts:
    """Texts of the test committee, some lines replaced."""
    return texts.build(committee.INSTALLATION, "en", TITLES, **{**LINES, **lines})


def act_for(about: Texts, *, previous: str | None = None) -> Act:
    """The act by which these texts are agreed."""
    return acts.make(
        texts.ACT,
        subject=texts.subject(about.lang),
        previous=previous,
        text=about.hash,
        lang=about.lang,
    )


def signatures(act: Act, *people: str) -> bytes:
    """The signatures of these people, as they travel."""
    return act_format.signatures_document(
        act_format.sign(act, person, committee.signing_seed(person)) for person in people
    )


def published(about: Texts, *people: str, n: int = 1) -> drop.Published:
    """Texts as they lie in the drop, signed by these people."""
    act = act_for(about)
    signed = signatures(act, *people)
    return drop.Published(about.lang, n, about.document, act.document, signed)
