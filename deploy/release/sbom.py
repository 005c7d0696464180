"""The bill of materials: every package of both locks, in CycloneDX, the same for the same locks.

No vulnerability is looked up here. Whoever has the bill can do that with any tool, at any time, and
without this repository.
"""

import base64
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from deploy.release import locks
from deploy.release.locks import HOST_LOCK, ROOT, Locked

_NODE_HASHES = {"sha512": HashAlgorithm.SHA_512, "sha1": HashAlgorithm.SHA_1}


def bill(at: int) -> str:
    """The bill as JSON, of a time in seconds since 1970."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"], project["version"]
    own = Component(
        name=name, version=version, type=ComponentType.APPLICATION, bom_ref=f"{name}@{version}"
    )
    every = [*_python(), *_node()]
    made = Bom(components=every)
    made.metadata.component = own
    made.metadata.timestamp = datetime.fromtimestamp(at, UTC)
    made.register_dependency(own, every)
    told = "\n".join(each.bom_ref.value or "" for each in every)
    made.serial_number = uuid5(NAMESPACE_URL, told)
    return JsonV1Dot6(made).output_as_string(indent=1) + "\n"


def _python() -> Iterator[Component]:
    """Packages of Python; those that only development needs are optional."""
    on_hosts = {(each.name, each.version) for each in locks.python_packages(HOST_LOCK)}
    for each in locks.python_packages():
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=one) for one in each.hashes]
        is_needed = (each.name, each.version) in on_hosts
        yield _component("pypi", each, hashes, is_needed=is_needed)


def _node() -> Iterator[Component]:
    """Packages of Node, which are in the bundles or build them; no host has them by themselves."""
    for each in locks.node_packages():
        kind, _, digest = each.hashes[0].partition("-")
        content = base64.b64decode(digest).hex()
        yield _component(
            "npm",
            each,
            [HashType(alg=_NODE_HASHES[kind], content=content)],
            is_needed=each.is_needed,
        )


def _component(kind: str, each: Locked, hashes: list[HashType], *, is_needed: bool) -> Component:
    namespace, _, name = each.name.rpartition("/")
    url = PackageURL(kind, namespace or None, name, each.version)
    return Component(
        name=each.name,
        version=each.version,
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if is_needed else ComponentScope.OPTIONAL,
        purl=url,
        bom_ref=url.to_string(),
        # One package has many files, one for each system; the lock allows these.
        properties=[
            Property(name=f"underrose:{one.alg.value}:{number}", value=one.content)
            for number, one in enumerate(hashes)
        ]
        if len(hashes) > 1
        else [],
        hashes=hashes if len(hashes) == 1 else [],
    )
