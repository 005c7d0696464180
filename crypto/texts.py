"""The committee's own texts: a few lines of its own on the submitters' pages, agreed by two.

A text replaces words of the program that stand in the same place, and nothing else; what is null
stays as it is. It is signed as an act of weight (crypto/act.py) that names its hash, and whoever
shows it checks the signatures first: without them the program's own words are shown.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto import act as act_format
from crypto import strict
from crypto.act import Act
from crypto.document import MAX_IDS, VERSION, Document, is_id
from crypto.errors import InvalidSignature, MalformedTexts
from crypto.roster import MAX_NAME, Roster

KIND = "texts"
ACT = "change-texts"
LANGUAGES = ("en",)
SIGNERS = 2
SIGNING = frozenset({"chair", "member", "alternate"})
MAX_ABOUT = 600
MAX_EMERGENCY = 300
MAX_ADDRESS = 200
SIZE_LIMIT = 16384
# A page of somebody else's by https: no name before the host, no port, nothing that could carry a
# word along, and no address of ours that would lead on from there.
ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~-]+)*/?")
_KEYS = ("v", "kind", "installation", "lang", "name", "about", "emergency", "leave", "titles")


@dataclass(frozen=True)
class Texts:
    """What the committee says in one language; None where the program's own words stay."""

    installation: str
    lang: str
    name: str | None
    about: str | None
    emergency: str | None
    leave: str | None
    titles: Mapping[str, str]
    document: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """The SHA-256 of the document, which an act names."""
        return hashlib.sha256(self.document).hexdigest()

    @property
    def words(self) -> tuple[str, ...]:
        """Every line that a submitter would read."""
        lines = (self.name, self.about, self.emergency, *self.titles.values())
        return tuple(line for line in lines if line is not None)


def subject(lang: str) -> str:
    """What acts about the texts of a language have for their subject."""
    return f"{KIND}/{lang}"


def build(
    installation: str, lang: str, titles: Mapping[str, str] | None = None, **lines: str | None
) -> Texts:
    """The texts with these lines: name, about, emergency, leave. Raises MalformedTexts."""
    fields = dict.fromkeys(("name", "about", "emergency", "leave")) | lines
    document = {"v": VERSION, "kind": KIND, "installation": installation, "lang": lang, **fields}
    return parse(strict.canonical({**document, "titles": dict(titles or {})}))


def parse(data: bytes) -> Texts:
    """The texts that these canonical bytes spell, whoever agreed to them. Raises MalformedTexts."""
    if len(data) > SIZE_LIMIT:
        raise MalformedTexts("larger than texts may be")
    document = Document.parse(data, _KEYS, MalformedTexts)
    document.version()
    document.choice("kind", [KIND])
    leave = _line(document, "leave", MAX_ADDRESS)
    if leave is not None and not ADDRESS.fullmatch(leave):
        raise MalformedTexts("leave is not the plain https address of a page")
    return Texts(
        installation=document.installation(),
        lang=document.choice("lang", LANGUAGES),
        name=_line(document, "name", MAX_NAME),
        about=_line(document, "about", MAX_ABOUT),
        emergency=_line(document, "emergency", MAX_EMERGENCY),
        leave=leave,
        titles=_titles(document),
        document=data,
    )


def agreed(document: bytes, act: Act, signatures: bytes, under: Roster, current: Roster) -> Texts:
    """The texts, if two of the committee have signed that these are to be shown.

    under is the roster that the act names, current the one in force: a signature counts while its
    signer is on both with the same key, so that people who have left change nothing. Raises
    MalformedTexts, MalformedAct and InvalidSignature.
    """
    texts = parse(document)
    wanted = (subject(texts.lang), ACT, texts.installation)
    if (act.subject, act.act, act.installation) != wanted:
        raise InvalidSignature("the act is not about these texts")
    if act.words("text") != (texts.hash,) or act.words("lang") != (texts.lang,):
        raise InvalidSignature("the act names other texts")
    if (texts.installation, under.installation) != (current.installation, current.installation):
        raise InvalidSignature("the texts are another installation's")
    people = act_format.check_all(act, act_format.parse_signatures(signatures), under)
    if len([each for each in people if _still_signs(each, under, current)]) < SIGNERS:
        raise InvalidSignature("fewer than two of the committee have signed")
    return texts


def _still_signs(person: str, under: Roster, current: Roster) -> bool:
    then, now = under.reader(person), current.reader(person)
    if then is None or now is None or then.verify_key != now.verify_key:
        return False
    return then.role in SIGNING and now.role in SIGNING


def _line(document: Document, key: str, longest: int) -> str | None:
    return None if document.is_null(key) else document.line(key, longest)


def _titles(document: Document) -> dict[str, str]:
    value = document.fields["titles"]
    if not isinstance(value, dict) or len(value) > MAX_IDS or not all(map(is_id, value)):
        raise MalformedTexts("titles are not those of people by their ids")
    part = document.part("titles", value.keys())
    return {person: part.line(person, MAX_NAME) for person in value}
