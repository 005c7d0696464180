"""The weekly notice: the same for everybody, every week, and nothing of any case in it."""

import os
import ssl
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from deploy import mail
from deploy.errors import MailRefused, SettingMissing
from deploy.notices import notices_group
from review import cli, notices
from review.errors import PersonRefused
from review.store.database import reading, writing
from review.store.notices import addresses
from tests import committee
from tests.browser.installation import Installation
from tests.certificates import certificate_for
from tests.review.conftest import installation  # noqa: F401 - a fixture of the console's tests
from tests.review.tables import rows
from tests.smtp import Postbox, serving

pytestmark = pytest.mark.stores

SENDER = "committee@mail.example"
MONDAY = date(2026, 11, 16)
EVERYBODY = ("chair", "member-1", "member-2", "secretary")
Run = Callable[..., Result]


def address(person: str) -> str:
    """An address whose length differs from person to person."""
    return f"{person}@{person}.example"


@pytest.fixture
def run(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Run:  # noqa: F811
    """Runs a verb, with another port of the mail server or other settings where they are given."""
    for name, value in installation.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REVIEW_MAIL_FROM", SENDER)
    group = click.Group("test", commands=[notices_group, *cli.review_commands])

    def invoke(*words: str, port: int = 1, **settings: str) -> Result:
        given = {"REVIEW_MAIL_SERVER": f"localhost:{port}", **settings}
        return CliRunner().invoke(group, list(words), env={**os.environ, **given})

    with writing(installation.book) as connection:
        for person in EVERYBODY:
            notices.set_address(connection, person, address(person))
    return invoke


def send(run: Run, postbox: Postbox, **settings: str) -> Result:
    """Run the job once against a postbox."""
    return run("notices", "send", port=postbox.port, **settings)


def later(weeks: int = 0, days: int = 0) -> str:
    """A day after today, as a setting."""
    return (committee.TODAY + timedelta(weeks=weeks, days=days)).isoformat()


def test_everybody_gets_the_same_bytes_whether_anything_came_or_not(
    run: Run,
    installation: Installation,  # noqa: F811
) -> None:
    """Attack: learning from a mail, its coming, its size or its words that there is a case."""
    with serving(Postbox()) as postbox:
        assert (send(run, postbox).output, len(postbox.taken)) == ("", len(EVERYBODY))
        quiet = postbox.taken[:]
        installation.submitter().submit(excluded=["member-2", "secretary"])
        installation.collect()
        send(run, postbox, REVIEW_TODAY=later(weeks=1))
        busy = postbox.taken[len(quiet) :]
    assert [each.address for each in quiet] == [address(person) for person in EVERYBODY]
    assert [each.address for each in busy] == [each.address for each in quiet]
    assert {each.sender for each in postbox.taken} == {SENDER}
    (words,) = {each.message for each in quiet}
    (other,) = {each.message for each in busy}
    # But for its day a week's notice is that of the week before.
    assert words == mail.notice(SENDER, MONDAY)
    assert other == mail.notice(SENDER, MONDAY + timedelta(weeks=1))
    assert not any(address(person).encode() in words for person in EVERYBODY)


def test_a_notice_differs_from_week_to_week_by_its_day_alone() -> None:
    first = mail.notice(SENDER, MONDAY)
    for n in range(1, 120):
        other = mail.notice(SENDER, MONDAY + timedelta(weeks=n))
        assert len(other) == len(first)
        changed = [
            a for a, b in zip(first.split(b"\r\n"), other.split(b"\r\n"), strict=True) if a != b
        ]
        assert {line.partition(b":")[0] for line in changed} == {b"Date", b"Message-ID"}


def test_a_notice_has_no_count_no_link_and_no_name() -> None:
    words = mail.WORDS.lower()
    assert not any(letter.isdigit() for letter in words)
    assert "http" not in words
    assert "case" not in words
    assert not any(name.lower() in words for _id, _role, _title, name in committee.READERS)


def test_nobody_is_sent_the_notice_of_a_week_twice(run: Run) -> None:
    with serving(Postbox()) as postbox:
        for days in (0, 0, 1):
            assert send(run, postbox, REVIEW_TODAY=later(days=days)).exit_code == 0
        assert len(postbox.taken) == len(EVERYBODY)
        send(run, postbox, REVIEW_TODAY=later(days=2))
        assert len(postbox.taken) == 2 * len(EVERYBODY)


def test_when_the_mail_server_is_down_the_next_run_sends_what_is_left(
    run: Run,
    installation: Installation,  # noqa: F811
) -> None:
    with serving(Postbox()) as postbox:
        port = postbox.port
    down = run("notices", "send", port=port)
    assert isinstance(down.exception, MailRefused)
    assert rows(installation.book)["notices_sent"] == []
    refusing = Postbox(refused={address("chair")})
    with serving(refusing) as postbox:
        refused = send(run, postbox)
        assert refused.exit_code == 1
        assert (
            refused.output == "underrose: chair was not sent the notice: the server answered 550\n"
        )
        assert address("chair") not in refused.output
        assert len(postbox.taken) == len(EVERYBODY) - 1
        postbox.refused.clear()
        assert send(run, postbox).output == ""
    assert sorted(each.address for each in postbox.taken) == sorted(map(address, EVERYBODY))


def test_who_may_not_sign_in_any_more_gets_no_notice_and_no_address_is_kept(
    run: Run,
    installation: Installation,  # noqa: F811
) -> None:
    assert run("people", "remove", "member-2").exit_code == 0
    assert run("people", "set-address", "chair").output == "changed: chair\n"
    with reading(installation.book) as connection:
        assert set(addresses(connection)) == {"member-1", "secretary"}
    installation.publish(
        committee.next_roster(
            installation.roster,
            readers=[
                each
                for each in committee.roster_fields()["readers"]  # type: ignore[attr-defined]
                if each["id"] != "member-1"
            ],
        )
    )
    with serving(Postbox()) as postbox:
        send(run, postbox)
    assert [each.address for each in postbox.taken] == [address("secretary")]


def test_an_address_is_one_address_and_no_command(run: Run) -> None:
    """Attack: an address that brings a header, a second recipient or a command."""
    for odd in (
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "<a@b>",
        "a b@c",
        "@b",
        "a@",
        "ä@b",
        "a@b\n",
        "x" * 300,
    ):
        assert isinstance(run("people", "set-address", "chair", odd).exception, PersonRefused), odd
    assert isinstance(run("people", "set-address", "nobody", "a@b").exception, PersonRefused)


def test_a_password_goes_over_tls_to_a_server_whose_certificate_is_right(
    run: Run, tmp_path: Path
) -> None:
    certificate, key = certificate_for(("localhost",), tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    secret = tmp_path / "mail.secret"
    secret.write_text("the mail server's own\n")
    secret.chmod(0o600)
    known = {"REVIEW_MAIL_USER": "underrose", "REVIEW_MAIL_PASSWORD_FILE": str(secret)}
    login = ("underrose", "the mail server's own")
    with serving(Postbox(tls=context, login=login)) as postbox:
        assert isinstance(send(run, postbox, **known).exception, MailRefused)
        trusted = {**known, "REVIEW_MAIL_CA_FILE": str(certificate)}
        assert (
            isinstance(
                send(run, postbox, REVIEW_MAIL_CA_FILE=str(certificate)).exception, MailRefused
            )
            or not postbox.taken
        )
        assert postbox.taken == []
        assert send(run, postbox, **trusted).output == ""
        assert len(postbox.taken) == len(EVERYBODY)
        assert all(each.by_tls for each in postbox.taken)
    secret.write_text("another\n")
    with serving(Postbox(tls=context, login=login)) as postbox:
        wrong = send(run, postbox, REVIEW_TODAY=later(weeks=1), **trusted)
    assert isinstance(wrong.exception, MailRefused)
    assert "another" not in str(wrong.exception)


def test_nothing_is_said_in_clear_to_a_server_on_another_machine() -> None:
    for here in ("127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"):
        assert mail.is_here(here)
    for far in ("10.0.0.1", "192.0.2.7", "fe80::1%eth0", "::ffff:192.0.2.7", "2001:db8::1"):
        assert not mail.is_here(far)
    with serving(Postbox()) as postbox:
        server = mail.Server(host="localhost", port=postbox.port)
        elsewhere = mail.connected(server, SENDER, lambda peer: not mail.is_here(peer))
        with pytest.raises(MailRefused, match="offers no STARTTLS") as refused, elsewhere:
            pass
    assert refused.value.hint
    assert postbox.taken == []


def test_without_a_mail_server_the_job_says_what_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REVIEW_MAIL_FROM")
    result = CliRunner(env=dict(os.environ)).invoke(notices_group, ["send"])
    assert isinstance(result.exception, SettingMissing)
