"""Two submitters for the demo: one whose browser runs scripts, and one whose browser does not.

Both come through the front door. What the pages' scripts do in a browser, SealingSubmitter does
here with the same formats; PlainSubmitter only fills in forms.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crypto import age, strict
from crypto.answers import Answer as Said
from crypto.case import Routing, case_id, choose_readers, seal_grant, seal_routing, sign_mailbox
from crypto.entry import commitment
from crypto.errors import MalformedCode
from crypto.identity import Identity
from crypto.kept import NAME, Kept
from crypto.message import Attachment, Message, Place, open_envelope, seal
from crypto.padding import SlicePadder
from crypto.proof import SUFFIX
from crypto.receipt import ReceiptCode, mailbox_id
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster, verify
from crypto.signing import verify_key
from deploy.client import Client, Element, File, Page, Part
from deploy.errors import FrontDoorRefused

SEALED = "application/octet-stream"
DATA = f"data:{SEALED};base64,"
STATEMENT = "statement.json"
# The mark of a drill, from the installation, the case and the day.
Marked = Callable[[str, str, date], str]


@dataclass(frozen=True)
class Story:
    """What somebody has to say, as the form asks for it."""

    answers: Mapping[str, str]
    excluded: tuple[str, ...] = ()
    files: tuple[File, ...] = field(default=(), repr=False)
    reply_wanted: bool = True

    @property
    def body(self) -> dict[str, Said]:
        """The answers with every question present, as a message has them."""
        texts = dict.fromkeys(("what", "when", "where", "who", "how", "told", "hope"), "")
        coded = {"kind": "concern", "relation": "undisclosed", "ongoing": "unknown"}
        return {**texts, **coded, **self.answers, "reply_wanted": self.reply_wanted}


class PlainSubmitter:
    """A browser without scripts: the server seals, in the memory of one request."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # The files that the page offered for keeping when something had arrived last.
        self.offered: dict[str, bytes] = {}

    def submit(self, story: Story) -> str:
        """Send the form and return the receipt code that the answer shows."""
        page = self._client.get("/form").page
        parts: list[Part] = [(name, _value(page, name)) for name in ("token", "roster")]
        parts += list(story.answers.items())
        parts += [("reply_wanted", "yes" if story.reply_wanted else "no")]
        parts += [("excluded", person) for person in story.excluded]
        parts += [("files", file) for file in story.files]
        answer = self._client.post("/form", parts).page
        self.offered = _offered(answer)
        return _shown_code(answer)

    def proofs(self, code: str) -> dict[str, bytes]:
        """The proofs on the mailbox page, by their file names."""
        found = _offered(self.read(code))
        return {name: content for name, content in found.items() if name.endswith(SUFFIX)}

    def read(self, code: str) -> Page:
        """The mailbox page: replies and the state of the case."""
        return self._follow_up(code, [("act", "read")])

    def add(self, code: str, text: str, files: Sequence[File] = ()) -> Page:
        """Send a follow-up and return the mailbox page."""
        parts: list[Part] = [("text", text), ("act", "send")]
        answer = self._follow_up(code, [*parts, *(("files", file) for file in files)])
        self.offered = {
            name: content for name, content in _offered(answer).items() if not name.endswith(SUFFIX)
        }
        return answer

    def _follow_up(self, code: str, parts: list[Part]) -> Page:
        token = _value(self._client.get("/follow-up").page, "token")
        return self._client.post("/follow-up", [("token", token), ("code", code), *parts]).page


class SealingSubmitter:
    """A browser with scripts: everything is sealed before it leaves.

    root_key is the committee's where it is known; otherwise that of the page is believed.
    """

    def __init__(self, client: Client, root_key: bytes | None = None) -> None:
        self._client = client
        self._root_key = root_key
        # The files that the page offers for keeping when something has arrived.
        self.offered: dict[str, bytes] = {}
        # The case of what was submitted last.
        self.case_id = ""

    def submit(self, story: Story, marked: Marked | None = None) -> str:
        """Seal and send a submission, and return the receipt code, which the server never sees.

        marked gives its last line, of a drill, once the case and the day are known.
        """
        page = self._client.get("/form").page
        form = page.find("form", id="submission")
        roster = self._roster(form)
        code, case_seed = ReceiptCode.draw(), os.urandom(32)
        keys, case = code.keys(roster.installation), from_seed(case_seed)
        on, self.case_id = date.fromisoformat(form.attributes["data-today"]), case_id(case.text)
        body = story.body
        if marked is not None:
            body["what"] = f"{body['what']}\n\n{marked(roster.installation, self.case_id, on)}"
        upload, attachments = self._upload(story.files, case)
        message = Message(
            kind="submission",
            place=Place(roster.installation, self.case_id, 1, None),
            roster=roster.hash,
            on=on,
            lang="en",
            body=body,
            excluded=story.excluded,
            attachments=tuple(attachments),
            sealed_in="browser",
            mailbox=from_seed(keys.mailbox_seed).text,
            submitter_key=verify_key(keys.signing_seed),
        ).sign(keys.signing_seed, case_seed=case_seed)
        kept = Kept(os.urandom(32), message.to_bytes())
        readers = [each.recipient for each in choose_readers(roster, story.excluded)]
        box = mailbox_id(keys.lookup)
        record = sign_mailbox(roster.installation, box, case.text, keys.signing_seed)
        parts: list[Part] = [
            ("token", _value(page, "token")),
            ("roster", roster.hash),
            ("lookup", keys.lookup.hex()),
            ("mailbox", from_seed(keys.mailbox_seed).text),
            ("case", case.text),
            ("case_signature", record.signature),
            ("submitter_key", strict.to_b64(verify_key(keys.signing_seed))),
            *_envelope(message, case, upload, kept),
            ("grant", _sealed(seal_grant(case_seed, readers, roster.slots))),
            ("routing", _sealed(self._routing(roster, story))),
        ]
        answer = self._client.post("/sealed/submissions", parts, expect=[201])
        self.offered = {STATEMENT: answer.body, NAME: kept.to_bytes()}
        return code.text

    def read(self, code: str) -> list[Message]:
        """The replies and states in the mailbox, in their order, opened here."""
        form = self._client.get("/follow-up").page.find("form", id="follow-up")
        keys = ReceiptCode.parse(code).keys(self._roster(form).installation)
        own = Identity.from_seed(keys.mailbox_seed)
        letters = self._mailbox(keys.lookup, "read")["letters"]
        return [open_envelope(strict.b64(letter["envelope"]), own) for letter in letters]

    def roster(self) -> Roster:
        """The roster that the form is sealed to."""
        return self._roster(self._client.get("/follow-up").page.find("form", id="follow-up"))

    def proofs(self, code: str) -> dict[str, bytes]:
        """The proofs in the mailbox, opened here, by their file names."""
        form = self._client.get("/follow-up").page.find("form", id="follow-up")
        keys = ReceiptCode.parse(code).keys(self._roster(form).installation)
        own = Identity.from_seed(keys.mailbox_seed)
        found = {}
        for each in self._mailbox(keys.lookup, "read")["receipts"]:
            if each["proof"] is not None:
                opened = age.open_sealed(strict.b64(each["proof"]), [own])
                size = int.from_bytes(opened[:4], "big")
                name = "submission" if each["n"] == 1 else f"follow-up-{each['n']}"
                found[name + SUFFIX] = opened[4 : 4 + size]
        return found

    def add(self, code: str, text: str, files: Sequence[File] = ()) -> None:
        """Seal and send a follow-up to the people of the case."""
        page = self._client.get("/follow-up").page
        form = page.find("form", id="follow-up")
        roster = self._roster(form)
        keys = ReceiptCode.parse(code).keys(roster.installation)
        known = self._mailbox(keys.lookup, "send")
        case, head = Recipient.parse(str(known["case"])), known["head"]
        upload, attachments = self._upload(files, case)
        message = Message(
            kind="follow-up",
            place=Place(roster.installation, case_id(case.text), head["n"] + 1, head["digest"]),
            roster=roster.hash,
            on=date.fromisoformat(form.attributes["data-today"]),
            lang="en",
            body={"text": text},
            attachments=tuple(attachments),
            sealed_in="browser",
        ).sign(keys.signing_seed)
        kept = Kept(os.urandom(32), message.to_bytes())
        parts: list[Part] = [
            ("token", _value(page, "token")),
            ("lookup", keys.lookup.hex()),
            ("n", str(message.place.n)),
            ("previous", str(message.place.previous)),
            *_envelope(message, case, upload, kept),
        ]
        answer = self._client.post("/sealed/follow-ups", parts, expect=[201])
        self.offered = {STATEMENT: answer.body, NAME: kept.to_bytes()}

    def _roster(self, form: Element) -> Roster:
        root_key = self._root_key or strict.b64(form.attributes["data-root-key"])
        return verify(self._client.get("/roster").body, root_key)

    def _routing(self, roster: Roster, story: Story) -> bytes:
        return seal_routing(Routing(roster.hash, story.excluded), roster.routing)

    def _mailbox(self, lookup: bytes, act: str) -> dict[str, Any]:
        body = self._client.post("/sealed/mailbox", [("lookup", lookup.hex()), ("act", act)]).body
        size = int.from_bytes(body[:4], "big")
        known = strict.parse_canonical(body[4 : 4 + size])
        if not isinstance(known, dict) or known.get("found") is not True:
            raise FrontDoorRefused("the mailbox of a receipt code was not found")
        return known

    def _upload(self, files: Sequence[File], case: Recipient) -> tuple[str, list[Attachment]]:
        """Send every file in slices, and return the upload's secret with what the message says."""
        if not files:
            return "", []
        secret, position = os.urandom(16).hex(), 0
        attachments = []
        for file in files:
            padder = SlicePadder()
            slices = [*padder.feed(file.content), *padder.finish()]
            for index, padded in enumerate(slices, start=position):
                envelope = _sealed(age.seal(padded, [case]))
                place: list[Part] = [("upload", secret), ("index", str(index))]
                self._client.post("/sealed/slices", [*place, ("envelope", envelope)], expect=[204])
            attachments.append(
                Attachment(
                    name=file.name,
                    type=file.type,
                    size=padder.length,
                    first=position,
                    count=padder.count,
                    sha256=padder.sha256,
                )
            )
            position += padder.count
        return secret, attachments


def _envelope(message: Message, case: Recipient, upload: str, kept: Kept) -> list[Part]:
    """What both kinds of deposit bring: the envelope, its hashes and the number of slices."""
    return [
        ("digest", message.digest),
        ("commitment", commitment(kept.nonce, kept.text)),
        ("upload", upload),
        ("slices", str(sum(each.count for each in message.attachments))),
        ("envelope", _sealed(seal(message, case))),
    ]


def _offered(page: Page) -> dict[str, bytes]:
    """The files that are in the links of a page."""
    return {
        link.attributes["download"]: strict.b64(link.attributes["href"].removeprefix(DATA))
        for link in page.elements
        if link.tag == "a" and link.attributes.get("href", "").startswith(DATA)
    }


def _sealed(envelope: bytes) -> File:
    return File("envelope", SEALED, envelope)


def _value(page: Page, name: str) -> str:
    return page.find("input", name=name).attributes["value"]


def _shown_code(page: Page) -> str:
    """The receipt code among the page's words."""
    for word in page.words.split():
        try:
            return ReceiptCode.parse(word).text
        except MalformedCode:
            continue
    raise FrontDoorRefused("the answer to a submission shows no receipt code")
