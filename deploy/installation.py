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

    def settings(self, today: date | None) -> dict[str, str]:
        """What the programs of a demo read from the environment."""
        root_key = (self.committee / "root.pub").read_text().strip()
        drop, book, shred = (self._url(name) for name in ("drop", "book", "shred"))
        both = {"ROOT_KEY": root_key, "TIMEZONE": "UTC", "DEMO": "1", "HTTPS": "0"}
        if today is not None:
            both["TODAY"] = today.isoformat()
        return {
            **{prefix + name: text for prefix in _OURS for name, text in both.items()},
            "INTAKE_DATABASE_URL": drop,
            "REVIEW_DROP_URL": drop,
            "REVIEW_BOOK_URL": book,
            "REVIEW_SHRED_URL": shred,
            "REVIEW_STORE_KEY_FILE": str(self.committee / "review" / "store.key"),
            "REVIEW_ROUTING_IDENTITY_FILE": str(self.committee / "review" / "routing.identity"),
            "REVIEW_ALLOW_PASSWORD": "1",
        }

    def _url(self, name: str) -> str:
        return f"sqlite:///{(self.folder / name).with_suffix('.db').absolute()}"


def environment(
    settings: Mapping[str, str], inherited: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The inherited environment with these settings and no others of ours."""
    rest = {name: text for name, text in inherited.items() if not name.startswith(_OURS)}
    return {**rest, **settings}
