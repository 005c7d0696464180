"""The least that a submission could cost: a bare view on intake's own server.

It derives the mailbox key, seals 4 KiB to the recipients of the roster and inserts one row, as
durably as the drop does; it reads no form, draws no case, and renders no page. PROGRAM serves it,
with the words that `intake serve` takes, over a drop whose roster it seals to.
"""

import os
import secrets

from flask import Flask, request
from sqlalchemy import Column, LargeBinary, MetaData, String, Table, insert

from crypto import age, roster
from crypto.receipt import TOKEN_SIZE, ReceiptCode
from crypto.recipient import from_seed
from intake import drop
from intake.database import open_engine, reading, writing
from intake.server import serve

PATH = "/bare"
DONE = "done"
PROGRAM = "import sys; from tests.bench.bare import run; run(sys.argv[1:])"
_SIZE = 4096
metadata = MetaData()
rows = Table(
    "rows",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("envelope", LargeBinary, nullable=False),
)


def create(url: str) -> Flask:
    """The application with its one view, over the drop at url."""
    engine = open_engine(url)
    with reading(engine) as connection:
        document = drop.current_roster(connection)
    assert document is not None
    committee = roster.parse(document)
    readers = [each.recipient for each in committee.readers]
    app = Flask("bare")

    @app.post(PATH)
    def take() -> str:
        body = request.get_data()
        code = ReceiptCode.from_form_token(body[:TOKEN_SIZE], committee.installation)
        mailbox = from_seed(code.keys(committee.installation).mailbox_seed)
        plaintext = (mailbox.text.encode() + body).ljust(_SIZE, b"\0")[:_SIZE]
        envelope = age.seal(plaintext, readers)
        with writing(engine) as connection:
            connection.execute(insert(rows).values(id=secrets.token_hex(32), envelope=envelope))
        return DONE

    return app


def run(words: list[str]) -> None:
    """Serve with `serve --bind unix:PATH --workers N --threads N`."""
    given = dict(zip(words[1::2], words[2::2], strict=True))
    url = os.environ["INTAKE_DATABASE_URL"]
    engine = open_engine(url)
    with writing(engine) as connection:
        metadata.create_all(connection)
    engine.dispose()
    workers, threads = int(given["--workers"]), int(given["--threads"])
    serve(lambda: create(url), given["--bind"], workers, threads)
