"""Who signs statements, and what happens when nobody can: submissions are taken in all the same."""

import logging
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto import statement, strict, tally
from crypto.signing import verify_key
from deploy.rights import COLLECTOR
from intake import drop
from intake.app import create_app
from intake.cli import intake_group
from intake.errors import SettingsRefused, StatementKeyUnusable
from intake.notary import Notaries, appoint, open_to_others, read_seed
from intake.settings import Settings
from tests import committee
from tests.intake.house import DAY, House, environ, key_file
from tests.intake.web.test_sealed import follow_up, form, post, submission

pytestmark = pytest.mark.stores

KEYS = [verify_key(committee.statement_seed())]
OTHER = strict.to_b64(committee.seed("a stranger"))
BROKEN = ["", "not base64\n", strict.to_b64(bytes(31)) + "\n", " " + OTHER, OTHER + "\n\n", "\xff"]


def restarted(house: House) -> House:
    """The house after its program was started anew."""
    house.app = create_app(Settings.from_environ(environ(house.url)))
    house.client = house.app.test_client()
    return house


def test_the_key_in_the_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "statement.key"
    path.touch(mode=0o600)
    path.write_text(strict.to_b64(committee.statement_seed()) + "\n")
    assert read_seed(path) == committee.statement_seed()
    assert appoint(read_seed(path), committee.roster()).installation == committee.INSTALLATION


@pytest.mark.parametrize("content", BROKEN)
def test_a_file_that_holds_no_key_is_told_without_its_content(tmp_path: Path, content: str) -> None:
    path = tmp_path / "statement.key"
    path.touch(mode=0o600)
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(StatementKeyUnusable) as unusable:
        read_seed(path)
    assert str(unusable.value) == (
        "INTAKE_STATEMENT_KEY_FILE does not hold 32 bytes in base64, on one line"
    )


@pytest.mark.parametrize("mode", [0o604, 0o660, 0o620])
def test_a_key_that_others_can_read_is_refused_at_the_start(house: House, mode: int) -> None:
    key_file(house.url).chmod(mode)
    with pytest.raises(SettingsRefused) as refused:
        restarted(house)
    assert "chmod 600" in refused.value.problems[0]


def test_a_key_that_the_roster_does_not_list_signs_nothing() -> None:
    with pytest.raises(StatementKeyUnusable):
        appoint(committee.seed("a stranger"), committee.roster())


@pytest.mark.parametrize("content", [*BROKEN, OTHER, None], ids=repr)
def test_a_broken_or_unlisted_statement_key_never_stops_a_submission(
    house: House, content: str | None
) -> None:
    path = key_file(house.url)
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content.encode("latin-1"))
    restarted(house)
    answer = house.send()
    assert answer.status_code == 200
    assert "It has arrived" in answer.text
    assert 'download="statement.json"' not in answer.text
    assert 'download="kept.json"' in answer.text
    sealed = post(house, "submissions", submission(form()))
    assert (sealed.status_code, sealed.data) == (201, b"")
    more = post(house, "follow-ups", {**follow_up(house, form()), "token": "ab" * 15})
    assert (more.status_code, more.data) == (201, b"")
    assert "What you added has arrived" in house.follow(form().code.text, text="more").text
    assert len(house.deposits()) == len(house.rows()["tally"]) == 4
    assert [row[-1] for row in house.rows()["deposits"]] == [None] * 4


def test_the_operator_is_told_once_that_nothing_is_signed(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    key_file(house.url).write_text(OTHER + "\n")
    restarted(house)
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            house.submit()
    assert caplog.messages == [
        "deposits are taken in without a statement: "
        "the roster does not list the key in INTAKE_STATEMENT_KEY_FILE"
    ]


def test_a_key_signs_again_as_soon_as_the_roster_lists_it(tmp_path: Path) -> None:
    path = tmp_path / "statement.key"
    path.touch(mode=0o600)
    path.write_text(OTHER + "\n")
    notaries = Notaries(path)
    assert notaries.of(committee.roster()) is None
    key = strict.to_b64(verify_key(committee.seed("a stranger")))
    assert notaries.of(committee.next_roster(committee.roster(), statement_keys=[key])) is not None


def test_a_statement_says_nothing_of_the_case_or_the_message(house: House) -> None:
    house.submit()
    (deposit,) = house.deposits()
    stated = house.mailbox_of(deposit).receipts[0].statement
    assert stated is not None
    statement.verify(stated, KEYS)
    for secret in (deposit.id, deposit.mailbox_id, deposit.digest, deposit.commitment):
        assert secret.encode() not in stated
    assert str(deposit.nonce).encode() not in stated


def run(house: House, *words: str, **changes: str) -> tuple[int, str, str | None]:
    """The exit status of close-days, what it prints, and the error that the program shows."""
    # On PostgreSQL the program that closes days must see all of them, so it is not intake's role.
    settings = environ(house.url, COLLECTOR, **changes)
    done = CliRunner(env=settings).invoke(intake_group, ["close-days", *words])
    return done.exit_code, done.output, None if done.exception is None else str(done.exception)


def test_the_command_closes_every_day_that_is_over(house: House) -> None:
    house.submit()
    later = (committee.TODAY + 2 * DAY).isoformat()
    assert run(house, INTAKE_TODAY=later) == (
        0,
        "closed 2026-11-21\nclosed 2026-11-22\n",
        None,
    )
    assert run(house, INTAKE_TODAY=later) == (0, "", None)
    with drop.reading(house.engine) as connection:
        found = [tally.verify(document, KEYS) for _day, document in drop.closed_days(connection)]
    assert [len(each.deposits) for each in found] == [1, 0]


def test_the_command_goes_step_by_step_when_it_is_told_to(house: House) -> None:
    house.submit()
    later = (committee.TODAY + 2000 * DAY).isoformat()
    status, _output, error = run(house, INTAKE_TODAY=later)
    assert (status, error) == (1, "more than 7 days are open, the first of them 2026-11-21")
    assert run(house, "--until", "2026-11-23", INTAKE_TODAY=later)[1].count("closed") == 2
    assert run(house, "--until", "2027-01-01", INTAKE_TODAY="2026-11-24")[1].count("closed") == 1


def test_days_are_closed_under_an_expired_roster_too(house: House) -> None:
    later = (house.roster.expires_on + DAY).isoformat()
    assert run(house, INTAKE_TODAY=later)[0] == 0


def test_days_stay_open_until_there_is_a_good_key(house: House) -> None:
    house.submit()
    path, later = key_file(house.url), (committee.TODAY + 2 * DAY).isoformat()
    good = path.read_text()
    for wrong in ("", OTHER):
        path.write_text(wrong)
        status, output, error = run(house, INTAKE_TODAY=later)
        assert (status, output) == (1, "")
        assert "INTAKE_STATEMENT_KEY_FILE" in str(error)
        assert house.rows()["tally_days"] == []
    path.write_text(good)
    assert run(house, INTAKE_TODAY=later)[1].count("closed") == 2


@pytest.mark.parametrize(
    ("mode", "user", "group", "others"),
    [
        (0o400, 1000, 1000, False),
        (0o440, 1000, 1000, True),
        (0o440, 0, 1000, True),
        # As systemd gives a credential to a service: an access list shows as the group's right.
        (0o440, 0, 0, False),
        (0o460, 0, 0, True),
        (0o444, 0, 0, True),
    ],
)
def test_a_credential_of_systemd_is_nobody_elses(
    mode: int, user: int, group: int, others: bool
) -> None:
    status = os.stat_result((0o100000 | mode, 0, 0, 1, user, group, 0, 0, 0, 0))
    assert open_to_others(status) is others
