"""What a reader does at the end of a case for the demo: holds it, and lets it go.

As the console's script does it in a browser: the reason is sealed here, and what is signed is an
act in coded values.
"""

import hashlib
import os
from collections.abc import Sequence
from unicodedata import normalize

from crypto import act as act_format
from crypto import age, disposing, strict
from crypto.act import Act
from crypto.padding import pad_message
from crypto.signing import member_seed
from deploy.client import Answer, File, Part
from deploy.errors import FrontDoorRefused
from deploy.member import DONE, Member
from deploy.submitter import SEALED
from review.retention import holding


class RetainingMember(Member):
    """A reader's browser at the pages of retention."""

    def hold(self, case: str, matter: str, reason: str) -> str:
        """Place a legal hold over one case, and return its name."""
        page = self._client.get(f"/holds?case={case}").page
        named = page.find("form", id="place-hold").attributes["data-readers"].split()
        readers = [each.recipient for each in self._roster.readers if each.id in named]
        name = os.urandom(32).hex()
        said = {"v": 1, "kind": "hold-reason", "hold": name, "reason": normalize("NFC", reason)}
        sealed = age.seal(pad_message(strict.canonical(said)), readers)
        data: dict[str, act_format.Value] = {
            "matter": matter,
            "custodian": self._frame["data-person"],
            "categories": [],
            "classes": [],
            "cases": [case],
            "from": None,
            "to": None,
            "sealed": hashlib.sha256(sealed).hexdigest(),
        }
        act = self._built(holding.subject(name), holding.PLACE, data, None)
        self._send("/holds", act, [("reason", File("reason", SEALED, sealed))])
        return name

    def release(self, hold: str) -> None:
        """Propose the release of a hold, or sign the one that is proposed."""
        page, subject = self._client.get("/holds").page, holding.subject(hold)
        for part in page.elements:
            document = part.attributes.get("data-signed")
            proposed = act_format.parse(document.encode()) if document else None
            if proposed and (proposed.subject, proposed.act) == (subject, holding.RELEASE):
                self._post(f"/holds/releases/{proposed.hash}", [self._signature(proposed)])
                return
        for form in page.elements:
            said = form.attributes.get("data-retention"), form.attributes.get("data-hold")
            if said == (holding.RELEASE, hold):
                placed = act_format.parse(form.attributes["data-placed"].encode())
                data = holding.release_data(os.urandom(8).hex(), placed.hash)
                previous = form.attributes["data-previous"] or None
                act = self._built(subject, holding.RELEASE, {**data}, previous)
                self._send("/holds/releases", act)
                return
        raise FrontDoorRefused("the page has no such hold that could be released")

    def propose(self, *cases: str) -> str:
        """Propose that cases go for good, and return the address of the list."""
        chosen: list[Part] = [("case", case) for case in cases]
        made = self._post("/dispositions", chosen)
        address = made.headers["Location"] or ""
        return address[address.rindex("/dispositions/") :]

    def approve(self, address: str) -> None:
        """Sign the list at an address, alone or as the second."""
        page = self._client.get(address).page
        (part,) = [each for each in page.elements if "data-manifest" in each.attributes]
        manifest = disposing.parse(part.attributes["data-manifest"].encode())
        if waits := part.attributes.get("data-act"):
            act = act_format.parse(waits.encode())
        else:
            previous = part.attributes["data-previous"] or None
            subject = disposing.subject(manifest.id)
            act = self._built(subject, disposing.ACT, {"manifest": manifest.hash}, previous)
        self._send(f"{address}/approvals", act)

    def _built(
        self, subject: str, name: str, data: dict[str, act_format.Value], previous: str | None
    ) -> Act:
        return act_format.build(
            installation=self._frame["data-installation"],
            subject=subject,
            act=name,
            data=data,
            roster=self._roster.hash,
            on=self._today,
            previous=previous,
        )

    def _send(self, where: str, act: Act, parts: Sequence[Part] = ()) -> None:
        self._post(where, [("act", act.document.decode()), self._signature(act), *parts])

    def _signature(self, act: Act) -> Part:
        made = act_format.sign(act, self._frame["data-person"], member_seed(self._mine.seed))
        return "signature", strict.to_b64(made.signature)

    def _post(self, where: str, parts: Sequence[Part]) -> Answer:
        csrf = self._frame["data-csrf"]
        return self._client.post(where, [("csrf", csrf), *parts], expect=DONE)
