"""What doctor finds in the files of a machine: each check fails where it should, and passes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.doctor.checks import certificates, cores, permissions, room, swap
from deploy.host.configuration import KEYS
from tests.certificates import certificate_for
from tests.deploy import proxy
from tests.deploy.doctor.world import NAMES, NOW, machine, write, wrong

SWAPS = "Filename Type Size Used Priority\n"


def test_swap_that_is_not_encrypted_is_found(tmp_path: Path) -> None:
    write(tmp_path, "/proc/swaps", SWAPS)
    assert wrong(swap.look, machine(tmp_path)) == []
    lines = f"{SWAPS}/dev/zram0 partition 1 0 1\n/dev/dm-1 partition 1 0 1\n"
    write(tmp_path, "/proc/swaps", lines)
    write(tmp_path, "/sys/class/block/dm-1/dm/uuid", "CRYPT-PLAIN-swap\n")
    assert wrong(swap.look, machine(tmp_path)) == []
    write(tmp_path, "/proc/swaps", f"{lines}/swapfile file 1 0 1\n/dev/dm-2 partition 1 0 1\n")
    write(tmp_path, "/sys/class/block/dm-2/dm/uuid", "LVM-abc\n")
    found = wrong(swap.look, machine(tmp_path))
    assert [word for word in ("/swapfile", "/dev/dm-2") if any(word in said for said in found)] == [
        "/swapfile",
        "/dev/dm-2",
    ]


def test_core_dumps_that_are_kept_are_found(tmp_path: Path) -> None:
    write(tmp_path, "/proc/sys/kernel/core_pattern", "|/bin/false\n")
    write(tmp_path, "/proc/sys/fs/suid_dumpable", "0\n")
    assert wrong(cores.look, machine(tmp_path)) == []
    systemd = "|/lib/systemd/systemd-coredump %P\n"
    write(tmp_path, "/proc/sys/kernel/core_pattern", systemd)
    assert len(wrong(cores.look, machine(tmp_path))) == 1
    write(tmp_path, "/etc/systemd/coredump.conf.d/underrose.conf", "[Coredump]\nStorage=none\n")
    assert wrong(cores.look, machine(tmp_path)) == []
    write(tmp_path, "/proc/sys/fs/suid_dumpable", "1\n")
    write(tmp_path, "/proc/sys/kernel/core_pattern", "core\n")
    assert len(wrong(cores.look, machine(tmp_path))) == 2


def test_a_key_or_a_database_that_others_may_read_is_found(tmp_path: Path) -> None:
    key = write(tmp_path, f"{KEYS}/store.key", "secret\n")
    rows = write(tmp_path, "/var/lib/underrose/book/book.db", "")
    key.chmod(0o400)
    rows.chmod(0o660)
    here = machine(tmp_path, answers=None)
    assert wrong(permissions.look, here) == []
    key.chmod(0o440)
    rows.chmod(0o664)
    found = wrong(permissions.look, here)
    assert [str(path) in said for path, said in zip((key, rows), found, strict=True)] == [True] * 2


def test_what_the_installer_wrote_and_somebody_changed_is_found(tmp_path: Path) -> None:
    found = wrong(permissions.look, machine(tmp_path))
    assert any("/etc/systemd/system/underrose-intake.service" in said for said in found)


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    """A machine with certificates, good for thirty days, for the proxy tests' two names."""
    made, _key = certificate_for((proxy.INTAKE, proxy.CONSOLE), tmp_path)
    for who in ("intake", "console"):
        write(tmp_path, f"/etc/underrose/tls/{who}.pem", made.read_text())
    return tmp_path


def test_a_certificate_that_ends_soon_or_is_for_another_name_is_found(certified: Path) -> None:
    names = NAMES.changed({"intake_name": proxy.INTAKE, "console_name": proxy.CONSOLE})
    real = datetime.now(UTC)
    assert wrong(certificates.look, machine(certified, answers=names, now=real)) == []
    later = real + timedelta(days=20)
    found = wrong(certificates.look, machine(certified, answers=names, now=later))
    assert len(found) == 2
    assert all("ends on" in said for said in found)
    found = wrong(certificates.look, machine(certified, now=real))
    assert found == [
        f"the certificate is not for {name}" for name in (NAMES.intake_name, NAMES.console_name)
    ]
    write(certified, "/etc/underrose/tls/intake.pem", "nothing")
    assert "no certificate" in wrong(certificates.look, machine(certified, now=NOW))[0]


def test_a_disk_without_room_is_found(tmp_path: Path) -> None:
    (tmp_path / "var/lib/underrose").mkdir(parents=True)
    here = machine(tmp_path, environment={"INTAKE_DISK_RESERVE": "1"})
    assert wrong(room.look, here) == []
    here = machine(tmp_path, environment={"INTAKE_DISK_RESERVE": str(1 << 50)})
    assert "are needed" in wrong(room.look, here)[0]
