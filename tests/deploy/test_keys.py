"""The verbs of `underrose keys`, and the page that walks through a whole ceremony with them."""

import re
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crypto import enrolment
from crypto.age import open_sealed, seal
from crypto.identity import Identity, PassphraseIdentity, read_identity_file
from crypto.recipient import PassphraseRecipient
from crypto.roster import parse
from deploy import days
from deploy.ceremony import read_sheet
from deploy.cli import main
from deploy.keys import EXAMPLE
from review import enrolment as desk
from review.enrolment import Offer
from review.store import people, rosters
from review.store.database import open_book, reading, writing
from tests.groups import ROOT
from tests.review.tables import entries

pytestmark = pytest.mark.sqlite("the offline verbs; tests/review/test_enrolment.py has both")

PAGE = ROOT / "docs" / "keys.md"
QUICK = ("--work-factor", "10")


class Story:
    """The page's commands, one after the other, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fingerprint = ""
        self.seeds: list[Identity] = []
        self.said: list[tuple[str, Result]] = []

    @property
    def console(self) -> Mapping[str, str]:
        return {
            "REVIEW_BOOK_URL": f"sqlite:///{self.folder / 'book.db'}",
            "REVIEW_DROP_URL": f"sqlite:///{self.folder / 'drop.db'}",
            "REVIEW_SHRED_URL": f"sqlite:///{self.folder / 'shred.db'}",
            "REVIEW_STORE_KEY_FILE": str(self.folder / "first/review/store.key"),
            "REVIEW_ROOT_KEY": (self.folder / "first/root.pub").read_text().strip(),
        }

    def follow(self, line: str) -> Result:
        """Do what a line of the page says."""
        words = shlex.split(line.replace("FINGERPRINT", self.fingerprint))
        on_console = words[:2] == ["$", "console"]
        words = words[2:] if on_console else words
        assert words.pop(0) == "underrose"
        if words[:2] == ["people", "requests"]:
            self.make_key()
        quick = (
            QUICK if words[1:2] == ["new-committee"] or words[1:3] == ["recovery", "open"] else ()
        )
        done = CliRunner().invoke(
            main, [*words, *quick], env=dict(self.console) if on_console else {}
        )
        self.said.append((line, done))
        return done

    def make_key(self) -> None:
        """What Gloria's browser does, and what she reads from its screen."""
        own = Identity.generate()
        text = own.text.encode() + b"\n"
        with writing(open_book(self.console["REVIEW_BOOK_URL"])) as connection:
            roster = rosters.newest(connection)
            assert roster is not None
            assert roster.recovery is not None
            copy = seal(text, [roster.recovery])
            made = enrolment.make(own.seed, roster, "gloria", days.today(), copy)
            identity = seal(text, [PassphraseRecipient("nine words", 10)])
            offer = Offer(request=made, identity=identity, recovery=copy, former=None)
            desk.offer(connection, roster, "gloria", offer, days.today())
        self.seeds.append(own)
        self.fingerprint = enrolment.verify(made).fingerprint


def lines() -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", PAGE.read_text(), flags=re.M | re.S)
    return [line for block in blocks for line in block.splitlines()]


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "committee.toml")
    return Story(tmp_path)


def test_the_page_of_the_ceremony_works_as_it_is_written(story: Story) -> None:
    assert len(lines()) > 20
    for line in lines():
        done = story.follow(line)
        assert done.exit_code == 0, (line, done.output)
        if "new-committee" in line:
            upgraded = CliRunner().invoke(main, ["database", "upgrade"], env=dict(story.console))
            assert upgraded.exit_code == 0, upgraded.output
    folder = story.folder
    newest = parse((folder / "ninth/roster.json").read_bytes())
    assert newest.epoch == 9
    assert newest.reader("alternate") is None
    gloria = newest.reader("gloria")
    assert gloria is not None
    assert gloria.recipient == story.seeds[-1].recipient
    sheet = read_sheet((folder / "recovered/people/gloria/passphrase.txt").read_text())
    book = open_book(story.console["REVIEW_BOOK_URL"])
    with reading(book) as connection:
        kept = people.identity_file(connection, "gloria")
        assert rosters.newest(connection) == newest
    assert kept is not None
    (own,) = read_identity_file(open_sealed(kept, [PassphraseIdentity(sheet)]))
    assert own.recipient == gloria.recipient
    kinds = {kind: len(entries(book, kind)) for kind in ("key.rotated", "identity.recovered")}
    assert kinds == {"key.rotated": 5, "identity.recovered": 1}


def first(story: Story) -> None:
    for line in lines()[:2]:
        assert story.follow(line).exit_code == 0


def extended(out: str, *more: str) -> list[str]:
    words = ["keys", "extend", "--roster", "first/roster.json", "--root", "first/safe/root.key"]
    return [*words, "--out", out, *more]


def test_the_same_change_again_says_that_it_was_done_and_writes_nothing(story: Story) -> None:
    first(story)
    assert "wrote: next/protocol.md" in CliRunner().invoke(main, extended("next")).output
    before = {path: path.read_bytes() for path in Path("next").iterdir()}
    again = CliRunner().invoke(main, extended("next"))
    assert (again.exit_code, "done already: epoch 2" in again.output) == (0, True)
    other = CliRunner().invoke(main, extended("next", "--valid-days", "20"))
    assert (other.exit_code, "never writes over another" in other.output) == (1, True)
    assert {path: path.read_bytes() for path in Path("next").iterdir()} == before


def test_the_protocol_has_what_was_done_and_no_secret(story: Story) -> None:
    first(story)
    page = Path("first/protocol.md").read_text()
    assert "Ada Winter" in page
    assert parse(Path("first/roster.json").read_bytes()).fingerprint in page
    shares = Path("shares/protocol.md").read_text()
    assert "share 2 went to Outside Counsel" in shares
    secrets = [path for path in Path("first").rglob("*") if path.parent.name in ("safe", "review")]
    for path in [*filter(Path.is_file, secrets), *Path("shares/shares").iterdir()]:
        for line in path.read_bytes().splitlines():
            assert len(line) < 20 or line not in page.encode() + shares.encode()


def test_a_swapped_request_is_refused_and_nothing_is_written(story: Story) -> None:
    for line in lines():
        if " keys join " in line:
            break
        assert story.follow(line).exit_code == 0
        if "new-committee" in line:
            CliRunner().invoke(main, ["database", "upgrade"], env=dict(story.console))
    heard = story.fingerprint
    story.make_key()
    with reading(open_book(story.console["REVIEW_BOOK_URL"])) as connection:
        roster = rosters.newest(connection)
        assert roster is not None
        Path("requests.json").write_bytes(desk.requests(connection, roster))
    story.fingerprint = heard
    done = story.follow(line)
    assert done.exit_code == 1
    assert "is not the one whose fingerprint was read aloud" in done.output
    assert not Path("second").exists()
