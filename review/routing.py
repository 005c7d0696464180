"""What only the collector is given: the drop, and the identity that opens routing envelopes.

This is the one module of review that uses crypto.identity. The console's pages never reach it
(tests/review/test_app.py), and the identity read here opens nothing but routing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crypto.errors import CryptoError
from crypto.identity import Identity, read_identity_file
from crypto.stanza import Stanza
from review.errors import SettingsRefused
from review.settings import Settings, check_private


@dataclass(frozen=True)
class Several:
    """The routing identity, and those before it: what was sealed to an earlier roster may come for
    as long as a form of that roster is open somewhere."""

    identities: tuple[Identity, ...] = field(repr=False)

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        """The file key from the first identity that opens a stanza, or None."""
        for identity in self.identities:
            file_key = identity.unwrap(stanzas)
            if file_key is not None:
                return file_key
        return None


@dataclass(frozen=True)
class CollectorFiles:
    """Where the drop is, the file that collectors lock, and the routing identity."""

    drop_url: str
    lock: Path
    identity: Several = field(repr=False)


def collector_files(settings: Settings) -> CollectorFiles:
    """What the settings give a collector. Raises SettingsRefused with every problem at once."""
    path = settings.routing_identity_file
    if settings.drop_url is None or path is None:
        named = {
            "REVIEW_DROP_URL": settings.drop_url,
            "REVIEW_ROUTING_IDENTITY_FILE": path,
        }
        missing = [name for name, value in named.items() if value is None]
        raise SettingsRefused([f"{name} must be set for the collector" for name in missing])
    check_private(path, "REVIEW_ROUTING_IDENTITY_FILE")
    try:
        identities = read_identity_file(path.read_bytes())
    except (OSError, CryptoError):
        identities = []
    if not identities:
        raise SettingsRefused(["REVIEW_ROUTING_IDENTITY_FILE must hold an identity in clear"])
    return CollectorFiles(settings.drop_url, path, Several(tuple(identities)))
