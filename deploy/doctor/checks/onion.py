"""The onion service: Tor has a name for it, the pages say that name, and who comes by it arrives.

Whether it can be reached is tried where this machine has a client of Tor; the service's own tor is
none, on purpose.
"""

import re
from collections.abc import Iterator

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from deploy.host.plan import HOSTNAME

_NAME = re.compile(r"[a-z2-7]{56}\.onion")
_START = "systemctl restart underrose-tor; journalctl --namespace=underrose -u underrose-tor"
_SAY = "underrose install, then: systemctl restart underrose-intake"
# A page of the submitters', and one that only the console has.
_OURS, _CONSOLES = "/your-rights", "/sign-in"


def look(here: Here) -> Iterator[Finding]:
    """Compare the name with the settings, and call the service by it."""
    if here.answers is None or not here.answers.onion:
        yield left_out("there is no onion service here")
        return
    file = here.at(HOSTNAME)
    name = file.read_text("utf-8").strip() if file.is_file() else ""
    if not _NAME.fullmatch(name):
        yield bad(f"Tor has made no onion address: there is none in {HOSTNAME}", _START)
        return
    told = here.environment.get("INTAKE_ONION_LOCATION")
    if told == f"http://{name}":
        yield good("the pages name the onion address that Tor has made")
    elif told:
        yield bad(f"the pages send people to {told}, which is not the address made here", _SAY)
    else:
        yield bad("the pages do not say that there is an onion address", _SAY)
    yield from _call(here, name)


def _call(here: Here, name: str) -> Iterator[Finding]:
    try:
        status, console = (here.tor(name, path, {}).status for path in (_OURS, _CONSOLES))
    except ConnectionRefusedError:
        yield left_out("no client of Tor is on this machine: open the address in Tor Browser")
        return
    except OSError as error:
        yield bad(f"the onion service was not reached through Tor: {error}", _START)
        return
    if console == 200:
        yield bad(
            "whoever knows the onion address can reach the console",
            "systemctl stop underrose-tor, then underrose install: it writes torrc anew",
        )
    if status != 200:
        yield bad(f"the onion service answers with {status}", "systemctl status underrose-intake")
    elif console != 200:
        yield good("the onion service answers through Tor, and has no page of the console")
