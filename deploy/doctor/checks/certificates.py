"""Certificates: good for some weeks yet, and for the names under which people come."""

from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509

from deploy.doctor.finding import Finding, bad, good, left_out
from deploy.doctor.here import Here

SOON = timedelta(days=21)
_FOLDER = "/etc/underrose/tls"
_DO = "renew it, put it there, then: systemctl restart underrose-proxy"


def look(here: Here) -> Iterator[Finding]:
    """Read both certificates."""
    if here.answers is None:
        yield left_out("no names are known here; the installer asks for them")
        return
    names = {"intake": here.answers.intake_name, "console": here.answers.console_name}
    for who, name in names.items():
        path = here.at(f"{_FOLDER}/{who}.pem")
        try:
            found = x509.load_pem_x509_certificate(path.read_bytes())
        except (OSError, ValueError):
            yield bad(f"{path} is not there, or no certificate", _DO)
            continue
        yield from _judge(here, name, found)


def _judge(here: Here, name: str, found: x509.Certificate) -> Iterator[Finding]:
    end = found.not_valid_after_utc
    if name not in _names(found):
        yield bad(f"the certificate is not for {name}", _DO)
    if end - here.now < SOON:
        yield bad(f"the certificate for {name} ends on {end.date()}", _DO)
    else:
        yield good(f"the certificate for {name} is good until {end.date()}")


def _names(found: x509.Certificate) -> list[str]:
    try:
        kind = x509.SubjectAlternativeName
        return found.extensions.get_extension_for_class(kind).value.get_values_for_type(
            x509.DNSName
        )
    except x509.ExtensionNotFound:
        return []
