"""What the text of a setting must be, by its kind; each raises ValueError with the reason."""

import datetime
import re
from zoneinfo import ZoneInfo

from crypto.disposing import MAX_DAYS

# An address as mail servers everywhere take it: nothing in it could be a second line or another
# command.
ADDRESS = re.compile(r"(?=.{3,254}\Z)[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LAST_PORT = 65535


def origin(text: str) -> str:
    """Where people reach the console, as a browser shows it."""
    here = re.fullmatch(r"http://localhost(:[1-9][0-9]{1,4})?", text)
    host = re.fullmatch(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[1-9][0-9]{1,4})?", text)
    # Passkeys are of a name: browsers know none of a bare address.
    if here is None and (host is None or host[1].replace(".", "").isdigit()):
        raise ValueError(
            "must be https:// and a host's name, or http://localhost, as the browser shows it: "
            "small letters, and no path"
        )
    if text.endswith((":80", ":443")):
        raise ValueError("must be without the usual port, which a browser does not show")
    return text


def name(text: str) -> str:
    """An application_name of PostgreSQL."""
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,63}", text):
        raise ValueError("must be an application_name of letters, digits and . _ -")
    return text


def zone(text: str) -> ZoneInfo:
    """A place of the IANA list."""
    try:
        return ZoneInfo(text)
    except (OSError, ValueError, KeyError):
        raise ValueError("must be a name such as America/Los_Angeles") from None


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not re.fullmatch(r"[1-9][0-9]{0,6}", text):
        raise ValueError("must be a whole number from 1 on")
    return int(text)


def cooling(text: str) -> int:
    """The days between the approval of a disposition and its execution."""
    if not re.fullmatch(r"[1-9][0-9]{0,3}", text) or int(text) > MAX_DAYS:
        raise ValueError(f"must be a whole number of days from 1 to {MAX_DAYS}")
    return int(text)


def server(text: str) -> tuple[str, int]:
    """A host's name or address, and a port."""
    found = re.fullmatch(r"([A-Za-z0-9.-]{1,253}|\[[0-9a-f:.]+\]):([1-9][0-9]{0,4})", text)
    if found is None or int(found[2]) > _LAST_PORT:
        raise ValueError("must be HOST:PORT")
    return found[1].strip("[]"), int(found[2])


def address(text: str) -> str:
    """A mail address."""
    if not ADDRESS.fullmatch(text):
        raise ValueError("must be a mail address")
    return text


def line(text: str) -> str:
    """One line of ASCII."""
    if not re.fullmatch(r"[ -~]{1,255}", text):
        raise ValueError("must be one line of ASCII")
    return text


def flag(text: str) -> bool:
    """0 or 1."""
    if text not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return text == "1"


def day(text: str) -> datetime.date:
    """A day as YYYY-MM-DD."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ValueError("must be a day as YYYY-MM-DD")
    return day
