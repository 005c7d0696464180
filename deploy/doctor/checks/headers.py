"""Headers, as they come out of the proxy: each that protects somebody, once and unchanged."""

from collections.abc import Iterable, Iterator

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here
from intake.web.headers import headers as of_intake
from review.web.headers import POLICY, fields

_DO = "underrose install, then: systemctl restart underrose-proxy; the programs send each once"


def look(here: Here) -> Iterator[Finding]:
    """Ask both names for their first page, and compare."""
    if here.answers is None:
        yield left_out("no names are known here; the installer asks for them")
        return
    console = [*fields(https=True).items(), ("Content-Security-Policy", POLICY)]
    yield from _compare(here, here.answers.intake_name, "/", of_intake(https=True))
    yield from _compare(here, here.answers.console_name, "/sign-in", console)


def _compare(
    here: Here, name: str, path: str, wanted: Iterable[tuple[str, str]]
) -> Iterator[Finding]:
    try:
        answer = here.front(name, path, {})
    except OSError as error:
        yield bad(f"{name} is not answered here: {error}", "systemctl status underrose-proxy")
        return
    if answer.status != 200:
        yield bad(
            f"{name}{path} is answered with {answer.status}", "journalctl --namespace=underrose"
        )
        return
    wrong = [
        f"{header} came {_times(answer.values(header))}"
        for header, value in wanted
        if answer.values(header) != [value]
    ]
    wrong += [
        f"{header} came" for header in ("Server", "Via", "X-Powered-By") if answer.values(header)
    ]
    for each in wrong:
        yield bad(f"{name}: {each}", _DO)
    if not wrong:
        yield good(f"{name} sends every header once")


def _times(values: list[str]) -> str:
    return "with another value" if len(values) == 1 else f"{len(values)} times"
