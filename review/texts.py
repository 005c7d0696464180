"""The committee's own texts: what is wrong with a draft, and two signatures that put it in force.

A member proposes in their browser, another signs the same act, and the collection brings the texts
to the submitters' pages. Words that would keep somebody from the SEC are refused here, whoever
signs for them; the browser only warns.
"""

import datetime
from dataclasses import dataclass

from sqlalchemy import Connection

from crypto import texts as texts_format
from crypto.act import Act
from crypto.errors import MalformedTexts
from crypto.roster import Roster
from crypto.texts import ACT, LANGUAGES, SIGNERS, SIGNING, Texts
from review import acting
from review.acting import Outcome, Sent, Signer
from review.casework.wording import impeding
from review.errors import MalformedForm, NotHere, StepRefused
from review.store import acts, entries, own_texts
from review.store.acts import Signed
from review.store.entries import Entry


@dataclass(frozen=True)
class Proposal:
    """Texts that one member has signed for and that wait for another."""

    texts: Texts
    signed: Signed


@dataclass(frozen=True)
class Standing:
    """How it stands with a language: texts in force, proposals, and the act that comes before."""

    lang: str
    texts: Texts | None
    act: Signed | None
    previous: str | None
    proposals: tuple[Proposal, ...]


def standing(connection: Connection, lang: str) -> Standing:
    """How it stands with a language. Raises NotHere for one that there is none of."""
    if lang not in LANGUAGES:
        raise NotHere("there is no such language")
    subject = texts_format.subject(lang)
    found = next((each for each in own_texts.newest(connection) if each.lang == lang), None)
    waiting = [
        Proposal(texts, signed)
        for signed in acts.proposals(connection, [subject])
        if (texts := _texts_of(connection, signed.act)) is not None
    ]
    return Standing(
        lang,
        None if found is None else texts_format.parse(found.document),
        None if found is None else acts.find(connection, found.act_hash),
        acts.newest(connection, subject),
        tuple(waiting),
    )


def read_draft(document: bytes, roster: Roster) -> Texts:
    """The texts that a browser sent, which may be signed for.

    Raises MalformedForm, and StepRefused with a sentence for every phrase that impedes.
    """
    try:
        texts = texts_format.parse(document)
    except MalformedTexts as refused:
        raise MalformedForm(f"not texts: {refused}") from None
    if texts.installation != roster.installation or not set(texts.titles) <= roster.ids:
        raise MalformedForm("texts of another installation, or about somebody not on the roster")
    wrong = [
        f"“{phrase.words}”: {phrase.says}" for line in texts.words for phrase in impeding(line)
    ]
    if wrong:
        raise StepRefused(wrong)
    return texts


def propose(
    connection: Connection, roster: Roster, document: bytes, sent: Sent, today: datetime.date
) -> Outcome:
    """Keep texts with the first signature for them. Raises as read_draft and acting.sign do."""
    texts = read_draft(document, roster)
    act = acting.parse(sent.document)
    _check(act, texts)
    own_texts.keep(connection, texts)
    return _signed(connection, acting.sign(connection, roster, sent, today, rule), sent.by, today)


def sign(
    connection: Connection, roster: Roster, act_hash: str, by: str, signature: bytes,
    today: datetime.date,
) -> Outcome:  # fmt: skip
    """Keep a further signature; the second puts the texts in force. Raises as acting.sign does."""
    texts = _texts_of(connection, acting.waiting(connection, act_hash).act)
    if texts is None:
        raise NotHere("no such proposal")
    read_draft(texts.document, roster)
    outcome = acting.sign_again(connection, roster, act_hash, by, signature, today, rule)
    return _signed(connection, outcome, by, today)


def decline(connection: Connection, act_hash: str, by: str, today: datetime.date) -> None:
    """End a proposal of texts. Raises NotHere."""
    if _texts_of(connection, acting.waiting(connection, act_hash).act) is None:
        raise NotHere("no such proposal")
    acting.withdraw(connection, act_hash, by, today)


def rule(_act: Act, signers: tuple[Signer, ...]) -> str | None:
    """Two of chair, members and alternates; nobody else signs for texts."""
    if any(each.role not in SIGNING for each in signers):
        raise NotHere("the role may not do this")
    return None if len(signers) >= SIGNERS else "Another member has to sign for the same texts."


def _check(act: Act, texts: Texts) -> None:
    wanted = (texts_format.subject(texts.lang), ACT)
    if (act.subject, act.act) != wanted or act.words("text") != (texts.hash,):
        raise MalformedForm("the act is not about these texts")
    if act.words("lang") != (texts.lang,):
        raise MalformedForm("the act is about another language")


def _signed(connection: Connection, outcome: Outcome, by: str, today: datetime.date) -> Outcome:
    if outcome.is_done:
        act = outcome.act
        data = {"act": act.hash, "lang": act.words("lang")[0], "text": act.words("text")[0]}
        entries.record(connection, Entry(type="text.changed", on=today, by=by, data=data))
    return outcome


def _texts_of(connection: Connection, act: Act) -> Texts | None:
    digests = act.words("text") if act.act == ACT else ()
    return own_texts.find(connection, digests[0]) if digests else None
