"""Core dumps: a core of intake would hold what people wrote."""

from collections.abc import Iterator

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here

_SETTINGS = "/etc/systemd/coredump.conf.d/underrose.conf"


def look(here: Here) -> Iterator[Finding]:
    """Whether the kernel throws cores away."""
    pattern = here.at("/proc/sys/kernel/core_pattern").read_text().strip()
    kept_by_none = "systemd-coredump" in pattern and here.at(_SETTINGS).is_file()
    if pattern == "|/bin/false" or kept_by_none:
        yield good("core dumps are thrown away")
    else:
        yield bad(
            f"core dumps go to {pattern!r}",
            "underrose install, then: sysctl --load /etc/sysctl.d/60-underrose.conf",
        )
    if here.at("/proc/sys/fs/suid_dumpable").read_text().strip() != "0":
        yield bad(
            "programs that have changed their rights may dump cores",
            "sysctl fs.suid_dumpable=0, and look which file in /etc/sysctl.d says otherwise",
        )
