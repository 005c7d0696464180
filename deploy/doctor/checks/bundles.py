"""Scripts: what the pages serve is what this release was made with, byte for byte.

Somebody who has taken over the public host can serve other scripts. This compares what comes out of
the front door with the files of the programs that ask; run from another machine, with that
machine's own copy of the release, it does not have to believe the host.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import review
from deploy import served
from deploy.client import Page
from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Answer, Here
from review.audit.opened import Bundle

_DO = "take the host off the network: it serves what no release has (docs/operator.md, An incident)"
Fetch = Callable[[str], Answer]
_FOLDERS = {
    "intake": served.STATIC,
    "console": Path(review.__file__ or "").parent / "web" / "static",
}
_PAGES = {"intake": ("/", "/form", "/follow-up", "/proof"), "console": ("/sign-in",)}


def look(here: Here) -> Iterator[Finding]:
    """Fetch every page that anybody may see, and every script that it names."""
    if here.answers is None:
        yield left_out("no names are known here; the installer asks for them")
        return
    names = {"intake": here.answers.intake_name, "console": here.answers.console_name}
    for who, name in names.items():
        yield from compare(who, name, _fetching(here, name))
    if here.environment.get("REVIEW_BOOK_URL"):
        yield from recorded(here)


def recorded(here: Here) -> Iterator[Finding]:
    """Whether the ledger was told which scripts this release has."""
    with here.book() as book:
        told = served.told(book)
    if told == served.of_this_release():
        yield good("the ledger says which scripts this release has")
    else:
        say = "no release's scripts" if told is None else f"the scripts of {told['release']}"
        yield bad(f"the ledger knows {say}, and not this release's", "underrose scripts record")


def against(bundle: Bundle, name: str, fetch: Fetch) -> Iterator[Finding]:
    """What the submitters' pages serve against what the ledger in a bundle says they have."""
    entry = served.in_bundle(bundle)
    if entry is None:
        yield bad("no entry of the bundle's ledger names scripts", "underrose scripts record")
        return
    try:
        found = served.digest(_served("intake", fetch).values())
    except OSError as error:
        yield bad(f"{name} is not answered: {error}", "try again, also by another way")
        return
    if found == entry.data["scripts"]:
        yield good(f"{name} serves the scripts that the ledger has for {entry.data['release']}")
    else:
        yield bad(f"{name} serves other scripts than the ledger has: {found}", _DO)


def _served(who: str, fetch: Fetch) -> dict[str, str]:
    """SHA-256 by the address of every script and style that the pages name. Raises OSError."""
    seen = {script for path in _PAGES[who] for script in _named(fetch(path))}
    return {each: hashlib.sha256(fetch(each).body).hexdigest() for each in sorted(seen)}


def _fetching(here: Here, name: str) -> Fetch:
    return lambda path: here.front(name, path, {})


def compare(who: str, name: str, fetch: Fetch) -> Iterator[Finding]:
    """What one of the two programs serves against the files of this release."""
    known = _digests(_FOLDERS[who])
    try:
        found = _served(who, fetch)
    except OSError as error:
        yield bad(f"{name} is not answered: {error}", "systemctl status underrose-proxy")
        return
    wrong = [each for each, digest in found.items() if digest not in known]
    for each in wrong:
        yield bad(f"{name}{each} is not of this release", _DO)
    if not found:
        yield bad(f"{name} names no script on any page", _DO)
    elif not wrong:
        yield good(f"{name} serves the {len(found)} scripts and styles of this release")


def _named(page: Answer) -> Iterator[str]:
    for element in Page(page.body.decode("utf-8", "replace")).elements:
        if element.tag == "script":
            # A script without an address would be one that no release has.
            yield element.attributes.get("src", "/")
        elif element.tag == "link" and element.attributes.get("rel") == "stylesheet":
            yield element.attributes.get("href", "/")
        elif "data-script" in element.attributes:
            # One that the page's own script loads when somebody asks for it.
            yield element.attributes["data-script"]


def _digests(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
