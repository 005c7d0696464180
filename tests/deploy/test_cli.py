import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from crypto.roster import Roster, sign_roster, verify
from crypto.signing import verify_key
from crypto.strict import b64, parse_canonical, to_b64
from deploy import database
from deploy.ceremony import Ceremony, hold, write
from deploy.cli import main
from deploy.committee import read
from deploy.installation import Installation
from deploy.keys import EXAMPLE
from intake import drop
from review.store import database as book
from review.store import entries, rosters

pytestmark = pytest.mark.sqlite("test_whole_on_postgres.py runs the commands over a server")

TODAY = date(2026, 11, 21)
COMMITTEE = read(EXAMPLE.read_text())


def run(settings: Mapping[str, str], *words: str) -> Result:
    return CliRunner().invoke(main, words, env=dict(settings))


def commands(
    command: click.Command, path: str = "underrose"
) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")


def test_every_verb_is_mounted() -> None:
    found = {path for path, command in commands(main) if not isinstance(command, click.Group)}
    assert found >= {
        "underrose collect",
        "underrose database upgrade",
        "underrose demo",
        "underrose export",
        "underrose intake serve",
        "underrose keys new-committee",
        "underrose keys extend",
        "underrose keys join",
        "underrose keys leave",
        "underrose keys recovery open",
        "underrose keys recovery split",
        "underrose keys requests",
        "underrose keys rotate reader",
        "underrose keys rotate routing",
        "underrose keys seat",
        "underrose people add",
        "underrose people set-identity",
        "underrose review serve",
        "underrose roster publish",
        "underrose set-aside list",
        "underrose set-aside retry",
    }


@pytest.mark.parametrize("path", [path for path, _command in commands(main)])
def test_every_verb_says_what_it_does(path: str) -> None:
    assert dict(commands(main))[path].help


def test_an_error_is_one_plain_line_with_a_hint_below() -> None:
    result = run({}, "database", "upgrade")
    assert result.exit_code == 1
    assert re.fullmatch(r"underrose: [a-z].*[a-z]\nhint: set .*\n", result.output)


def test_every_problem_of_a_committee_is_a_line(tmp_path: Path) -> None:
    file = tmp_path / "committee.toml"
    file.write_text("[committee]\n")
    words = ["keys", "new-committee", "--committee", str(file), "--out", str(tmp_path / "out")]
    result = run({}, *words)
    assert result.exit_code == 1
    assert "underrose: [committee] has no name\n" in result.output
    assert "underrose: [committee] has no valid_days\n" in result.output


def test_the_version_is_told() -> None:
    assert re.fullmatch(r"underrose, version \d+\.\d+\.\d+\n", run({}, "--version").output)


def test_upgrade_makes_the_databases_that_the_environment_names(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'drop.db'}"
    result = run({"INTAKE_DATABASE_URL": url}, "database", "upgrade")
    assert (result.exit_code, result.output) == (0, f"drop: version {database.head('drop')}\n")
    assert database.current("drop", url) == database.head("drop")


@pytest.fixture(scope="module")
def made() -> Ceremony:
    return hold(COMMITTEE, TODAY, demo=True, work_factor=10)


@pytest.fixture
def here(tmp_path: Path, made: Ceremony) -> Installation:
    here = Installation(tmp_path)
    write(made.papers, here.committee)
    run(here.for_collector(TODAY), "database", "upgrade")
    return here


def publish(here: Installation, settings: Mapping[str, str], document: bytes) -> Result:
    file = here.folder / "next.json"
    file.write_bytes(document)
    return run(settings, "roster", "publish", str(file))


def following(made: Ceremony, **changes: object) -> bytes:
    """The roster after the ceremony's, with some fields changed."""
    fields = parse_canonical(made.roster.document)
    assert isinstance(fields, dict)
    kept = {name: value for name, value in fields.items() if name not in ("v", "signature")}
    root = next(paper.content for paper in made.papers if paper.path == "safe/root.key")
    kept |= {"epoch": 2, "previous": made.roster.hash}
    return sign_roster({**kept, **changes}, b64(root.decode().strip()))


def published(here: Installation) -> tuple[bytes | None, Roster]:
    settings = here.for_collector(TODAY)
    with drop.reading(drop.open_drop(settings["REVIEW_DROP_URL"])) as connection:
        in_drop = drop.current_roster(connection)
    with book.reading(book.open_book(settings["REVIEW_BOOK_URL"])) as connection:
        root_key = b64(settings["REVIEW_ROOT_KEY"])
        return in_drop, rosters.current_roster(connection, root_key, demo=True)


def test_a_roster_is_published_in_the_drop_and_in_the_book(
    here: Installation, made: Ceremony
) -> None:
    settings = here.for_collector(TODAY)
    result = publish(here, settings, made.roster.document)
    assert result.output == f"published: epoch 1, fingerprint {made.roster.fingerprint}\n"
    assert published(here) == (made.roster.document, made.roster)
    second = following(made)
    assert publish(here, settings, second).exit_code == 0
    assert published(here)[0] == second


def test_publishing_the_same_roster_again_changes_nothing(
    here: Installation, made: Ceremony
) -> None:
    for _ in range(2):
        result = publish(here, here.for_collector(TODAY), made.roster.document)
        assert result.exit_code == 0
    with book.reading(book.open_book(here.for_console(TODAY)["REVIEW_BOOK_URL"])) as connection:
        (entry,) = entries.pending(connection)
    assert (entry.type, entry.on) == ("roster.published", TODAY)
    assert entry.data == {"roster": made.roster.hash, "epoch": 1}


def test_an_older_roster_cannot_come_back(here: Installation, made: Ceremony) -> None:
    second = following(made)
    assert publish(here, here.for_collector(TODAY), second).exit_code == 0
    result = publish(here, here.for_collector(TODAY), made.roster.document)
    assert (result.exit_code, published(here)[0]) == (1, second)


def test_a_roster_that_another_key_signed_is_refused(here: Installation, made: Ceremony) -> None:
    settings = here.for_collector(TODAY) | {"REVIEW_ROOT_KEY": to_b64(verify_key(bytes(32)))}
    result = publish(here, settings, made.roster.document)
    assert result.exit_code == 1
    assert "did not sign this roster" in result.output


def test_a_demos_roster_is_refused_anywhere_else(here: Installation, made: Ceremony) -> None:
    settings = {**here.for_console(None), "REVIEW_DEMO": "0"}
    result = publish(here, settings, made.roster.document)
    assert result.exit_code == 1
    assert "demonstration" in result.output


def test_a_roster_past_its_last_day_is_refused(here: Installation, made: Ceremony) -> None:
    late = made.roster.expires_on.replace(year=made.roster.expires_on.year + 1)
    result = publish(here, here.for_collector(late), made.roster.document)
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"REVIEW_ROOT_KEY": ""}, "the root key is not set"),
        ({"INTAKE_ROOT_KEY": "AA=="}, "the root key is two different keys"),
        ({"REVIEW_ROOT_KEY": "AA=="}, "not 32 bytes of base64"),
        ({"REVIEW_DROP_URL": "", "REVIEW_BOOK_URL": ""}, "neither the drop nor the book"),
    ],
)
def test_a_setting_that_publishing_needs_is_asked_for(
    here: Installation, made: Ceremony, changes: Mapping[str, str], sentence: str
) -> None:
    result = publish(here, {**here.for_collector(TODAY), **changes}, made.roster.document)
    assert result.exit_code == 1
    assert sentence in result.output


def test_the_roster_of_the_ceremony_is_the_one_that_its_root_key_verifies(made: Ceremony) -> None:
    assert verify(made.roster.document, made.root_key) == made.roster
