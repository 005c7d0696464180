"""Inside an empty machine without systemd: start what the units start, as they would, and look.

Each program gets its user, its groups, its credentials and its socket as its unit says; limits are
tried elsewhere (tests/deploy/test_units.py). Jobs run once, in their order; then doctor looks.
"""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

UNITS = Path("/etc/systemd/system")
JOBS = (
    *("close-days", "collect", "move-on", "statistics", "end-records"),
    *("ledger", "backup@all", "expire-uploads", "backup-expire"),
)
# The socket is the third descriptor, as systemd passes one.
AS_THIRD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(sys.argv[2], sys.argv[2:])
"""
UNDERROSE = "/usr/local/bin/underrose"


def lines(unit: str) -> dict[str, list[str]]:
    """What the unit says, and what all units say, by name."""
    instance = unit.partition("@")[2].partition(".")[0]
    file = unit.replace(f"@{instance}", "@") if instance else unit
    found: dict[str, list[str]] = {}
    for path in (UNITS / "underrose-.service.d/hardening.conf", UNITS / file):
        for line in path.read_text().splitlines():
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value.replace("%i", instance))
    return found


def command(unit: str, name: str = "ExecStart") -> tuple[list[str], dict[str, str]]:
    """The words that start a unit's program as its user, and its environment."""
    said = lines(unit)
    user, group = said["User"][0], said["Group"][0]
    credentials = Path(f"/run/credentials/{unit}")
    credentials.mkdir(parents=True, exist_ok=True)
    for path in (credentials, credentials.parent):
        path.chmod(0o755)
    for each in said.get("LoadCredential", []):
        called, _, source = each.partition(":")
        shutil.copy(source, credentials / called)
        shutil.chown(credentials / called, user)
        (credentials / called).chmod(0o400)
    for kind, base in (("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")):
        for folder in said.get(kind, []):
            Path(base, folder).mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.chown(Path(base, folder), user, group)
    put = {"%d": str(credentials), "%S": "/var/lib"}
    environment = dict(os.environ)
    for line in said.get("Environment", []):
        key, _, value = line.partition("=")
        environment[key] = value
    text = said[name][0]
    for short, long in put.items():
        text = text.replace(short, long)
        environment = {key: value.replace(short, long) for key, value in environment.items()}
    words = ["setpriv", f"--reuid={user}", f"--regid={group}", "--init-groups"]
    if "CAP_NET_BIND_SERVICE" in said.get("AmbientCapabilities", [""])[-1]:
        words += ["--inh-caps=+net_bind_service", "--ambient-caps=+net_bind_service"]
    parts = text.replace('"daemon off;"', "daemon_off").split()
    return [*words, *(each.replace("daemon_off", "daemon off;") for each in parts)], environment


def serve(unit: str, path: str | None) -> subprocess.Popen[bytes]:
    """Start a unit's program, with its socket where it has one."""
    words, environment = command(unit)
    if path is None:
        return subprocess.Popen(words, env=environment)
    listener = socket.socket(socket.AF_UNIX)
    Path(path).unlink(missing_ok=True)
    listener.bind(path)
    group = "underrose-door" if "intake" in path else "underrose-desk"
    shutil.chown(path, lines(unit)["User"][0], group)
    Path(path).chmod(0o660)
    listener.listen(64)
    python = "/opt/underrose/current/bin/python"
    return subprocess.Popen(
        [python, "-c", AS_THIRD, str(listener.fileno()), *words],
        env={**environment, "LISTEN_FDS": "1"},
        pass_fds=(listener.fileno(),),
    )


def main() -> None:
    """Start, run every job, look, and end what was started."""
    os.umask(0o007)
    subprocess.run(["systemd-tmpfiles", "--create", "underrose.conf"], check=False)
    started = [
        serve("underrose-intake.service", "/run/underrose/intake.sock"),
        serve("underrose-review.service", "/run/underrose/review.sock"),
        serve("underrose-proxy.service", None),
    ]
    try:
        while not _answered():
            pass
        for job in JOBS:
            words, environment = command(f"underrose-{job}.service")
            done = subprocess.run(words, env=environment, capture_output=True, text=True)
            print(f"{job}: {done.returncode} {done.stdout}{done.stderr}".rstrip(), flush=True)
        subprocess.run([UNDERROSE, "doctor", *sys.argv[1:]], check=False)
    finally:
        for each in started:
            each.terminate()
            each.wait(60)


def _answered() -> bool:
    try:
        socket.create_connection(("127.0.0.1", 443), timeout=1).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
