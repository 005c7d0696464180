"""A concern that somebody told a member of the committee, as that member's browser records it."""

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from crypto import act as act_format
from crypto import case, receipt, strict
from crypto.act import Act
from crypto.message import Message, next_place, seal
from crypto.roster import Roster
from review.casework.recorded import ACT
from tests import committee
from tests.browser.submitter import ANSWERS, Submitter

CAME = datetime.date(2026, 11, 18)


class Teller(Submitter):
    """Somebody who told a member, and was perhaps handed the code that the browser made."""

    def told(
        self,
        by: str,
        *,
        excluded: Sequence[str] = (),
        hidden_from: Sequence[str] | None = None,
        on: datetime.date = committee.TODAY,
        roster: Roster | None = None,
        key: str | None = None,
        **data: str,
    ) -> dict[str, Any]:
        """The fields that the browser of this member posts; data replaces that of the act.

        hidden_from is whom grant and routing leave out; key is whose the signature is.
        """
        roster = roster or self._roster
        message = self._message(excluded, on, roster)
        routed = tuple(message.excluded if hidden_from is None else hidden_from)
        sealed = self._submission(message, None, routed)
        self.submission, self._head = message, (1, message.digest)
        self.act = self._act(message, on, roster, data)
        signature = act_format.sign(self.act, by, committee.signing_seed(key or by)).signature
        files = {"envelope": seal(message, self.case), "grant": sealed.grant}
        files["routing"] = sealed.routing
        return {
            "id": committee.seed(f"form of {self._name}")[:16].hex(),
            "act": self.act.document.decode(),
            "signature": strict.to_b64(signature),
            "mailbox_id": receipt.mailbox_id(self.keys.lookup),
            "mailbox": self.mailbox.text,
            "case": self.case.text,
            "case_signature": sealed.case_signature,
            "submitter_key": strict.to_b64(self.verify_key),
            **files,
        }

    def _message(self, excluded: Sequence[str], on: datetime.date, roster: Roster) -> Message:
        return Message(
            kind="submission",
            place=next_place(roster.installation, self.case_id),
            roster=roster.hash,
            on=on,
            lang="en",
            body=ANSWERS,
            excluded=tuple(excluded),
            attachments=(),
            sealed_in="browser",
            mailbox=self.mailbox.text,
            submitter_key=self.verify_key,
        ).sign(self.keys.signing_seed, case_seed=self.case_seed)

    def _act(
        self, message: Message, on: datetime.date, roster: Roster, data: Mapping[str, str]
    ) -> Act:
        return act_format.build(
            installation=roster.installation,
            subject=case.case_id(self.case.text),
            act=ACT,
            data={
                "channel": "LETTER",
                "came": CAME.isoformat(),
                "submission": message.digest,
                **data,
            },
            roster=roster.hash,
            on=on,
            previous=None,
        )


def posted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as a form sends them: bytes as files. Each is read once."""
    return {
        name: (io.BytesIO(value), "envelope", "application/octet-stream")
        if isinstance(value, bytes)
        else value
        for name, value in fields.items()
    }
