"""The verb `underrose doctor`."""

import http.client
import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from deploy.doctor import here as places
from deploy.doctor.checks import bundles
from deploy.doctor.finding import Finding, Found
from deploy.doctor.registry import CHECKS, findings
from review.audit.opened import open_bundle

_MARKS = {Found.GOOD: "  good", Found.BAD: "   BAD", Found.LEFT_OUT: "     -"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--only", multiple=True, type=click.Choice([each.name for each in CHECKS]))
@click.option("--quiet", is_flag=True, help="Only what is bad.")
@click.option(
    "--from",
    "address",
    metavar="URL",
    help="On another machine: compare the scripts that this address serves with this release's. "
    "An onion address is reached by the tor of that machine, at port 9050.",
)
@click.option(
    "--bundle",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="With --from: compare with the ledger in this auditor's bundle too, verified before.",
)
def doctor(
    as_json: bool, only: tuple[str, ...], quiet: bool, address: str | None, bundle: Path | None
) -> None:
    """Look whether everything is as it should be, and say of what is not what to do.

    Ends with 1 if anything is bad. Run it as root on the host; it changes nothing.
    """
    if address is not None:
        fetch = _elsewhere(address)
        found = {"bundles": list(bundles.compare("intake", address, fetch))}
        if bundle is not None:
            with open_bundle(bundle) as opened:
                found["bundles"] += bundles.against(opened, address, fetch)
    else:
        here = places.of_machine(Path("/"))
        chosen = [each for each in CHECKS if not only or each.name in only]
        found = {each.name: list(findings(each, here)) for each in chosen}
    _tell_as_json(found) if as_json else _tell(found, quiet)
    if any(each.found is Found.BAD for every in found.values() for each in every):
        sys.exit(1)


def _tell(found: dict[str, list[Finding]], quiet: bool) -> None:
    asks = {each.name: each.asks for each in CHECKS}
    for name, every in found.items():
        told = [each for each in every if each.found is Found.BAD or not quiet]
        if told:
            click.echo(f"{asks[name]} ({name})")
        for each in told:
            click.echo(f"{_MARKS[each.found]}  {each.said}")
            if each.do:
                click.echo(f"        do: {each.do}")


def _tell_as_json(found: dict[str, list[Finding]]) -> None:
    told = [
        {"check": name, "found": each.found.value, "said": each.said, "do": each.do}
        for name, every in found.items()
        for each in every
    ]
    click.echo(json.dumps(told, indent=1))


def _elsewhere(address: str) -> "bundles.Fetch":
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise click.UsageError("give an address such as https://speak.example.com")
    if parts.hostname.endswith(".onion"):
        name = parts.hostname
        return lambda path: places.through_tor(name, path, {})
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    host, port = parts.hostname, parts.port

    def fetch(path: str) -> places.Answer:
        return places.ask(kind(host, port, timeout=places.PATIENCE), path, {})

    return fetch
