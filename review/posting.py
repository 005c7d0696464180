"""Brings what waits in the book to the mailboxes: letters, later keys of cases, and proofs.

Everything is in its mailbox before the book forgets that it is owed, so that a collection that
ends anywhere posts some of it again and loses nothing. What cannot be posted keeps nothing else
from being posted.
"""

import datetime

from crypto import act, keying
from crypto.errors import CryptoError
from intake import drop as door
from review.collector import Collected, Collector
from review.errors import KeyDestroyed
from review.ledger import prove
from review.store import acts, generations, outbox, own_texts, proofs
from review.store.database import reading, writing
from review.store.generations import Unposted
from review.store.outbox import Outgoing
from review.store.proofs import Owed


def post_letters(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Post every letter that waits."""
    with reading(collector.book) as book:
        letters = outbox.waiting(book)
    for letter in letters:
        try:
            _post_letter(collector, letter, today)
        except (door.IntakeError, CryptoError, KeyDestroyed) as problem:
            done.problems.append(f"letter {letter.id} is not posted: {problem}")
        else:
            done.letters += 1


def post_keys(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Post every later key that its mailbox does not have, sealed to it."""
    with reading(collector.book) as book:
        waiting = generations.unposted(book)
    for each in waiting:
        try:
            _post_key(collector, each, today)
        except (door.IntakeError, CryptoError) as problem:
            done.problems.append(f"a key of case {each.case_id} is not posted: {problem}")
        else:
            done.letters += 1


def _post_key(collector: Collector, each: Unposted, today: datetime.date) -> None:
    made = keying.parse(each.keying)
    with door.writing(collector.drop) as drop:
        recipient = door.recipient_of(drop, each.mailbox_id)
        door.post_keying(
            drop, each.mailbox_id, each.generation, keying.seal(made, recipient), today
        )
    with writing(collector.book) as book:
        generations.mark_posted(book, each)


def post_texts(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Bring the committee's own texts that the drop does not have, in each language the newest."""
    with reading(collector.book) as book:
        newest = own_texts.newest(book)
        signed = [(each, acts.find(book, each.act_hash)) for each in newest]
    for each, found in signed:
        if found is None:
            done.problems.append(f"the texts {each.lang} are not posted: nobody signed them")
            continue
        published = door.Published(
            lang=each.lang,
            n=each.n,
            document=each.document,
            act=found.act.document,
            signatures=act.signatures_document(found.signatures),
        )
        with door.writing(collector.drop) as drop:
            door.publish_texts(drop, published, today)


def post_proofs(collector: Collector, today: datetime.date, done: Collected) -> None:
    """Post every proof that the ledger can give by now, or give better than before."""
    with reading(collector.book) as book:
        owed = proofs.owed(book, collector.policy)
    for each in owed:
        try:
            _post_proof(collector, each, today)
        except (door.IntakeError, CryptoError, LookupError, TypeError, AttributeError) as problem:
            done.problems.append(f"a proof of case {each.case_id} is not posted: {problem}")
        else:
            done.proofs += 1


def _post_proof(collector: Collector, owed: Owed, today: datetime.date) -> None:
    with reading(collector.book) as book:
        proof = prove(book, owed.ledger, owed.index, owed.head.note)
    with door.writing(collector.drop) as drop:
        recipient = door.mailbox_recipient(drop, owed.mailbox_id)
        if recipient is None:
            raise door.UnknownMailbox("no mailbox has this id")
        envelope = door.seal_proof(proof.to_bytes(), recipient)
        door.post_proof(drop, owed.mailbox_id, owed.message_n, envelope, today)
    with writing(collector.book) as book:
        proofs.mark_posted(book, owed)


def _post_letter(collector: Collector, outgoing: Outgoing, today: datetime.date) -> None:
    with reading(collector.shred) as shred:
        key = collector.locksmith.key_of(shred, outgoing.case_id)
    letter = outgoing.letter(key)
    with door.writing(collector.drop) as drop:
        door.post_letter(drop, outgoing.mailbox_id, outgoing.n, letter, today)
    with writing(collector.book) as book:
        outbox.mark_posted(book, outgoing.id)
