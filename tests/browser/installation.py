"""A whole installation in a temporary folder: drop, book, shred keys, people, and the console.

The databases are made from the programs' own tables, the committee is that of tests/committee.py,
and the console is the real application behind a real socket on this machine.
"""

import datetime
import io
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, MetaData, text
from werkzeug.serving import make_server

from crypto import age, signing, strict
from crypto.passwords import hash_password
from crypto.recipient import PassphraseRecipient
from crypto.roster import Roster
from deploy.rights import MIGRATOR, REVIEW
from intake import drop as door
from intake import schema as drop_schema
from review.app import create_app
from review.collect import collect
from review.collector import Collected, Collector
from review.people import Enrolment, enrol
from review.settings import Settings, read_store_key, write_store_key
from review.store import rosters, schema
from review.store.database import open_book, open_engine, open_shred, writing
from review.store.shred import Locksmith
from tests import committee
from tests.browser.submitter import Submitter
from tests.stores import here

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PASSWORD = "a password for tests, and long enough"
# One that a passphrase maker could have made; what opens is the same at any work factor.
PASSPHRASE = "academic acid acrobat activity actress adapt adequate adjust admit"
LOW_WORK_FACTOR = 4
READERS = tuple(reader[0] for reader in committee.READERS)
OTHERS = ("secretary", "auditor")


@dataclass(frozen=True)
class Received:
    """One request as it came to the console: all of its words and all of its bytes."""

    method: str
    target: str
    headers: str
    body: bytes

    def holds(self, secret: bytes) -> bool:
        """Whether these bytes are anywhere in the request."""
        return secret in self.body or secret in f"{self.target}\n{self.headers}".encode()


class Recorder:
    """An application that keeps every request before it is answered by the real one."""

    def __init__(self, application: "WSGIApplication", requests: list[Received]) -> None:
        self._application = application
        self._requests = requests

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        target = f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}"
        headers = "\n".join(f"{k}: {v}" for k, v in environ.items() if k.startswith("HTTP_"))
        self._requests.append(Received(environ["REQUEST_METHOD"], target, headers, body))
        return self._application(environ, start_response)


class Installation:
    """The databases, the people in them, and the programs that work on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = "http://localhost"
        self.requests: list[Received] = []
        self.roster = committee.roster()
        self.drop = self._database("drop", drop_schema.metadata, drop_schema.VERSION)
        self.book = self._database("book", schema.book, schema.BOOK_VERSION)
        self.shred = self._database("shred", schema.shred, schema.SHRED_VERSION)
        self._store_key = folder / "store-key"
        write_store_key(self._store_key)
        self.publish(self.roster)
        self._enrol_everybody()

    def publish(self, roster: Roster) -> None:
        """Make this the current roster of the drop and of the book."""
        with door.writing(self.drop) as connection:
            door.publish_roster(connection, roster, committee.TODAY)
        with writing(self.book) as connection:
            rosters.publish_roster(connection, roster)

    def submitter(self, name: str = "submitter") -> Submitter:
        """Somebody who can write to this installation."""
        return Submitter(self.drop, self.roster, name)

    def collect(self, today: datetime.date = committee.TODAY) -> Collected:
        """Bring deposits into the book and letters to their mailboxes, as the timer does."""
        done = collect(
            Collector(
                drop=self.drop,
                book=self.book,
                shred=self.shred,
                locksmith=Locksmith(committee.INSTALLATION, read_store_key(self._store_key)),
                routing=committee.identity("routing"),
                root_key=committee.ROOT_KEY,
                demo=True,
            ),
            today,
        )
        assert done.problems == []
        return done

    def environment(self) -> Mapping[str, str]:
        """The settings of the console's process."""
        return {
            "REVIEW_BOOK_URL": self.url("book", REVIEW),
            "REVIEW_SHRED_URL": self.url("shred", REVIEW),
            "REVIEW_STORE_KEY_FILE": str(self._store_key),
            "REVIEW_ROOT_KEY": strict.to_b64(committee.ROOT_KEY),
            "REVIEW_DRILL_KEY": strict.to_b64(signing.verify_key(committee.DRILL_SEED)),
            "REVIEW_ORIGIN": self.origin,
            "REVIEW_ALLOW_PASSWORD": "1",
            "REVIEW_DEMO": "1",
            "REVIEW_TODAY": committee.TODAY.isoformat(),
        }

    @contextmanager
    def console(self) -> Iterator[str]:
        """The address of the running console, by its name: cookies and browsers want one."""
        server = make_server("localhost", 0, _not_yet, threaded=True)
        # The console is told its own address, which is known only now.
        self.origin = f"http://localhost:{server.port}"
        app = create_app(Settings.from_environ(self.environment()), strength="interactive")
        server.app = Recorder(app, self.requests)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://localhost:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def close(self) -> None:
        """Let go of the databases."""
        for engine in (self.drop, self.book, self.shred):
            engine.dispose()

    def url(self, name: str, role: str = MIGRATOR) -> str:
        """Where one of the databases is, for a role."""
        return here().url(self.folder, name, role)

    def _database(self, name: str, metadata: MetaData, version: str) -> Engine:
        opener = {"drop": door.open_drop, "book": open_book, "shred": open_shred}[name]
        if here().on_postgresql:
            return opener(here().make(self.folder, name))
        door.create_file(self.url(name))
        engine = open_engine(self.url(name))
        with writing(engine) as connection:
            metadata.create_all(connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": version})
        engine.dispose()
        return opener(self.url(name))

    def _enrol_everybody(self) -> None:
        password = hash_password(PASSWORD, strength="interactive")
        with writing(self.book) as connection:
            for person in READERS + OTHERS:
                enrolment = Enrolment(
                    person_id=person,
                    username=person,
                    password_hash=password,
                    identity=identity_file(person) if person in READERS else None,
                )
                enrol(connection, self.roster, enrolment, committee.TODAY)


def _not_yet(_environ: "WSGIEnvironment", _start: "StartResponse") -> Iterable[bytes]:
    raise RuntimeError("the console is not there yet")


def identity_file(person: str, passphrase: str = PASSPHRASE) -> bytes:
    """A reader's identity as the ceremony seals it, at a work factor that costs a test no time."""
    text = f"# for tests\n{committee.identity(person).text}\n".encode("ascii")
    return age.seal(text, [PassphraseRecipient(passphrase, log_n=LOW_WORK_FACTOR)])


def spellings(secret: bytes) -> list[bytes]:
    """The ways in which these bytes could be written into a request."""
    return [secret, secret.hex().encode(), strict.to_b64(secret).encode()]


def private_texts() -> list[bytes]:
    """What must never be in a request: every private key of the readers, and their passphrase."""
    found = [PASSPHRASE.encode(), PASSPHRASE.replace(" ", "+").encode()]
    for reader in READERS:
        found += spellings(committee.seed(reader)) + spellings(committee.signing_seed(reader))
        found.append(committee.identity(reader).text.encode())
    return found
