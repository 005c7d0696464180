import stat
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from crypto import strict
from crypto.age import open_sealed
from crypto.cosignature import Signer
from crypto.errors import InvalidSignature, WrongIdentity
from crypto.identity import Identity, PassphraseIdentity, read_identity_file
from crypto.roster import check_follows, verify
from crypto.signing import member_seed, verify_key
from deploy import ceremony
from deploy.committee import read
from deploy.errors import FolderTaken, NotOfTheCommittee
from deploy.keys import EXAMPLE, keys

TODAY = date(2026, 11, 21)
QUICK = 10
COMMITTEE = read(EXAMPLE.read_text())


@pytest.fixture(scope="module")
def made() -> ceremony.Ceremony:
    return ceremony.hold(COMMITTEE, TODAY, work_factor=QUICK)


@pytest.fixture(scope="module")
def folder(made: ceremony.Ceremony, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ceremony") / "new" / "committee"
    ceremony.write(made.papers, folder)
    return folder


def identity(folder: Path, name: str) -> Identity:
    return read_identity_file((folder / name).read_bytes())[0]


def test_the_root_key_that_is_handed_over_signed_the_roster(folder: Path) -> None:
    root_key = strict.b64((folder / "root.pub").read_text().strip())
    roster = verify((folder / "roster.json").read_bytes(), root_key)
    seed = strict.b64((folder / "safe/root.key").read_text().strip())
    assert verify_key(seed) == root_key
    assert (roster.epoch, roster.issued_on, roster.demo) == (1, TODAY, False)
    assert [(each.id, each.role) for each in roster.readers] == [
        (seat.id, seat.role) for seat in COMMITTEE.readers
    ]
    assert [each.name for each in roster.listed] == [each.name for each in COMMITTEE.listed]


def test_everybody_can_open_their_identity_with_their_sheet_and_no_other(
    made: ceremony.Ceremony, folder: Path
) -> None:
    passphrases = {
        reader.id: ceremony.read_sheet((folder / f"people/{reader.id}/passphrase.txt").read_text())
        for reader in made.roster.readers
    }
    assert len(set(passphrases.values())) == len(passphrases)
    for reader in made.roster.readers:
        sealed = (folder / f"people/{reader.id}/identity.age").read_bytes()
        opened = open_sealed(sealed, [PassphraseIdentity(passphrases[reader.id])])
        own = read_identity_file(opened)[0]
        assert own.recipient == reader.recipient
        assert verify_key(member_seed(own.seed)) == reader.verify_key
        other = next(words for person, words in passphrases.items() if person != reader.id)
        with pytest.raises(WrongIdentity):
            open_sealed(sealed, [PassphraseIdentity(other)])


def test_the_secretary_can_open_the_committee_s_papers_with_a_sheet(
    made: ceremony.Ceremony, folder: Path
) -> None:
    own = folder / "people" / ceremony.SECRETARIAT.id
    words = ceremony.read_sheet((own / "passphrase.txt").read_text())
    opened = open_sealed((own / "identity.age").read_bytes(), [PassphraseIdentity(words)])
    assert read_identity_file(opened)[0].recipient == made.roster.secretariat


def test_the_roster_names_the_offices_whose_identities_were_made(
    made: ceremony.Ceremony, folder: Path
) -> None:
    assert identity(folder, "review/routing.identity").recipient == made.roster.routing
    assert identity(folder, "safe/recovery.identity").recipient == made.roster.recovery
    assert identity(folder, "safe/secretariat.identity").recipient == made.roster.secretariat
    statement = strict.b64((folder / "intake/statement.key").read_text().strip())
    assert made.roster.statement_keys == (verify_key(statement),)
    ledger = Signer.parse((folder / "review/ledger.key").read_text().removesuffix("\n"))
    assert made.roster.ledger_key == ledger.key
    assert ledger.name == f"underrose/{made.roster.installation}/1"


def test_the_recovery_identity_opens_a_copy_of_everybody_s_own(
    made: ceremony.Ceremony, folder: Path
) -> None:
    recovery = identity(folder, "safe/recovery.identity")
    copies = {path.stem: path.read_bytes() for path in (folder / "safe/recovery").iterdir()}
    assert set(copies) == {reader.id for reader in made.roster.readers}
    for reader in made.roster.readers:
        own = read_identity_file(open_sealed(copies[reader.id], [recovery]))[0]
        assert own.recipient == reader.recipient
        for office in ("review/routing.identity", "safe/secretariat.identity"):
            with pytest.raises(WrongIdentity):
                open_sealed(copies[reader.id], [identity(folder, office)])


def test_only_the_owner_can_enter_and_read(folder: Path) -> None:
    inside = list(folder.rglob("*"))
    assert inside
    for path in (folder, *inside):
        expected = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_the_hosts_get_no_key_that_opens_a_case(made: ceremony.Ceremony, folder: Path) -> None:
    readers = {reader.recipient for reader in made.roster.readers}
    for path in [*(folder / "intake").iterdir(), *(folder / "review").iterdir()]:
        text = path.read_text()
        assert (
            "AGE-SECRET-KEY" not in text
            or identity(folder, f"review/{path.name}").recipient not in readers
        )


def test_two_ceremonies_share_nothing(made: ceremony.Ceremony) -> None:
    other = ceremony.hold(COMMITTEE, TODAY, work_factor=QUICK)
    assert other.roster.installation != made.roster.installation
    mine = {paper.content for paper in made.papers}
    assert mine.isdisjoint(paper.content for paper in other.papers)


def test_a_ceremony_never_writes_over_another(made: ceremony.Ceremony, folder: Path) -> None:
    before = (folder / "safe/root.key").read_bytes()
    with pytest.raises(FolderTaken):
        ceremony.write(made.papers, folder)
    assert (folder / "safe/root.key").read_bytes() == before


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(keys, ["new-committee", "--work-factor", str(QUICK), *words])
    return result.exit_code, result.output


def test_the_command_prints_fingerprint_and_root_key_and_no_secret(tmp_path: Path) -> None:
    out = tmp_path / "out"
    status, output = run("--committee", str(EXAMPLE), "--out", str(out), "--today", "2026-11-21")
    assert status == 0
    root_key = (out / "root.pub").read_text().strip()
    roster = verify((out / "roster.json").read_bytes(), strict.b64(root_key))
    assert roster.fingerprint in output
    assert root_key in output
    assert not roster.demo
    for path in [*out.glob("safe/*.*"), *out.glob("review/*"), *out.glob("intake/*")]:
        assert path.read_text().strip() not in output
    for path in out.glob("people/*/passphrase.txt"):
        assert ceremony.read_sheet(path.read_text()) not in output


def test_a_demo_committee_says_that_it_is_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run("--demo", "--out", str(out))[0] == 0
    root_key = strict.b64((out / "root.pub").read_text().strip())
    assert verify((out / "roster.json").read_bytes(), root_key).demo


@pytest.mark.parametrize("words", [[], ["--demo", "--committee", str(EXAMPLE)]])
def test_the_command_wants_either_a_file_or_a_demo(words: list[str], tmp_path: Path) -> None:
    status, output = run(*words, "--out", str(tmp_path / "out"))
    assert status == 2
    assert "one of --committee FILE and --demo" in output
    assert not (tmp_path / "out").exists()


def test_a_lost_passphrase_is_replaced_by_another_for_the_same_identity(
    made: ceremony.Ceremony, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    copy, recovery = folder / "safe/recovery/chair.age", folder / "safe/recovery.identity"
    words = [
        "recovery",
        "open",
        str(copy),
        "--recovery",
        str(recovery),
        "--work-factor",
        str(QUICK),
    ]
    words += ["--roster", str(folder / "roster.json"), "--out", str(out)]
    result = CliRunner().invoke(keys, words)
    assert result.exit_code == 0, result.output
    passphrase = ceremony.read_sheet((out / "people/chair/passphrase.txt").read_text())
    assert passphrase not in result.output
    assert passphrase != ceremony.read_sheet((folder / "people/chair/passphrase.txt").read_text())
    sealed = (out / "people/chair/identity.age").read_bytes()
    own = read_identity_file(open_sealed(sealed, [PassphraseIdentity(passphrase)]))[0]
    assert own.recipient == made.roster.reader("chair").recipient  # type: ignore[union-attr]
    files = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert files == {"people/chair/identity.age", "people/chair/passphrase.txt", "protocol.md"}
    assert passphrase not in (out / "protocol.md").read_text()


def test_only_a_reader_of_the_roster_is_recovered(made: ceremony.Ceremony, folder: Path) -> None:
    other = ceremony.hold(COMMITTEE, TODAY, work_factor=QUICK)
    copy = (folder / "safe/recovery/chair.age").read_bytes()
    recovery = identity(folder, "safe/recovery.identity")
    with pytest.raises(NotOfTheCommittee):
        ceremony.recover(other.roster, copy, recovery)
    with pytest.raises(WrongIdentity):
        ceremony.recover(made.roster, copy, identity(folder, "safe/secretariat.identity"))


def test_the_next_roster_has_the_same_people_and_another_ledger_key(
    made: ceremony.Ceremony, folder: Path, tmp_path: Path
) -> None:
    out, key = tmp_path / "next.json", tmp_path / "ledger.key"
    result = CliRunner().invoke(
        keys, ["new-ledger", "--name", "ledger.example/2", "--out", str(key)]
    )
    assert result.exit_code == 0
    signer = Signer.parse(key.read_text().removesuffix("\n"))
    assert result.output == f"{signer.key.text}\n"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    words = ["--roster", folder / "roster.json", "--root", folder / "safe/root.key", "--out", out]
    words += ["--ledger-key", result.output.strip(), "--today", "2027-01-01"]
    result = CliRunner().invoke(keys, ["next-roster", *map(str, words)])
    assert result.exit_code == 0
    newer = verify(out.read_bytes(), made.root_key)
    check_follows(newer, made.roster)
    assert newer.fingerprint in result.output
    assert (newer.ledger_key, newer.issued_on) == (signer.key, date(2027, 1, 1))
    assert (newer.readers, newer.listed) == (made.roster.readers, made.roster.listed)
    assert newer.expires_on - newer.issued_on == made.roster.expires_on - made.roster.issued_on
    kept = ceremony.next_roster(newer, strict.b64((folder / "safe/root.key").read_text().strip()),
                                TODAY)  # fmt: skip
    assert kept.ledger_key == signer.key


def test_no_key_and_no_roster_is_ever_written_over(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("a key")
    words = ["--roster", folder / "roster.json", "--root", folder / "safe/root.key"]
    for verb in (["new-ledger", "--name", "x/1"], ["next-roster", *map(str, words)]):
        result = CliRunner().invoke(keys, [*verb, "--out", str(there)])
        assert isinstance(result.exception, FolderTaken)
        assert there.read_text() == "a key"


def test_another_root_key_signs_no_next_roster(made: ceremony.Ceremony) -> None:
    with pytest.raises(InvalidSignature):
        ceremony.next_roster(made.roster, bytes(32), TODAY)
