"""One case under treatment: members at the console, who sign the steps they take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from crypto import act as act_format
from crypto import strict
from crypto.act import Act, Value
from review.casework.course import Stage, Step, line
from tests import committee
from tests.acts import make
from tests.browser.submitter import Submitter
from tests.review.desk import Desk, parts_of, sealed_form

# What triage takes of coded fields; reliance and the risk of a detriment are in the note.
TRIAGED: Mapping[str, Value] = {"category": ["REV"], "severity": ["S3"], "scope": ["in"]}

CHOSEN: Mapping[str, Value] = {"investigator": ["OUTSIDE"], "hold_decision": ["no"]}


@dataclass
class Course:
    """A case, as those who treat it see and change it."""

    app: Flask
    submitter: Submitter
    desks: dict[str, Desk] = field(default_factory=dict)
    # Whose browser tells where the case stands.
    looks: str = "chair"

    @property
    def path(self) -> str:
        """The case's address."""
        return f"/cases/{self.submitter.case_id}"

    def desk(self, person: str) -> Desk:
        """This person's browser."""
        if person not in self.desks:
            self.desks[person] = Desk(self.app, person)
        return self.desks[person]

    def told(self, person: str = "") -> Any:
        """What the case's manifest tells this person."""
        return json.loads(self.desk(person or self.looks).get(f"{self.path}/manifest").text)

    @property
    def stage(self) -> Stage:
        """Where the case stands."""
        return Stage(self.told()["stage"])

    def act(self, step: Step, data: Mapping[str, Value] | None = None) -> Act:
        """The act for a step from where the case stands; data may say otherwise."""
        told = self.told()
        found = line(Stage(told["stage"]), step)
        after = told["stage"] if found is None or found.after is None else found.after.value
        return make(
            step.replace(" ", "-"),
            subject=self.submitter.case_id,
            previous=told["previous"],
            on=parts_of(self.app).today,
            **{"from": told["stage"], "to": after, **(data or {})},
        )

    def note(self, by: str) -> dict[str, Any]:
        """A sealed note that goes with a step, as the form has it."""
        return sealed_form(self.app, self.submitter, "note", by)

    def send(
        self, act: Act, by: str, more: Mapping[str, Any] | None = None, key: str | None = None
    ) -> TestResponse:
        """Post an act with this person's signature, or one made with another person's key."""
        made = act_format.sign(act, by, committee.signing_seed(key or by))
        form = {"act": act.document.decode(), "signature": strict.to_b64(made.signature)}
        return self.desk(by).post(f"{self.path}/steps", {**form, **(more or {})})

    def take(
        self, step: Step, by: str = "chair", data: Mapping[str, Value] | None = None, *,
        sealed: bool = False,
    ) -> int:  # fmt: skip
        """Take a step, with a note if something of it is sealed; the status."""
        note = self.note(by) if sealed else {}
        more: dict[str, Value] = {"sealed": [note["digest"]]} if sealed else {}
        return self.send(self.act(step, {**(data or {}), **more}), by, note).status_code

    def sign(self, act_hash: str, by: str, key: str | None = None) -> TestResponse:
        """Sign a proposal."""
        proposal = next(
            (each for each in self.told()["proposals"] if each["hash"] == act_hash), None
        )
        seed = committee.signing_seed(key or by)
        act = (
            self.act(Step.NOTE) if proposal is None else act_format.parse(proposal["act"].encode())
        )
        made = act_format.sign(act, by, seed)
        form = {"signature": strict.to_b64(made.signature)}
        return self.desk(by).post(f"{self.path}/proposals/{act_hash}", form)

    def both(
        self, step: Step, one: str, other: str, data: Mapping[str, Value], *, sealed: bool = False
    ) -> None:
        """Two people sign a step, one after the other."""
        assert self.take(step, one, data, sealed=sealed) == 202
        (waits,) = self.told(other)["proposals"]
        assert self.sign(waits["hash"], other).status_code == 204

    def reply(self, by: str = "chair") -> None:
        """Write to the submitter."""
        form = sealed_form(self.app, self.submitter, "reply", by)
        assert self.desk(by).post(f"{self.path}/replies", form).status_code == 204

    def triage(self) -> None:
        """Open, answer and triage the case."""
        self.desk("chair").post(f"{self.path}/opened")
        self.reply()
        assert self.take(Step.TRIAGE, "chair", TRIAGED, sealed=True) == 204

    def investigate(self) -> None:
        """Have the case investigated."""
        assert self.take(Step.INVESTIGATE, "chair", CHOSEN, sealed=True) == 204

    def find(self) -> None:
        """Have the facts written down."""
        self.triage()
        self.investigate()
        assert self.take(Step.REPORT_FACTS, "member-1", sealed=True) == 204
