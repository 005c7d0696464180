"""Settings: every problem at once, nothing unknown, and each with its four facts."""

import datetime
import inspect
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from crypto.cosignature import Signer
from crypto.strict import to_b64
from review import settings as module
from review.errors import SettingsRefused
from review.routing import collector_files
from review.settings import (
    Settings,
    open_to_others,
    read_ledger_key,
    read_policy,
    read_store_key,
    write_store_key,
)
from tests import committee


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """What a console needs."""
    write_store_key(tmp_path / "store.key")
    return {
        "REVIEW_BOOK_URL": f"sqlite:///{tmp_path / 'book.db'}",
        "REVIEW_SHRED_URL": f"sqlite:///{tmp_path / 'shred.db'}",
        "REVIEW_STORE_KEY_FILE": str(tmp_path / "store.key"),
        "REVIEW_ROOT_KEY": to_b64(committee.ROOT_KEY),
    }


def problems(environ: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_environ(environ)
    return refused.value.problems


def test_what_a_console_needs_is_enough(environ: dict[str, str]) -> None:
    made = Settings.from_environ({**environ, "HOME": "/x", "INTAKE_DEMO": "1"})
    assert made.root_key == committee.ROOT_KEY
    assert (made.allow_password, made.demo, made.https) == (False, False, False)
    assert (made.drop_url, made.routing_identity_file, made.today) == (None, None, None)
    assert (made.ledger_key_file, made.checkpoint_file, made.policy_file) == (None, None, None)
    assert str(made.timezone) == "UTC"


def test_every_problem_is_told_at_once() -> None:
    found = problems(
        {
            "REVIEW_BOOK_URL": "postgresql://x/y",
            "REVIEW_ROOT_KEY": "x",
            "REVIEW_TIMEZONE": "Nowhere/Else",
            "REVIEW_DEMO": "yes",
            "REVIEW_STORE_KEY_FILE": "/none",
            "REVIEW_TODAY": "21 November",
            "REVIEW_ALOW_PASSWORD": "1",
        }
    )
    named = ("BOOK", "SHRED", "STORE", "ROOT", "TIMEZONE", "DEMO", "TODAY", "ALOW_PASSWORD")
    assert len(found) == len(named)
    for name in named:
        assert [line for line in found if line.startswith(f"REVIEW_{name}")], name


def test_a_misspelt_setting_is_not_its_default(environ: dict[str, str]) -> None:
    environ["REVIEW_HTTP"] = "1"
    assert problems(environ) == ("REVIEW_HTTP is not a setting",)


def test_the_day_is_for_a_demonstration_to_pretend(environ: dict[str, str]) -> None:
    environ["REVIEW_TODAY"] = "2026-11-21"
    assert "demonstration" in problems(environ)[0]
    made = Settings.from_environ({**environ, "REVIEW_DEMO": "1"})
    assert made.day(datetime.datetime.now(datetime.UTC)) == committee.TODAY


def test_the_day_is_the_installation_s_and_not_the_machine_s(environ: dict[str, str]) -> None:
    made = Settings.from_environ({**environ, "REVIEW_TIMEZONE": "America/Los_Angeles"})
    early = datetime.datetime(2026, 11, 21, 4, 0, tzinfo=datetime.UTC)
    assert made.day(early) == datetime.date(2026, 11, 20)


def test_every_setting_says_what_it_is_its_default_its_making_and_whom_it_trusts() -> None:
    source = inspect.getsource(module.Settings)
    for each in fields(Settings):
        found = re.search(rf'    {each.name}: .*?\n    """(.*?)"""', source, re.S)
        assert found is not None, each.name
        text = " ".join(found[1].split())
        assert re.search(r"Who can (change|read)", text), each.name
        assert re.search(r"[Dd]efault|REVIEW_", text), each.name
        assert len(re.findall(r"\.(?: |$)", text)) >= 2, each.name


def test_a_store_key_is_private_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "store.key"
    write_store_key(path)
    first = read_store_key(path)
    assert len(first) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_store_key(path)
    assert read_store_key(path) == first


@pytest.mark.parametrize("content", ["", "x", to_b64(bytes(31)), to_b64(bytes(33)), "é"])
def test_a_store_key_of_another_form_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "store.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SettingsRefused, match="32 bytes"):
        read_store_key(path)


@pytest.mark.parametrize("mode", [0o604, 0o660, 0o644, 0o666])
def test_a_key_that_others_can_read_is_refused(
    environ: dict[str, str], tmp_path: Path, mode: int
) -> None:
    """Attack: another user of the host, for whom a careless copy left the file open."""
    routing = tmp_path / "routing"
    routing.write_text(f"{committee.identity('routing').text}\n")
    environ |= {"REVIEW_DROP_URL": "sqlite:////d.db", "REVIEW_ROUTING_IDENTITY_FILE": str(routing)}
    settings = Settings.from_environ(environ)
    for path, read in (
        (settings.store_key_file, lambda: read_store_key(settings.store_key_file)),
        (routing, lambda: collector_files(settings)),
    ):
        path.chmod(mode)
        with pytest.raises(SettingsRefused, match=f"can be read by others: run chmod 600 {path}"):
            read()
        path.chmod(0o600)
        read()


def test_a_collector_needs_two_more_settings(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as refused:
        collector_files(Settings.from_environ(environ))
    assert len(refused.value.problems) == 2
    path = tmp_path / "routing"
    path.write_text(f"# routing\n{committee.identity('routing').text}\n")
    path.chmod(0o600)
    environ |= {"REVIEW_DROP_URL": "sqlite:////drop.db", "REVIEW_ROUTING_IDENTITY_FILE": str(path)}
    files = collector_files(Settings.from_environ(environ))
    (own,) = files.identity.identities
    assert own.recipient == committee.recipient("routing")
    assert committee.identity("routing").text not in repr(files)
    for content in ("", "nothing", "x" * 99):
        path.write_text(content)
        with pytest.raises(SettingsRefused, match="an identity"):
            collector_files(Settings.from_environ(environ))


LEDGER = Signer("ledger.example/one", b"k" * 32)


def test_a_ledger_key_is_private_and_of_one_spelling(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    path.write_text(f"{LEDGER.private_text}\n")
    path.chmod(0o600)
    assert read_ledger_key(path) == LEDGER
    path.chmod(0o604)
    with pytest.raises(SettingsRefused, match="can be read by others"):
        read_ledger_key(path)
    path.chmod(0o600)
    for content in ("", LEDGER.key.text, f" {LEDGER.private_text}", f"{LEDGER.private_text}\n\n"):
        path.write_text(content)
        with pytest.raises(SettingsRefused, match="REVIEW_LEDGER_KEY_FILE: not a") as refused:
            read_ledger_key(path)
        assert LEDGER.private_text not in str(refused.value)


def test_a_policy_is_read_when_it_is_used(tmp_path: Path) -> None:
    assert read_policy(None) is None
    path = tmp_path / "policy"
    path.write_text(f"log {LEDGER.key.text}\nquorum none\n")
    found = read_policy(path)
    assert found is not None
    assert found.ledgers == (LEDGER.key,)
    path.write_text("quorum somebody\n")
    with pytest.raises(SettingsRefused, match="REVIEW_POLICY_FILE: "):
        read_policy(path)


def test_a_checkpoint_is_kept_in_a_folder_that_is_there(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Attack: a mistyped place, in which no earlier checkpoint is ever found."""
    place = tmp_path / "ledger.checkpoint"
    made = Settings.from_environ({**environ, "REVIEW_CHECKPOINT_FILE": str(place)})
    assert made.checkpoint_file == place
    for wrong in (tmp_path / "none" / "x", tmp_path):
        found = problems({**environ, "REVIEW_CHECKPOINT_FILE": str(wrong)})
        assert found == ("REVIEW_CHECKPOINT_FILE must name a file in a folder that is there",)


def test_days_of_cooling_are_whole_and_at_least_one(environ: dict[str, str]) -> None:
    assert Settings.from_environ(environ).cooling_days == 7
    one = Settings.from_environ({**environ, "REVIEW_COOLING_DAYS": "1"})
    assert one.cooling_days == 1
    for wrong in ("0", "-1", "1.5", "07", "seven", "3651", ""):
        found = problems({**environ, "REVIEW_COOLING_DAYS": wrong})
        assert found == ("REVIEW_COOLING_DAYS must be a whole number of days from 1 to 3650",)


@pytest.mark.parametrize(
    ("mode", "user", "group", "others"),
    [
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


@pytest.mark.parametrize(
    "origin",
    ["https://console.example", "https://console.example:8443", "http://localhost:8001"],
)
def test_an_origin_is_as_the_browser_shows_it(environ: dict[str, str], origin: str) -> None:
    made = Settings.from_environ({**environ, "REVIEW_ORIGIN": origin})
    assert made.origin == origin
    made.check_ways_in()


@pytest.mark.parametrize(
    "origin",
    [
        *("http://console.example", "https://Console.example", "https://console.example/"),
        *("https://console.example:443", "https://192.0.2.1", "https://user@console.example"),
        *("console.example", "", "https://", "https://a..b", "http://localhost:80", "https://x:y"),
    ],
)
def test_an_origin_that_no_passkey_could_be_of_is_refused(
    environ: dict[str, str], origin: str
) -> None:
    (found,) = problems({**environ, "REVIEW_ORIGIN": origin})
    assert found.startswith("REVIEW_ORIGIN must be")


def test_a_password_alone_is_for_a_demonstration_only(environ: dict[str, str]) -> None:
    """Attack: an installation whose console opens by what somebody can be talked out of."""
    (found,) = problems({**environ, "REVIEW_ALLOW_PASSWORD": "1"})
    assert "for a demonstration only" in found
    Settings.from_environ({**environ, "REVIEW_ALLOW_PASSWORD": "1", "REVIEW_DEMO": "1"})


def test_a_console_without_a_way_in_does_not_start(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsRefused, match="REVIEW_ORIGIN must be set"):
        Settings.from_environ(environ).check_ways_in()
    Settings.from_environ({**environ, "REVIEW_ALLOW_CODE": "1"}).check_ways_in()
