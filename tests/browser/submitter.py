"""A submitter whose browser runs scripts, for tests of what the reader later sees.

Everything is sealed with the formats and goes in by the drop's door, so that what the console
shows has come the whole way through the collector.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from crypto import age, case, keying, receipt, signing
from crypto.identity import Identity
from crypto.message import Attachment, Message, next_place, open_envelope, seal
from crypto.padding import SlicePadder
from crypto.receipt import ReceiptCode, ReceiptKeys
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster
from intake import drop as door
from tests.committee import TODAY, seed

ANSWERS: dict[str, str | bool | None] = {
    "kind": "concern",
    "relation": "employee",
    "what": "Revenue of the fourth quarter was booked before delivery.",
    "when": "",
    "where": "",
    "who": "",
    "how": "",
    "ongoing": "unknown",
    "told": "",
    "hope": "",
    "reply_wanted": True,
}


@dataclass(frozen=True)
class File:
    """A file as the submitter has it."""

    name: str
    type: str
    content: bytes = field(repr=False)


class Submitter:
    """Somebody with a receipt code, who may write and read; the same each time by name."""

    def __init__(self, drop: Engine, roster: Roster, name: str = "submitter") -> None:
        self._drop = drop
        self._roster = roster
        self._name = name
        self.code = ReceiptCode(seed(f"code of {name}")[:15])
        self.case_seed = seed(f"case of {name}")
        self.case = from_seed(self.case_seed)
        self.submission: Message
        # The day on which the drop is told that something came.
        self.today = TODAY
        self._head: tuple[int, str | None] = (0, None)
        self._deposits = 0

    @property
    def case_id(self) -> str:
        """The case's name in the console."""
        return case.case_id(self.case.text)

    @property
    def keys(self) -> ReceiptKeys:
        """What the receipt code gives."""
        return self.code.keys(self._roster.installation)

    @property
    def mailbox(self) -> Recipient:
        """What the committee seals replies to."""
        return from_seed(self.keys.mailbox_seed)

    @property
    def head(self) -> str:
        """The digest of what was sent last."""
        return str(self._head[1])

    @property
    def verify_key(self) -> bytes:
        """By which follow-ups are checked."""
        return signing.verify_key(self.keys.signing_seed)

    def sealed_to(self) -> Recipient:
        """The recipient that the case has now, as the submitter's page would find out."""
        identity = Identity.from_seed(self.keys.mailbox_seed)
        with door.reading(self._drop) as connection:
            found = door.read_mailbox(connection, receipt.mailbox_id(self.keys.lookup))
        assert found is not None
        opened = [keying.open_keying(each.envelope, identity) for each in found.keyings]
        installation, known = self._roster.installation, {self._roster.hash: self._roster}
        newest = keying.follow(installation, self.case.text, opened, known.get)
        return Recipient.parse(newest)

    def submit(
        self,
        answers: Mapping[str, str | bool] | None = None,
        *,
        excluded: Sequence[str] = (),
        files: Sequence[File] = (),
        hidden_from: Sequence[str] | None = None,
    ) -> Message:
        """Deposit the submission; answers replace those of ANSWERS.

        hidden_from is whom grant and routing leave out; an honest sender says the same in both.
        """
        upload, attachments = self._upload(files)
        message = Message(
            kind="submission",
            place=next_place(self._roster.installation, self.case_id),
            roster=self._roster.hash,
            on=self.today,
            lang="en",
            body={**ANSWERS, **(answers or {})},
            excluded=tuple(excluded),
            attachments=attachments,
            sealed_in="browser",
            mailbox=self.mailbox.text,
            submitter_key=self.verify_key,
        ).sign(self.keys.signing_seed, case_seed=self.case_seed)
        with door.writing(self._drop) as connection:
            door.deposit_submission(
                connection, self._submission(message, upload, hidden_from), self.today
            )
        self.submission = message
        self._head = (1, message.digest)
        return message

    def follow_up(
        self, text: str, files: Sequence[File] = (), signing_seed: bytes | None = None
    ) -> Message:
        """Deposit a follow-up, with the submitter's own signature unless another seed is given."""
        upload, attachments = self._upload(files)
        n, digest = self._head
        message = Message(
            kind="follow-up",
            place=next_place(self._roster.installation, self.case_id, n, digest),
            roster=self._roster.hash,
            on=self.today,
            lang="en",
            body={"text": text},
            attachments=attachments,
            sealed_in="server",
        ).sign(signing_seed or self.keys.signing_seed)
        sealed = {**self._sealed(message, upload), "envelope": seal(message, self.sealed_to())}
        with door.writing(self._drop) as connection:
            follow_up = door.FollowUp(**sealed, n=message.place.n, previous=str(digest))
            door.deposit_follow_up(connection, follow_up, self.today)
        self._head = (message.place.n, message.digest)
        return message

    def letters(self) -> list[Message]:
        """What waits in the mailbox, opened with the receipt code."""
        identity = Identity.from_seed(self.keys.mailbox_seed)
        with door.reading(self._drop) as connection:
            found = door.read_mailbox(connection, receipt.mailbox_id(self.keys.lookup))
        assert found is not None
        return [open_envelope(letter.envelope, identity) for letter in found.letters]

    def _submission(
        self, message: Message, upload: str | None, hidden_from: Sequence[str] | None
    ) -> door.Submission:
        keys, roster = self.keys, self._roster
        excluded = message.excluded if hidden_from is None else tuple(hidden_from)
        readers = case.choose_readers(roster, excluded)
        box = receipt.mailbox_id(keys.lookup)
        record = case.sign_mailbox(roster.installation, box, self.case.text, keys.signing_seed)
        routing = case.Routing(roster.hash, excluded)
        return door.Submission(
            **self._sealed(message, upload),
            roster=roster.hash,
            mailbox=self.mailbox.text,
            case_recipient=self.case.text,
            case_signature=record.signature,
            grant=case.seal_grant(
                self.case_seed, [reader.recipient for reader in readers], roster.slots
            ),
            routing=case.seal_routing(routing, roster.routing),
        )

    def _sealed(self, message: Message, upload: str | None) -> dict[str, Any]:
        token = seed(f"form {self._deposits} of {self._name}")[:15]
        self._deposits += 1
        return {
            "once": receipt.once(token, self.keys.lookup),
            "mailbox_id": receipt.mailbox_id(self.keys.lookup),
            "digest": message.digest,
            "commitment": hashlib.sha256(token + message.to_bytes()).hexdigest(),
            "envelope": seal(message, self.case),
            "upload_id": upload,
            "slices": sum(each.count for each in message.attachments),
        }

    def _upload(self, files: Sequence[File]) -> tuple[str | None, tuple[Attachment, ...]]:
        if not files:
            return None, ()
        upload = seed(f"upload {self._deposits} of {self._name}").hex()
        attachments: list[Attachment] = []
        first = 0
        for file in files:
            padder = SlicePadder()
            for index, padded in enumerate([*padder.feed(file.content), *padder.finish()], first):
                with door.writing(self._drop) as connection:
                    envelope = age.seal(padded, [self.case])
                    door.put_slice(connection, upload, index, envelope, self.today)
            attachments.append(
                Attachment(
                    name=file.name,
                    type=file.type,
                    size=padder.length,
                    first=first,
                    count=padder.count,
                    sha256=padder.sha256,
                )
            )
            first += padder.count
        return upload, tuple(attachments)
