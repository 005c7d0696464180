"""An installation in one folder: where its files are, and the settings of its programs.

The demo is one of these. The layout is what a real host would have under its data folder, and the
settings are all there are: a program started with them needs nothing else from the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_OURS = ("INTAKE_", "REVIEW_")


@dataclass(frozen=True)
class Installation:
    """A folder with a committee's papers, three databases and logs."""

    folder: Path

    @property
    def committee(self) -> Path:
        """What the ceremony made."""
        return self.folder / "committee"

    @property
    def logs(self) -> Path:
        """What the programs print."""
        return self.folder / "log"

    @property
    def mark(self) -> Path:
        """A file that says that the folder is ours to fill and to empty."""
        return self.folder / ".underrose-demo"

    @property
    def papers(self) -> Path:
        """Who can sign in with what, and the receipt codes."""
        return self.folder / "sign-in.toml"

    @property
    def settings(self) -> Path:
        """The console's settings, as a shell reads them."""
        return self.folder / "console.env"

    @property
    def shares(self) -> Path:
        """The sheets with the shares of the recovery key."""
        return self.committee / "shares"

    @property
    def recovered(self) -> Path:
        """Where somebody who lost a passphrase finds another."""
        return self.folder / "recovered"

    @property
    def ledger_key(self) -> Path:
        """What signs the ledger."""
        return self.committee / "review" / "ledger.key"

    @property
    def policy(self) -> Path:
        """Whose ledgers and cosignatures count here."""
        return self.folder / "policy"

    @property
    def auditor_key(self) -> Path:
        """What the retention auditor cosigns with, which lies on a laptop of theirs elsewhere."""
        return self.folder / "auditor.key"

    @property
    def day(self) -> Path:
        """The last day on which a demo has done everything."""
        return self.folder / "day"

    @property
    def backups(self) -> Path:
        """The sealed copies of the three databases."""
        return self.folder / "backups"

    @property
    def backup_key(self) -> Path:
        """What signs backups."""
        return self.folder / "backup.key"

    @property
    def backup_signer(self) -> Path:
        """The public half of that key, which is needed where a backup is opened."""
        return self.folder / "backup.pub"

    @property
    def operator(self) -> Path:
        """To whom backups are sealed."""
        return self.folder / "operator.recipient"

    @property
    def operator_identity(self) -> Path:
        """What opens backups, which lies with the operator and on no host."""
        return self.folder / "operator.identity"

    def for_intake(self, today: date | None) -> dict[str, str]:
        """What the submitters' pages read from the environment."""
        return {
            **self._common("INTAKE_", today),
            "INTAKE_DATABASE_URL": self._url("drop"),
            "INTAKE_STATEMENT_KEY_FILE": str(self.committee / "intake" / "statement.key"),
        }

    def for_console(self, today: date | None) -> dict[str, str]:
        """What the console reads: neither the drop nor the routing identity, which it must not."""
        policy = {"REVIEW_POLICY_FILE": str(self.policy)} if self.policy.exists() else {}
        return {
            **self._common("REVIEW_", today),
            **policy,
            "REVIEW_BOOK_URL": self._url("book"),
            "REVIEW_SHRED_URL": self._url("shred"),
            "REVIEW_STORE_KEY_FILE": str(self.committee / "review" / "store.key"),
            "REVIEW_ALLOW_PASSWORD": "1",
        }

    def for_collector(self, today: date | None) -> dict[str, str]:
        """What the console reads, and the drop with the identity that opens routing envelopes."""
        return {
            **self.for_console(today),
            "REVIEW_DROP_URL": self._url("drop"),
            "REVIEW_ROUTING_IDENTITY_FILE": str(self.committee / "review" / "routing.identity"),
        }

    def for_keeper(self, today: date | None) -> dict[str, str]:
        """What the console reads, and the ledger's key with the checkpoint that it signed last."""
        return {
            **self.for_console(today),
            "REVIEW_LEDGER_KEY_FILE": str(self.ledger_key),
            "REVIEW_CHECKPOINT_FILE": str(self.folder / "ledger.checkpoint"),
        }

    def _common(self, prefix: str, today: date | None) -> dict[str, str]:
        root_key = (self.committee / "root.pub").read_text().strip()
        settings = {"ROOT_KEY": root_key, "TIMEZONE": "UTC", "DEMO": "1", "HTTPS": "0"}
        if today is not None:
            settings["TODAY"] = today.isoformat()
        return {prefix + name: text for name, text in settings.items()}

    def _url(self, name: str) -> str:
        return f"sqlite:///{(self.folder / name).with_suffix('.db').absolute()}"


def environment(
    settings: Mapping[str, str], inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The inherited environment with these settings and no others of ours."""
    rest = {name: text for name, text in inherited.items() if not name.startswith(_OURS)}
    return {**rest, **settings}
