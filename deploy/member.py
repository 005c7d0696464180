"""A reader of the committee for the demo: signs in, unlocks, reads, replies and takes notes.

What the console's script does in a browser is done here with the same formats: the identity is
opened in this process, and only coded values and envelopes are sent.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from http import HTTPStatus
from typing import Any

from crypto import act as act_format
from crypto import keying, strict
from crypto.age import open_sealed
from crypto.case import open_grant
from crypto.identity import Identity, PassphraseIdentity, read_identity_file
from crypto.keying import Keying
from crypto.message import Message, Place, next_place, open_envelope, seal, thread
from crypto.opening import Ring, seeds_back
from crypto.recipient import Recipient, from_seed
from crypto.roster import Roster, verify
from crypto.signing import member_seed
from deploy.client import Client, File, Part
from deploy.errors import FrontDoorRefused
from deploy.submitter import SEALED
from review.casework import signed
from review.casework.course import Stage, Step, line, shown_to_submitter


@dataclass(frozen=True)
class OpenedCase:
    """A case as its reader sees it after unlocking."""

    id: str
    recipient: Recipient
    messages: Mapping[str, Sequence[Message]] = field(repr=False)

    @property
    def submission(self) -> Message:
        """The first message of the submitter."""
        return self.messages["submitter"][0]


@dataclass(frozen=True)
class Taken:
    """A step as somebody takes it: its coded fields, and what is said in a sealed note with it.

    next_on is the day by which the submitter hears again, where the step changes their word.
    """

    step: Step
    data: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: str = field(default="", repr=False)
    next_on: date | None = None


class Member:
    """One person's browser at the console."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._identity: Identity | None = None

    def sign_in(self, username: str, password: str) -> None:
        """Begin a login."""
        page = self._client.get("/sign-in").page
        hidden: list[Part] = [
            (element.attributes["name"], element.attributes.get("value", ""))
            for element in page.elements
            if element.tag == "input" and element.attributes.get("type") == "hidden"
        ]
        self._client.post(
            "/sign-in", [*hidden, ("username", username), ("password", password)], expect=[302, 303]
        )

    def unlock(self, passphrase: str) -> None:
        """Open the sealed identity file that the console keeps."""
        sealed = self._client.get("/me/identity").body
        opened = open_sealed(sealed, [PassphraseIdentity(passphrase)])
        self._identity = read_identity_file(opened)[0]

    @property
    def identity_text(self) -> str:
        """The unlocked identity, for opening an export away from the console."""
        return self._mine.text

    def inbox(self) -> list[str]:
        """The ids of the cases that this person is shown; none where the role has no inbox."""
        answer = self._client.get("/cases", expect=(200, 404))
        links = answer.page.links() if answer.status == HTTPStatus.OK else []
        cases = (link.removeprefix("/cases/") for link in links if link.startswith("/cases/"))
        return list(dict.fromkeys(case for case in cases if "/" not in case))

    def open(self, case: str) -> OpenedCase:
        """Read a case, and tell the console that it was opened."""
        opened = self.read(case)
        self._act(case, "opened", [])
        return opened

    def read(self, case: str) -> OpenedCase:
        """Fetch and open a case's messages, under whichever of its keys they are sealed.

        Raises InvalidSignature for a forged submission, and what keying.follow raises for a key
        that its readers did not sign.
        """
        manifest = self._manifest(case)
        seeds, recipient = self._keys(case, manifest)
        ring = Ring([Identity.from_seed(seed) for seed in seeds.values()])
        messages: dict[str, list[Message]] = {"submitter": [], "committee": [], "notes": []}
        for row in manifest["envelopes"]:
            message = open_envelope(self._client.get(row["url"]).body, ring)
            if message.kind == "submission":
                message.check_case(seeds[1])
            messages[thread(message.kind)].append(message)
        for found in messages.values():
            found.sort(key=lambda message: message.place.n)
        return OpenedCase(case, recipient, messages)

    def _keys(self, case: str, manifest: Mapping[str, Any]) -> tuple[dict[int, bytes], Recipient]:
        """The seed of every key of the case by its number, and the newest recipient, as signed."""
        listed = manifest["held"]["keys"]
        own = manifest["held"]["own_share"] or manifest["grant"]
        newest = open_grant(self._client.get(own).body, self._mine)
        links = (self._client.get(each["link"]).body for each in reversed(listed))
        seeds = seeds_back(newest, len(listed) + 1, lambda _generation: next(links))
        signed = [_keying(each) for each in listed]
        root_key = strict.b64(self._frame["data-root-key"])
        rosters = {
            name: verify(strict.b64(document), root_key)
            for name, document in manifest["rosters"].items()
        }
        first = from_seed(seeds[1]).text
        installation = self._frame["data-installation"]
        recipient = keying.follow(installation, first, signed, rosters.get)
        changes = map(keying.change_in, (each.act for each in signed))
        keying.check_seeds(case, seeds, {each.generation: each.recipient for each in changes})
        return seeds, Recipient.parse(recipient)

    def reply(self, opened: OpenedCase, text: str) -> None:
        """Leave a reply in the submitter's mailbox and its copy in the case."""
        self._act(opened.id, "replies", self._sealed(opened, "reply", {"text": text}))

    def step(self, opened: OpenedCase, taken: Taken) -> None:
        """Sign a step of the case: it is taken, or waits for whoever has to sign it too."""
        manifest = self._manifest(opened.id)
        found = line(Stage(manifest["stage"]), taken.step)
        after = manifest["stage"] if found is None or found.after is None else found.after.value
        data: dict[str, act_format.Value] = {**taken.data, "from": manifest["stage"], "to": after}
        note: list[Part] = []
        if taken.words:
            note = self._sealed(opened, "note", {"text": taken.words})
            data["sealed"] = [str(value) for name, value in note if name == "digest"]
        act = act_format.build(
            installation=self._frame["data-installation"],
            subject=opened.id,
            act=signed.code(taken.step),
            data=data,
            roster=self._roster.hash,
            on=self._today,
            previous=manifest["previous"],
        )
        parts: list[Part] = [("act", act.document.decode()), *self._signed(opened, act, taken)]
        self._act(opened.id, "steps", [*parts, *note])

    def sign(self, opened: OpenedCase, taken: Taken) -> None:
        """Sign the step that somebody else has proposed in the case."""
        for told in self._manifest(opened.id)["proposals"]:
            act = act_format.parse(told["act"].encode())
            if act.act == signed.code(taken.step):
                parts = self._signed(opened, act, taken)
                self._act(opened.id, f"proposals/{told['hash']}", parts)
                return
        raise FrontDoorRefused(f"nobody has proposed to {taken.step}")

    def _signed(self, opened: OpenedCase, act: act_format.Act, taken: Taken) -> list[Part]:
        """This person's signature, and the word for the submitter where the step changes it."""
        made = act_format.sign(act, self._frame["data-person"], member_seed(self._mine.seed))
        parts: list[Part] = [("signature", strict.to_b64(made.signature))]
        before, after = (shown_to_submitter(Stage(str(act.data[end]))) for end in ("from", "to"))
        if before != after:
            next_on = None if taken.next_on is None else taken.next_on.isoformat()
            told = self._sealed(opened, "state", {"state": after, "next_on": next_on})
            parts += [(f"state_{name}", value) for name, value in told]
        return parts

    def note(self, opened: OpenedCase, text: str) -> None:
        """Leave a note that only the case's readers can open."""
        self._act(opened.id, "notes", self._sealed(opened, "note", {"text": text}))

    @property
    def _mine(self) -> Identity:
        if self._identity is None:
            raise RuntimeError("the identity is locked")
        return self._identity

    @property
    def _today(self) -> date:
        return date.fromisoformat(self._frame["data-today"])

    def _sealed(self, opened: OpenedCase, kind: str, body: Mapping[str, str | None]) -> list[Part]:
        """A message of this person, as a form has it: to the case, and perhaps to the mailbox."""
        message = Message(
            kind=kind,
            place=self._next_place(opened, thread(kind)),
            roster=self._roster.hash,
            on=self._today,
            lang="en",
            body=body,
            sealed_in="browser",
        ).sign(member_seed(self._mine.seed))
        sealed: list[Part] = [("n", str(message.place.n)), ("digest", message.digest)]
        if kind != "note":
            mailbox = Recipient.parse(str(opened.submission.mailbox))
            sealed.append(("mailbox_envelope", _envelope(message, mailbox)))
        sealed.append(("case_envelope", _envelope(message, opened.recipient)))
        return sealed

    def _next_place(self, opened: OpenedCase, in_thread: str) -> Place:
        """The place after the thread's head, which may have moved since the case was opened."""
        installation, n, digest = opened.submission.place.installation, 0, None
        for row in self._manifest(opened.id)["envelopes"]:
            if row["thread"] == in_thread and row["n"] > n:
                n, digest = row["n"], row["digest"]
        return next_place(installation, opened.id, n, digest)

    def _act(self, case: str, where: str, parts: Sequence[Part]) -> None:
        csrf = self._frame["data-csrf"]
        self._client.post(f"/cases/{case}/{where}", [("csrf", csrf), *parts], expect=DONE)

    def _manifest(self, case: str) -> dict[str, Any]:
        found = json.loads(self._client.get(f"/cases/{case}/manifest").body)
        if not isinstance(found, dict) or found.get("case") != case:
            raise FrontDoorRefused("the manifest is of another case")
        return found

    @cached_property
    def _frame(self) -> dict[str, str]:
        """What the frame around every page says, the same for a whole login."""
        return self._client.get("/").page.find("body").attributes

    @cached_property
    def _roster(self) -> Roster:
        root_key = strict.b64(self._frame["data-root-key"])
        return verify(self._client.get("/roster").body, root_key)


def _keying(listed: Mapping[str, Any]) -> Keying:
    return Keying(
        recipient=Recipient.parse(listed["recipient"]),
        act=act_format.parse(listed["act"].encode()),
        signatures=act_format.parse_signatures(strict.canonical(listed["signatures"])),
    )


def _envelope(message: Message, recipient: Recipient) -> File:
    return File("envelope", SEALED, seal(message, recipient))


# 202: kept as a proposal, which others sign.
DONE = (200, 201, 202, 204, 302, 303)
