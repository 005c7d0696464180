"""What an operator decides for an installation, kept on the machine so that it is asked once."""

import ipaddress
import json
import re
import tomllib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from zoneinfo import ZoneInfo

from deploy.errors import ConfigurationRefused

FILE = "/etc/underrose/install.toml"
_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The names under which people come, who may reach the console, and where rows are kept."""

    intake_name: str = ""
    console_name: str = ""
    console_networks: tuple[str, ...] = ()
    timezone: str = "UTC"
    database: str = SQLITE
    onion: bool = True

    def problems(self) -> list[str]:
        """What is wrong with them, one sentence each."""
        found = [
            f"{name} must be a name such as speak.example.com, in small letters"
            for name in ("intake_name", "console_name")
            if not _NAME.fullmatch(getattr(self, name))
        ]
        if self.intake_name == self.console_name and not found:
            found.append("intake_name and console_name must be two different names")
        if not self.console_networks:
            found.append("console_networks must name the committee's network, such as 10.8.0.0/24")
        for network in self.console_networks:
            try:
                ipaddress.ip_network(network)
            except ValueError:
                found.append(f"console_networks cannot have {network!r}: write it as 10.8.0.0/24")
        try:
            ZoneInfo(self.timezone)
        except (OSError, ValueError, KeyError):
            found.append("timezone must be a name such as America/Los_Angeles")
        if self.database not in (SQLITE, POSTGRESQL):
            found.append(f"database must be {SQLITE} or {POSTGRESQL}")
        return found

    def changed(self, given: dict[str, Any]) -> "Answers":
        """These with what was given now; nothing and none leave an answer as it was."""
        return replace(self, **{k: v for k, v in given.items() if v not in (None, ())})

    def text(self) -> str:
        """The file that keeps them."""
        values = asdict(self) | {"console_networks": list(self.console_networks)}
        # A JSON text, list or truth value is spelled as in TOML.
        lines = (f"{name} = {json.dumps(value)}" for name, value in values.items())
        return "\n".join(
            ["# What `underrose install` was told; run it again to change it.", *lines, ""]
        )


def read(text: str) -> Answers:
    """The answers in a file's text. Raises ConfigurationRefused."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationRefused([f"{FILE}: {error}"]) from None
    kinds = {each.name: type(each.default) for each in fields(Answers)}
    if isinstance(values.get("console_networks"), list):
        values["console_networks"] = tuple(values["console_networks"])
    wrong = [f"{FILE}: {name} is not expected" for name in values.keys() - kinds.keys()]
    wrong += [
        f"{FILE}: {name} is not of the right kind"
        for name, value in values.items()
        if name in kinds and type(value) is not kinds[name]
    ]
    if wrong:
        raise ConfigurationRefused(sorted(wrong))
    return Answers(**values)
