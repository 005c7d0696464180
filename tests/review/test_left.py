"""What is there when deposits have left the drop: nothing of them, and everything else goes on."""

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import delete

from crypto import receipt
from crypto.entry import tally_value
from intake import drop as door
from intake import schema as drop_schema
from intake.notary import Notary
from review.auditor_export import export_to
from review.collect import collect
from review.collector import Collector
from review.ledger import run_batch
from tests import committee
from tests.browser.installation import Installation
from tests.browser.submitter import File, Submitter
from tests.review import ledgers
from tests.review.audit.looking import Seen, look
from tests.review.collecting import close, close_days, collector_of, run
from tests.review.tables import rows
from tests.review.test_leaving import LATER, back_up
from tests.stores import Stores

pytestmark = pytest.mark.stores
DAY = datetime.timedelta(days=1)
# A large file, so that its slices lie in pages of their own.
CONTENT = bytes(range(256)) * 1200


@pytest.fixture
def collector(installation: Installation) -> Iterator[Collector]:
    """A collector with nothing to collect yet."""
    made = collector_of(installation)
    yield made
    close(made)


@pytest.fixture
def somebody(installation: Installation, collector: Collector) -> Submitter:
    """Somebody whose submission, with a file, and whose addition are in the book."""
    made = installation.submitter()
    made.submit(files=[File("june.txt", "text/plain", CONTENT)])
    made.follow_up("It happened again")
    run(collector)
    return made


def leave(stores: Stores, installation: Installation, collector: Collector) -> None:
    """Back everything up, and let every deposit leave."""
    for name in ("book", "shred"):
        back_up(stores, installation, name)
    done = collect(collector, LATER)
    assert (done.problems, done.left > 0) == ([], True)
    assert rows(collector.drop, drop_schema.metadata)["deposits"] == []


def sealed(collector: Collector) -> list[bytes]:
    """All that a deposit brought, as it lies in the drop."""
    held = rows(collector.drop, drop_schema.metadata)
    both = (*held["deposits"], *held["slices"])
    return [each for row in both for each in row if isinstance(each, bytes)]


def samples(content: bytes) -> list[bytes]:
    """Pieces of it, so close together that no page of a database's file could be without one.

    All age files begin with the same words, which are left out.
    """
    return [content[at : at + 24] for at in range(64, len(content) - 24, 509)]


def files_of(stores: Stores, installation: Installation) -> list[Path]:
    """Every file that the drop's database has, and what lies beside it."""
    if stores.cluster is None:
        return [path for path in installation.folder.rglob("*") if path.is_file()]
    name = stores.url(installation.folder, "drop").partition("?")[0].rpartition("/")[2]
    asked = sql.SQL("SELECT oid FROM pg_database WHERE datname = {}").format(name)
    with stores.cluster.connect() as raw:
        raw.execute("CHECKPOINT")
        (oid,) = raw.execute(asked).fetchone() or (0,)
    return [*(stores.cluster.folder / "data" / "base" / str(oid)).iterdir()]


def content(path: Path) -> bytes:
    """What a file holds; a server takes away by itself what it does not need any more."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def test_no_byte_of_a_deposit_is_left_in_the_files_of_the_drop(
    stores: Stores,
    installation: Installation,
    collector: Collector,
    somebody: Submitter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Attack: the blocks, the log or a temporary file still have what the tables do not."""
    assert somebody.head
    scratch = installation.folder / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("SQLITE_TMPDIR", str(scratch))
    pieces = [piece for each in sealed(collector) for piece in samples(each)]
    assert len(pieces) > 600

    def found() -> int:
        held = b"".join(map(content, files_of(stores, installation)))
        return sum(piece in held for piece in pieces)

    assert found() > len(pieces) // 2
    leave(stores, installation, collector)
    if found():
        # A server's own worker that looked into the database just then has kept dead rows for it.
        door.tidy(collector.drop, LATER)
    assert found() == 0


def test_who_wrote_goes_on_after_their_deposits_have_left(
    stores: Stores, installation: Installation, collector: Collector, somebody: Submitter
) -> None:
    close_days(installation)
    run(collector)
    ledgers.batch(installation)
    leave(stores, installation, collector)
    kept = rows(collector.drop, drop_schema.metadata)
    somebody.follow_up("And once more", files=[File("july.txt", "text/plain", b"x")])
    assert collect(collector, LATER).follow_ups == 1
    ledgers.batch(installation, LATER)
    assert collect(collector, LATER).proofs > 0
    with door.reading(collector.drop) as drop:
        mailbox = door.read_mailbox(drop, receipt.mailbox_id(somebody.keys.lookup))
    assert mailbox is not None
    assert (mailbox.head_n, mailbox.head_digest) == (3, somebody.head)
    assert [each.n for each in mailbox.receipts if each.proof is not None] == [1, 2, 3]
    assert len(kept["proofs"]) == 2
    assert kept["tally"] != []


def audited(installation: Installation, on: datetime.date) -> Seen:
    """What the auditor's verifier says of the book."""
    out = installation.folder / f"bundle-{on}.zip"
    export_to(installation.book, committee.INSTALLATION, out, on)
    return look(out.read_bytes())


def day(installation: Installation, collector: Collector, on: datetime.date) -> None:
    """What the timers do in a night: intake closes the days before, then pick-up and batch."""
    notary = Notary(committee.statement_seed(), committee.INSTALLATION)
    with door.writing(installation.drop) as connection:
        door.close_days(connection, on, notary)
    assert collect(collector, on).problems == []
    at = ledgers.AT + (on - committee.TODAY) // DAY * 86_400
    run_batch(ledgers.keeper(installation), on, at)


def test_after_leaving_the_auditor_misses_nothing_but_what_was_dropped(
    stores: Stores, installation: Installation, collector: Collector, somebody: Submitter
) -> None:
    day(installation, collector, committee.TODAY + DAY)
    leave(stores, installation, collector)
    day(installation, collector, LATER)
    assert audited(installation, LATER).status == 0
    # Another comes, and the collector takes it out without having put it into the book.
    somebody.follow_up("What nobody is to read")
    (row,) = rows(collector.drop, drop_schema.metadata)["deposits"]
    dropped = dict(zip(drop_schema.deposits.c.keys(), row, strict=True))
    with door.writing(collector.drop) as drop:
        drop.execute(delete(drop_schema.deposits))
    for n in range(1, 4):
        day(installation, collector, LATER + n * DAY)
    seen = audited(installation, LATER + 3 * DAY)
    assert tally_value_of(dropped) in seen.by("tally")


def tally_value_of(deposit: dict[str, object]) -> str:
    """What intake has counted for a deposit."""
    envelope, nonce = deposit["envelope"], deposit["nonce"]
    assert isinstance(envelope, bytes)
    return tally_value(hashlib.sha256(envelope).hexdigest(), bytes.fromhex(str(nonce)))
