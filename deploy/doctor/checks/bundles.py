"""Scripts: what the pages serve is what this release was made with, byte for byte.

Somebody who has taken over the public host can serve other scripts. This compares what comes out of
the front door with the files of the programs that ask; run from another machine, with that
machine's own copy of the release, it does not have to believe the host.
"""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import intake
import review
from deploy.client import Page
from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Answer, Here

_DO = "take the host off the network: it serves what no release has (docs/operator.md, An incident)"
Fetch = Callable[[str], Answer]
_FOLDERS = {
    "intake": Path(intake.__file__ or "").parent / "web" / "static",
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


def _fetching(here: Here, name: str) -> Fetch:
    return lambda path: here.front(name, path, {})


def compare(who: str, name: str, fetch: Fetch) -> Iterator[Finding]:
    """What one of the two programs serves against the files of this release."""
    known = _digests(_FOLDERS[who])
    try:
        seen = {script for path in _PAGES[who] for script in _named(fetch(path))}
        served = {each: hashlib.sha256(fetch(each).body).hexdigest() for each in sorted(seen)}
    except OSError as error:
        yield bad(f"{name} is not answered: {error}", "systemctl status underrose-proxy")
        return
    wrong = [each for each, digest in served.items() if digest not in known]
    for each in wrong:
        yield bad(f"{name}{each} is not of this release", _DO)
    if not served:
        yield bad(f"{name} names no script on any page", _DO)
    elif not wrong:
        yield good(f"{name} serves the {len(served)} scripts and styles of this release")


def _named(page: Answer) -> Iterator[str]:
    for element in Page(page.body.decode("utf-8", "replace")).elements:
        if element.tag == "script":
            # A script without an address would be one that no release has.
            yield element.attributes.get("src", "/")
        elif element.tag == "link" and element.attributes.get("rel") == "stylesheet":
            yield element.attributes.get("href", "/")


def _digests(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
