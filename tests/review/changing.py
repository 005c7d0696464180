"""What readers' browsers send to change who reads a case."""

import datetime
from collections.abc import Sequence
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from crypto import age, enrolment, sharing, signing, strict
from crypto import case as case_format
from crypto.act import Act
from review import enrolment as desk
from review import people
from review.people import Enrolment
from review.roles import Role
from review.store import acts as store
from review.store import people as people_store
from review.store.database import reading, writing
from tests import acts, committee, rekeying
from tests.browser.installation import identity_file
from tests.browser.submitter import Submitter
from tests.review.desk import Desk, parts_of, upload


class Table:
    """A case and the people around it, each at a browser of their own."""

    def __init__(self, app: Flask, submitter: Submitter) -> None:
        self.app = app
        self.submitter = submitter
        self.id = submitter.case_id
        self.roster = acts.ROSTER

    @property
    def previous(self) -> str | None:
        """The newest act of the case."""
        with reading(parts_of(self.app).book) as connection:
            return store.newest(connection, self.id)

    @property
    def today(self) -> datetime.date:
        """The console's day, on which everybody signs."""
        return parts_of(self.app).today

    def recusal(self, person: str) -> Act:
        """The act that takes a person out of the case."""
        return acts.make(
            "recuse", subject=self.id, previous=self.previous, roster=self.roster.hash,
            on=self.today, person=person,
        )  # fmt: skip

    def recuse(self, person: str, *by: str) -> list[TestResponse]:
        """Take a person out, by their own signature or by those of others, one after the other."""
        act = self.recusal(person)
        return [self.send("recusals", act, signer) for signer in by or (person,)]

    def new_key(
        self, readers: Sequence[str], generation: int = 2, **changed: Any
    ) -> tuple[Act, dict[str, Any]]:
        """The act that gives the case a key, and the files that the first who signs sends along."""
        seed = (
            rekeying.seed_of(self.id, generation - 1)
            if generation > 2
            else self.submitter.case_seed
        )
        before = (
            rekeying.recipient_of(self.id, generation - 1).text
            if generation > 2
            else self.submitter.case.text
        )
        files = rekeying.sealed(self.id, generation, seed, readers, self.roster)
        act = rekeying.act(
            self.id,
            before,
            files,
            generation=generation,
            readers=readers,
            on=self.today,
            **{"previous": self.previous, "roster": self.roster, **changed},
        )
        new = rekeying.recipient_of(self.id, generation).text
        return act, {"recipient": new, "grant": files[0], "link": files[1]}

    def rekey(
        self, readers: Sequence[str], by: Sequence[str], generation: int = 2
    ) -> list[TestResponse]:
        """Give the case a key for these readers, signed by these."""
        act, files = self.new_key(readers, generation)
        first = self.send("keys", act, by[0], files)
        return [first, *(self.send("keys", act, signer) for signer in by[1:])]

    def shared_with(self, person: str, generation: int = 1) -> tuple[Act, dict[str, Any]]:
        """The act that shares the case with a person, and its grant."""
        return self.shared_under(person, person, generation)

    def shared_under(
        self, person: str, key: str, generation: int = 1, /, **changed: Any
    ) -> tuple[Act, dict[str, Any]]:
        """The same under the key of this name; some of its data changed."""
        seed = rekeying.seed_of(self.id, generation) if generation > 1 else self.submitter.case_seed
        to, signs = committee.recipient(key), signing.verify_key(committee.signing_seed(key))
        grant = case_format.seal_grant(seed, [to], self.roster.slots)
        act = acts.make(
            "share",
            subject=self.id,
            previous=self.previous,
            roster=self.roster.hash,
            on=self.today,
            **{**sharing.data_of(person, to.text, signs, generation, grant), **changed},
        )
        return act, {"recipient": to.text, "grant": grant}

    def share(
        self, person: str, by: Sequence[str] = ("chair", "member-1"), generation: int = 1
    ) -> None:
        """Share the case with an investigator, signed by two."""
        act, files = self.shared_with(person, generation)
        assert self.send("shares", act, by[0], files).status_code == 202
        assert self.send("shares", act, by[1]).status_code == 204

    def send(
        self, where: str, act: Act, by: str, files: dict[str, Any] | None = None, key: str = ""
    ) -> TestResponse:
        """Post an act with somebody's signature; key is whose it signs with, if not their own."""
        sent = acts.sent(act, by, key or None)
        fields: dict[str, Any] = {
            "act": act.document.decode(),
            "signature": strict.to_b64(sent.signature),
        }
        for name, content in (files or {}).items():
            fields[name] = content if isinstance(content, str) else upload(content)
        return Desk(self.app, by).post(f"/cases/{self.id}/{where}", fields)

    def sees(self, person: str) -> bool:
        """Whether the case is there for a person, in a list or by its address."""
        desk = Desk(self.app, person)
        at = [desk.get(f"/cases/{self.id}{page}").status_code for page in ("", "/manifest")]
        listed = self.id in desk.get("/cases").text
        assert set(at) == ({200} if listed else {404})
        return listed

    def manifest(self, person: str) -> dict[str, Any]:
        """What a person's browser is told of the case."""
        found = Desk(self.app, person).get(f"/cases/{self.id}/manifest").get_json()
        assert isinstance(found, dict)
        return found


def investigator(book: Engine, person: str = "finance", key: str | None = None) -> None:
    """Make somebody whom the roster lists an investigator, with the key of this name or their own.

    Without an account yet they get one.
    """
    roster, seed = committee.roster(), committee.seed(key or person)
    copy = age.seal(b"copy", [committee.recipient("recovery")])
    request = enrolment.make(seed, roster, person, committee.TODAY, copy)
    offer = desk.Offer(request=request, identity=identity_file(person), recovery=copy, former=None)
    with writing(book) as connection:
        if people_store.by_id(connection, person) is None:
            wanted = Enrolment(person_id=person, username=person, role=Role.INVESTIGATOR)
            people.enrol(connection, roster, wanted, committee.TODAY)
        desk.offer(connection, roster, person, offer, committee.TODAY)
