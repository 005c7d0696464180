"""The files that an installation's programs read, made from the operator's answers."""

import json
from collections.abc import Mapping

from deploy import proxying
from deploy.host.answers import POSTGRESQL, Answers
from deploy.rights import BACKUP, COLLECTOR, INTAKE, MIGRATOR, REVIEW

KEYS = "/etc/underrose/keys"
_SERVER = "postgresql+psycopg://{role}@/{name}?host=/run/postgresql"
_HEAD = """\
# Settings of every program; docs/settings.md says what each means. No secret stands here.
# `underrose config check` says what is wrong. The installer leaves alone what you have changed.
"""
# Whose settings a job has, and as which role of PostgreSQL it comes to all three databases.
_ROLES = {"collector": COLLECTOR, "keeper": REVIEW, "backup": BACKUP, "migrator": MIGRATOR}
_PEERS = {
    "underrose-intake": INTAKE,
    "underrose-review": REVIEW,
    "underrose-collector": COLLECTOR,
    "underrose-keeper": REVIEW,
    "underrose-backup": BACKUP,
    "root": MIGRATOR,
}


def settings(answers: Answers, root_key: str, onion: str | None) -> str:
    """underrose.toml: root_key as root.pub has it, onion the name that Tor made, if it did."""
    common = {"root_key": root_key, "timezone": answers.timezone, "https": True}
    intake = {
        "database_url": _url(answers, "drop", INTAKE),
        **common,
        "statement_key_file": f"{KEYS}/statement.key",
        "epoch_file": "/var/lib/underrose/intake/epoch",
    }
    if onion is not None:
        intake["onion_location"] = f"http://{onion}"
    review = {
        "book_url": _url(answers, "book", REVIEW),
        "shred_url": _url(answers, "shred", REVIEW),
        **common,
        "store_key_file": f"{KEYS}/store.key",
        "origin": f"https://{answers.console_name}",
    }
    parts = [_HEAD, _table("intake", intake), _table("review", review)]
    for job, role in _ROLES.items():
        parts.append(_table(f"{job}.review", _stores(answers, role, job)))
        if answers.database == POSTGRESQL:
            own = {"database_url": _url(answers, "drop", role)}
            parts.append(_table(f"{job}.intake", own))
    return "\n".join(parts)


def _stores(answers: Answers, role: str, job: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if job == "collector":
        found["routing_identity_file"] = f"{KEYS}/routing.identity"
    if job == "keeper":
        found["ledger_key_file"] = f"{KEYS}/ledger.key"
        found["checkpoint_file"] = "/var/lib/underrose/keeper/checkpoint"
    if job != "keeper":
        found["drop_url"] = _url(answers, "drop", role)
    if answers.database == POSTGRESQL:
        found["book_url"] = _url(answers, "book", role)
        found["shred_url"] = _url(answers, "shred", role)
    return found


def _table(name: str, values: Mapping[str, object]) -> str:
    # A JSON text or truth value is spelled as in TOML.
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(v)}" for key, v in values.items()), ""])


def _url(answers: Answers, name: str, role: str) -> str:
    if answers.database == POSTGRESQL:
        return _SERVER.format(role=role, name=name)
    return f"sqlite:////var/lib/underrose/{name}/{name}.db"


def proxy(answers: Answers) -> str:
    """nginx.conf for this machine."""
    credentials = "/run/credentials/underrose-proxy.service"
    values = {
        "MODULES": "/usr/lib/nginx/modules",
        "RUN": "/run/underrose-proxy",
        "HTTPS_PORT": "443",
        "HTTP_PORT": "80",
        "INTAKE_NAME": answers.intake_name,
        "CONSOLE_NAME": answers.console_name,
        "SOCKETS": "/run/underrose",
        "INTAKE_CERTIFICATE": f"{credentials}/intake.pem",
        "INTAKE_CERTIFICATE_KEY": f"{credentials}/intake.key",
        "CONSOLE_CERTIFICATE": f"{credentials}/console.pem",
        "CONSOLE_CERTIFICATE_KEY": f"{credentials}/console.key",
    }
    # This machine itself too, so that doctor sees what the committee sees.
    return proxying.render(values, (*answers.console_networks, "127.0.0.1"))


def peers() -> str:
    """What the administrator of PostgreSQL adds, so that each user is its role and no other."""
    users = sorted(set(_PEERS.values()))
    lines = [
        "# Into pg_hba.conf, above everything else:",
        f"local  drop,book,shred  {','.join(users)}  peer map=underrose",
        "# Into pg_ident.conf:",
        *(f"underrose  {user}  {role}" for user, role in _PEERS.items()),
    ]
    return "\n".join(lines) + "\n"
