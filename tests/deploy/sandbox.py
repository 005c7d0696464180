"""A shipped unit's limits around a program, made by bubblewrap instead of systemd.

Both use the same means of the kernel: a file system that is read only but for named folders,
private folders, namespaces, no capabilities, and a filter of system calls. KEPT are the lines that
hold here, ELSEWHERE those that only a running systemd or its control groups can make true.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.deploy import seccomp

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = ROOT / "deploy" / "systemd"
HARDENING = UNITS / "underrose-.service.d" / "hardening.conf"
_AS_THIRD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(sys.argv[2], sys.argv[2:])
"""
KEPT = frozenset(
    {
        *("ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateNetwork"),
        *("PrivateIPC", "PrivateUsers", "PrivateMounts", "CapabilityBoundingSet", "ReadWritePaths"),
        *("AmbientCapabilities", "NoNewPrivileges", "SystemCallFilter", "SystemCallErrorNumber"),
        *("RestrictAddressFamilies", "RestrictNamespaces", "MemoryDenyWriteExecute"),
        *("SystemCallArchitectures", "ProtectProc", "Environment", "ExecStart"),
    }
)
ELSEWHERE = frozenset(
    {
        *(
            "Type",
            "Restart",
            "RestartSec",
            "ExecStartPre",
            "ExecStopPost",
            "User",
            "Group",
            "UMask",
        ),
        *("TasksMax", "MemoryMax", "MemorySwapMax", "LimitCORE", "LoadCredential"),
        *("StateDirectory", "StateDirectoryMode", "RuntimeDirectory", "RuntimeDirectoryMode"),
        *("DevicePolicy", "ProtectClock", "ProtectHostname", "ProtectKernelLogs", "ProcSubset"),
        *("ProtectKernelModules", "ProtectKernelTunables", "ProtectControlGroups", "RemoveIPC"),
        *("KeyringMode", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"),
        *("IPAddressDeny", "IPAddressAllow", "InaccessiblePaths", "LogNamespace"),
    }
)


def lines(unit: str) -> Iterator[tuple[str, str]]:
    """The [Service] lines that hold for a unit, the common ones first."""
    for path in (HARDENING, UNITS / unit):
        section = ""
        for line in path.read_text().splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and line and not line.startswith("#"):
                name, _, value = line.partition("=")
                yield name, value


def start(
    unit: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    readable: Sequence[Path],
    writable: Sequence[Path],
    listener: socket.socket | None = None,
) -> subprocess.Popen[bytes]:
    """A command under a unit's limits; writable stands for the folders of ReadWritePaths.

    readable are folders that are not covered though they lie where others are. A listener becomes
    descriptor 3, as systemd passes a socket.
    """
    said = dict(lines(unit))
    filters = [value for name, value in lines(unit) if name == "SystemCallFilter"]
    families = said["RestrictAddressFamilies"].split()
    passed = () if listener is None else (listener.fileno(),)
    with seccomp.compiled(filters, families, said["SystemCallErrorNumber"]) as filter_file:
        words = ["bwrap", "--seccomp", str(filter_file.fileno()), *_words(said, readable, writable)]
        if listener is not None:
            words += [sys.executable, "-c", _AS_THIRD, str(listener.fileno())]
            environment = {**environment, "LISTEN_FDS": "1"}
        return subprocess.Popen(
            [*words, *command],
            env={**os.environ, **environment},
            pass_fds=(filter_file.fileno(), *passed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )


def _words(
    said: Mapping[str, str], readable: Sequence[Path], writable: Sequence[Path]
) -> list[str]:
    """bubblewrap's words for what a unit says, which must be what they stand for."""
    assert said["ProtectSystem"] == "strict"
    assert not said["CapabilityBoundingSet"]
    for name in ("PrivateTmp", "ProtectHome", "PrivateDevices", "PrivateIPC", "PrivateUsers"):
        assert said[name] == "yes", name
    words = ["--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/", "/", "--dev", "/dev"]
    words += ["--unshare-pid", "--proc", "/proc", "--unshare-ipc", "--unshare-user"]
    if said["PrivateNetwork"] == "yes":
        words.append("--unshare-net")
    for covered in ("/tmp", "/var/tmp", "/home", "/root"):
        words += ["--tmpfs", covered]
    # The checkout and its interpreter may lie below what was just covered; on a host they do not.
    for path in sorted(
        {*readable, ROOT, Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    ):
        if path != Path("/usr"):
            words += ["--ro-bind", str(path), str(path)]
    for path in writable:
        words += ["--bind", str(path), str(path)]
    return words
