"""A whole intake on a drop of its own, for tests that come in through the front door.

    house = House(tmp_path)
    code = house.submit(what="The numbers for June were moved.")
    message = house.opened("chair")[0]

The drop is made by the migrations, the committee is tests.committee's, and the day stands still.
"""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from crypto import case, message, strict
from crypto.message import Message, open_envelope
from crypto.receipt import ReceiptCode, mailbox_id
from crypto.recipient import Recipient
from crypto.roster import Roster
from deploy.rights import INTAKE
from intake import drop
from intake.app import create_app
from intake.epochs import beside
from intake.schema import metadata
from intake.settings import Settings
from intake.web.even import Even
from intake.web.parts import EXTENSION, Parts, attach
from tests import committee
from tests.stores import here

File = tuple[str, bytes] | tuple[str, bytes, str]
MARK = "----mark-of-a-test"
MULTIPART = f"multipart/form-data; boundary={MARK}"


def made_drop(folder: Path) -> str:
    """The URL of an empty drop in a folder, with the key for statements beside it."""
    url = here().make(folder, "drop")
    put_key(url)
    return url


def put_key(url: str) -> None:
    """Put the key for statements beside the drop at this URL."""
    key = key_file(url)
    key.touch(mode=0o600)
    key.write_text(strict.to_b64(committee.statement_seed()) + "\n")


def key_file(url: str) -> Path:
    """The file with the key for statements, for a drop at this URL."""
    return here().folder(url) / "statement.key"


def epoch_file(url: str) -> str:
    """Where the highest epoch is kept, for a drop at this URL."""
    return str(beside(here().folder(url) / "drop.db"))


def environ(url: str, role: str = INTAKE, **changes: str) -> dict[str, str]:
    """The environment of a demonstration on the committee's day, with changes; "" unsets."""
    settings = {
        "INTAKE_DATABASE_URL": here().as_role(url, role),
        "INTAKE_EPOCH_FILE": epoch_file(url) if here().on_postgresql else "",
        "INTAKE_ROOT_KEY": strict.to_b64(committee.ROOT_KEY),
        "INTAKE_STATEMENT_KEY_FILE": str(key_file(url)),
        "INTAKE_DEMO": "1",
        "INTAKE_TODAY": committee.TODAY.isoformat(),
        **changes,
    }
    return {name: value for name, value in settings.items() if value}


def multipart(fields: Sequence[tuple[str, str]], files: Sequence[File] = ()) -> bytes:
    """A body as a browser sends it: the fields, then the files."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields]
    for name, content, *kind in files:
        head = f'name="files"; filename="{name}"\r\nContent-Type: {(*kind, "text/plain")[0]}'
        parts.append((head, content))
    out = [
        f"--{MARK}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    ]
    return b"".join(out) + f"--{MARK}--\r\n".encode()


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the tables of the drop hold."""
    with drop.reading(engine) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


class House:
    """The public service, its drop, and the committee behind it."""

    def __init__(self, folder: Path, roster: Roster | None = None, **settings: str) -> None:
        self.url = made_drop(folder)
        self.engine = drop.open_drop(self.url)
        self.roster = roster or committee.roster()
        self.publish(self.roster)
        self.app = create_app(Settings.from_environ(environ(self.url, **settings)))
        hurry(self.app)
        self.client: FlaskClient = self.app.test_client()

    def publish(self, roster: Roster) -> None:
        """Make this roster the current one."""
        self.roster = roster
        with drop.writing(self.engine) as connection:
            drop.publish_roster(connection, roster, committee.TODAY)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the drop."""
        return rows(self.engine)

    def token(self, page: str = "/form") -> str:
        """The token of a new form."""
        found = re.search(r'name="token" value="([0-9a-f]{30})"', self.client.get(page).text)
        assert found is not None
        return found[1]

    def post(
        self, path: str, fields: Mapping[str, object], files: Sequence[File] = (), **options: Any
    ) -> TestResponse:
        """Send fields and then files as a browser does; a list is a field that comes often."""
        flat = [
            (name, str(each))
            for name, value in fields.items()
            for each in (value if isinstance(value, list) else [value])
        ]
        # Not the test client's own encoding: it writes large bodies to disk.
        body = multipart(flat, files)
        return self.client.post(path, data=body, content_type=MULTIPART, **options)

    def send(
        self, files: Sequence[File] = (), token: str | None = None, **fields: Any
    ) -> TestResponse:
        """The answer to a form; without fields it says something short."""
        values = {"token": token or self.token(), "roster": self.roster.hash, **fields}
        return self.post("/form", {"what": "The numbers for June were moved.", **values}, files)

    def submit(self, files: Sequence[File] = (), **fields: Any) -> str:
        """The receipt code of a submission that was taken in."""
        return code_in(self.send(files, **fields))

    def follow(
        self, code: str, files: Sequence[File] = (), token: str | None = None, **fields: Any
    ) -> TestResponse:
        """The answer to a follow-up page: reading, or sending when there is a text."""
        act = "send" if "text" in fields else "read"
        return self.post(
            "/follow-up",
            {
                "token": self.token("/follow-up") if token is None else token,
                "code": code,
                "act": act,
                **fields,
            },
            files,
        )

    def deposits(self) -> list[drop.Deposit]:
        """What waits to be collected."""
        with drop.reading(self.engine) as connection:
            return drop.waiting(connection, 1000)

    def opened(self, reader: str, code: str | None = None) -> list[Message]:
        """All messages of the one case in the drop, or of a code's, as this reader opens them."""
        deposits = self.deposits()
        if code is not None:
            own = self.mailbox(code).id
            deposits = [each for each in deposits if each.mailbox_id == own]
        assert deposits[0].grant is not None
        seed = case.open_grant(deposits[0].grant, committee.identity(reader))
        identity = type(committee.identity(reader)).from_seed(seed)
        return [open_envelope(deposit.envelope, identity) for deposit in deposits]

    def mailbox(self, code: str) -> drop.Mailbox:
        """The mailbox of a code."""
        keys = ReceiptCode.parse(code).keys(committee.INSTALLATION)
        with drop.reading(self.engine) as connection:
            found = drop.read_mailbox(connection, mailbox_id(keys.lookup))
        assert found is not None
        return found

    def mailbox_of(self, deposit: drop.Deposit) -> drop.Mailbox:
        """The mailbox of a deposit."""
        with drop.reading(self.engine) as connection:
            found = drop.read_mailbox(connection, deposit.mailbox_id)
        assert found is not None
        return found

    def leave(self, code: str, *letters: Message) -> None:
        """Put letters into the mailbox of a code."""
        mailbox = self.mailbox(code)
        for letter in letters:
            envelope = message.seal(letter, Recipient.parse(mailbox.recipient))
            with drop.writing(self.engine) as connection:
                drop.post_letter(connection, mailbox.id, letter.place.n, envelope, committee.TODAY)

    def letter(
        self,
        code: str,
        before: Message | None = None,
        *,
        by: str = "chair",
        kind: str = "reply",
        **body: object,
    ) -> Message:
        """A letter that a reader signed, at the next place of the committee's thread."""
        case_id = case.case_id(self.mailbox(code).case_recipient)
        place = message.next_place(
            committee.INSTALLATION,
            case_id,
            before.place.n if before else 0,
            before.digest if before else None,
        )
        return Message(
            kind=kind,
            place=place,
            roster=self.roster.hash,
            on=committee.TODAY,
            lang="en",
            body=body,  # type: ignore[arg-type]
            sealed_in="browser",
        ).sign(committee.signing_seed(by))


def hurry(app: Flask) -> None:
    """Let a service hold no answer: that is for people who watch, and tests have no time."""
    parts: Parts = app.extensions[EXTENSION]
    attach(app, replace(parts, even=Even(wait=lambda _seconds: None)))


def code_in(answer: TestResponse) -> str:
    """The receipt code on the receipt page that is an answer."""
    return code_of(answer.text)


def code_of(page: str) -> str:
    """The receipt code on a receipt page."""
    found = re.search(r"<output[^>]*data-receipt-code>([0-9A-Z-]{29})</output>", page)
    assert found is not None, page
    return found[1]


def without_comments(page: bytes) -> bytes:
    """A page without its filling."""
    return re.sub(rb"<!--[0-9a-f]*-->", b"", page)


DAY = datetime.timedelta(days=1)
