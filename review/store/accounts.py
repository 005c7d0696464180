"""As whom a job works: what a certificate names instead of a person."""

import os
import pwd

from sqlalchemy import Connection, text

from crypto.certificate_parts import is_account

_OURS = "underrose-"


def account(connection: Connection) -> str:
    """The database's role on a server; with a file the program's account on this host.

    An account that is none of a program of ours may have a person's name, and is its number.
    """
    if connection.dialect.name == "postgresql":
        role = str(connection.execute(text("SELECT session_user")).scalar())
        return role if is_account(role) else "role"
    number = os.geteuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = ""
    return name if name.startswith(_OURS) and is_account(name) else f"uid-{number}"
