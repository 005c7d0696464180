"""Attack: a proxy that passes the visitor's address on, or writes requests down."""

import shutil
from pathlib import Path

import pytest

from deploy.doctor.checks import forwarded
from deploy.host import configuration
from deploy.proxying import TEMPLATE
from tests.deploy.doctor.world import NAMES, machine, wrong

FOLDER = "etc/underrose/proxy"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """The root of a machine with the proxy's files as the installer writes them."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for path in TEMPLATE.parent.glob("*.conf"):
        shutil.copy(path, tmp_path / FOLDER)
    (tmp_path / FOLDER / "nginx.conf").write_text(configuration.proxy(NAMES))
    return tmp_path


def test_the_shipped_proxy_forwards_and_writes_nothing(shipped: Path) -> None:
    assert wrong(forwarded.look, machine(shipped)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('X-Forwarded-For ""', "X-Forwarded-For $proxy_add_x_forwarded_for"),
        ('X-Real-IP ""', "X-Real-IP $remote_addr"),
        ('X-Forwarded-For ""', 'X-Forwarded-For "${remote_addr}"'),
        ('proxy_set_header Forwarded "";', ""),
        ('proxy_set_header X-Forwarded-For "";', ""),
        ('Forwarded ""', "X-Client $binary_remote_addr"),
        ("Host $host", "Via $http_x_real_ip"),
        ("access_log off;", "access_log /var/log/nginx/access.log;"),
        ("access_log off;", ""),
        ("error_log stderr emerg;", "error_log /var/log/nginx/error.log;"),
        ("error_log stderr emerg;", "error_log stderr info;"),
        ("443 ssl http2;", "443 ssl http2 proxy_protocol;"),
    ],
)
def test_doctor_fails_on_any_header_that_carries_the_clients_address_and_on_any_log(
    shipped: Path, before: str, after: str
) -> None:
    file = shipped / FOLDER / "nginx.conf"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after))
    assert wrong(forwarded.look, machine(shipped))


def test_what_an_included_file_forwards_is_found_too(shipped: Path) -> None:
    file = shipped / FOLDER / "own-answers.conf"
    file.write_text(f"{file.read_text()}add_header X-Who $remote_addr;\n")
    assert "sends an address along" in wrong(forwarded.look, machine(shipped))[0]


def test_a_proxy_that_cannot_be_seen_is_not_called_good(tmp_path: Path) -> None:
    assert len(wrong(forwarded.look, machine(tmp_path))) == 1
