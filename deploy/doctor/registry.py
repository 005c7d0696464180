"""The checks, in the order in which they are told."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from crypto.errors import CryptoError
from deploy.doctor.checks import (
    backups,
    bundles,
    certificates,
    clock,
    cores,
    dispositions,
    forwarded,
    headers,
    jobs,
    keys,
    logs,
    onion,
    permissions,
    readers,
    rehearsals,
    roles,
    room,
    roster,
    schema,
    services,
    swap,
    waiting,
)
from deploy.doctor.finding import Check, Finding, bad
from deploy.doctor.here import Here
from deploy.errors import DeployError
from intake.errors import IntakeError
from review.errors import ReviewError

CHECKS = (
    Check("clock", "the clock", clock.look),
    Check("permissions", "files and their rights", permissions.look),
    Check("swap", "swap", swap.look),
    Check("cores", "core dumps", cores.look),
    Check("schema", "versions of the databases", schema.look),
    Check("roles", "roles and policies on PostgreSQL", roles.look),
    Check("services", "services without a password", services.look),
    Check("forwarded", "addresses that a proxy passes on", forwarded.look),
    Check("headers", "headers as seen through the proxy", headers.look),
    Check("onion", "the onion service", onion.look),
    Check("logs", "logs of requests", logs.look),
    Check("bundles", "scripts as served", bundles.look),
    Check("certificates", "certificates", certificates.look),
    Check("keys", "keys and their age", keys.look),
    Check("roster", "the roster", roster.look),
    Check("readers", "readers of cases", readers.look),
    Check("waiting", "deposits in the drop", waiting.look),
    Check("jobs", "ledger and tally", jobs.look),
    Check("backups", "backups", backups.look),
    Check("dispositions", "records that were disposed of", dispositions.look),
    Check("room", "room on the disks", room.look),
    Check("rehearsals", "drill and auditor", rehearsals.look),
)
_EXPECTED = (DeployError, IntakeError, ReviewError, CryptoError, SQLAlchemyError, OSError)


def findings(check: Check, here: Here) -> Iterator[Finding]:
    """What one check finds; what cannot be looked at is bad, because nobody knows how it is."""
    try:
        yield from check.look(here)
    except _EXPECTED as error:
        first = str(error).partition("\n")[0]
        hint = getattr(error, "hint", None) or "put that right, and look again"
        yield bad(f"this could not be looked at: {first}", hint)
