"""The files for containers, read as they are written: limits, mounts and commands.

No container engine is needed or used; what an engine makes of the files is not tried here.
"""

import re
from pathlib import Path

import click
import pytest

from deploy.cli import main
from deploy.config import PROGRAMS
from deploy.host.plan import UNITS

FOLDER = Path(__file__).resolve().parent.parent.parent / "deploy" / "containers"
COMPOSE = (FOLDER / "compose.yaml").read_text()
FILE = (FOLDER / "Containerfile").read_text()
# Which unit of a host each service stands for.
UNIT = {"backup": "backup@"}
# A unit that has no service: Tor runs on the host, where its user may open the socket.
ON_THE_HOST = {"tor"}
# Which services speak with anybody.
ON_THE_NETWORK = {"proxy", "notices"}
SECRETS = ("statement.key", "store.key", "routing.identity", "ledger.key", "backup.key", "mail.key")


def services() -> dict[str, str]:
    """The text of each service."""
    part = COMPOSE.split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    found = re.split(r"^  ([a-z-]+):\n", part, flags=re.M)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def command(text: str) -> list[str]:
    """The words of a service's command, in either spelling."""
    inline = re.search(r"^    command: \[(.*)\]$", text, flags=re.M)
    if inline:
        return [word.strip().strip('"') for word in inline[1].split(",")]
    listed = re.search(r"^    command:\n((?:      - .*\n)+)", text, flags=re.M)
    return re.findall(r"- (.*)", listed[1]) if listed else []


def test_every_unit_of_a_host_has_its_service_in_containers() -> None:
    units = {path.stem.removeprefix("underrose-") for path in UNITS.glob("underrose-*.service")}
    assert units
    assert units - ON_THE_HOST == {UNIT.get(name, name) for name in set(services()) - {"upgrade"}}


def test_a_job_of_a_unit_is_the_same_command_in_containers() -> None:
    for name, text in services().items():
        if "profiles: [jobs]" in text and name not in ("upgrade", "backup"):
            unit = (UNITS / f"underrose-{name}.service").read_text()
            ran = re.findall(r"^ExecStart=\S+/underrose (.*)$", unit, flags=re.M)
            assert [" ".join(command(text))] == ran, name


def test_every_service_has_the_limits_and_only_proxy_and_mail_a_network() -> None:
    limits = COMPOSE.split("x-limits: &limits\n")[1].split("\nservices:")[0]
    for line in (
        *("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]'),
        *("network_mode: none", "ulimits: {core: 0}", 'user: "10001:10001"'),
        "logging: {driver: none}",
    ):
        assert f"  {line}\n" in limits
    assert re.findall(r"limit: (\S+)", limits)[-2:] == ["2g", "2g"]
    for name, text in services().items():
        assert "    <<: *limits\n" in text, name
        for loosened in ("cap_add", "privileged:", "read_only", "security_opt", "pid:", "devices"):
            assert loosened not in text, name
        assert ("network_mode" in text) is (name in ON_THE_NETWORK)
    assert "/var/run/docker.sock" not in COMPOSE


@pytest.mark.parametrize("name", sorted(set(services()) - {"proxy"}))
def test_a_service_runs_a_command_that_there_is(name: str) -> None:
    text = services()[name]
    found: click.Command = main
    words = command(text)
    assert words
    while isinstance(found, click.Group):
        found = found.commands[words.pop(0)]
    options = {each for param in found.params for each in param.opts}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options
    program = re.search(r"UNDERROSE_PROGRAM: (\w+)", text)
    assert program is not None
    assert program[1] in PROGRAMS


@pytest.mark.parametrize("name", sorted(set(services()) - {"upgrade", "proxy"}))
def test_a_service_has_the_keys_and_folders_of_its_unit_and_no_others(name: str) -> None:
    unit = (UNITS / f"underrose-{UNIT.get(name, name)}.service").read_text()
    text = services()[name]
    assert {each for each in SECRETS if each in text} == {each for each in SECRETS if each in unit}
    wanted = set(re.findall(r"/var/lib/underrose/(\w+)", unit.split("ExecStart")[0]))
    found = set(re.findall(r"- \w+:/var/lib/underrose/(\w+)", text)) - {"keeper"}
    assert found == wanted
    assert all(line.endswith(":ro") for line in re.findall(r"- \./etc/.*", text))


def test_no_image_runs_as_root_or_takes_a_package_without_its_hash() -> None:
    stages = FILE.split("\nFROM ")[1:]
    for stage in stages[1:]:
        assert "\nUSER 10001:10001\n" in stage
        assert stage.index("USER") < stage.index("ENTRYPOINT")
    installs = FILE.split("pip install ")[1:]
    assert len(installs) == 2
    assert all("--require-hashes" in each or "--no-deps" in each[:80] for each in installs)
    assert "ADD " not in FILE
    assert not re.search(r"curl|wget|sudo|latest", FILE)
