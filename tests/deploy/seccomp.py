"""The filter of system calls that systemd would load for a unit, made with the same library."""

import ctypes
import errno
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from typing import IO

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EQUAL, _MASKED = 4, 7
_WRITE, _EXEC, _SHM_EXEC = 2, 4, 0o100000
# clone with any of these makes a namespace.
_NAMESPACES = 0x7E020080
_LEADS_AROUND = ("clone3", "unshare", "setns")

Condition = tuple[int, int, int, int]


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def calls(filters: Sequence[str]) -> set[str]:
    """The calls that SystemCallFilter= lines leave, in their order, as systemd reads them."""
    sets, found = _sets(), set[str]()
    for line in filters:
        take = line.removeprefix("~")
        named = {call for word in take.split() for call in _named(word, sets)}
        found = found - named if line.startswith("~") else found | named
    return found


def compiled(filters: Sequence[str], families: Sequence[str], refusal: str) -> IO[bytes]:
    """The kernel's program in an open file, for bwrap --seccomp.

    It also keeps to families of sockets, makes no namespace, and maps nothing that can be both
    written and executed.
    """
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(_ERRNO | getattr(errno, refusal)))
    only = _conditions(families)
    for call in sorted(calls(filters)):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number < 0 or call in _LEADS_AROUND:
            continue
        for conditions in only.get(call, ((),)):
            array = (_Comparison * len(conditions))(*(_Comparison(*each) for each in conditions))
            done = library.seccomp_rule_add_array(
                context, ctypes.c_uint32(_ALLOW), number, len(conditions), array
            )
            assert done == 0, (call, done)
    # The C library falls back to clone, whose flags can be read, when clone3 is not there.
    absent = library.seccomp_syscall_resolve_name(b"clone3")
    code = ctypes.c_uint32(_ERRNO | errno.ENOSYS)
    assert library.seccomp_rule_add_array(context, code, absent, 0, None) == 0
    out = tempfile.TemporaryFile()  # noqa: SIM115 - it is open for as long as bwrap reads it
    assert library.seccomp_export_bpf(context, out.fileno()) == 0
    library.seccomp_release(context)
    out.seek(0)
    return out


def _conditions(families: Sequence[str]) -> Mapping[str, tuple[tuple[Condition, ...], ...]]:
    """Of some calls, the arguments with which alone they are allowed; any of the tuples will do."""
    sockets = tuple(((0, _EQUAL, int(getattr(socket, each)), 0),) for each in families)
    protections = (0, _WRITE, _EXEC)
    return {
        "socket": sockets,
        "socketpair": sockets,
        "clone": (((0, _MASKED, _NAMESPACES, 0),),),
        "mmap": tuple(((2, _MASKED, _WRITE | _EXEC, each),) for each in protections),
        "mprotect": (((2, _MASKED, _EXEC, 0),),),
        "pkey_mprotect": (((2, _MASKED, _EXEC, 0),),),
        "shmat": (((2, _MASKED, _SHM_EXEC, 0),),),
    }


def _named(word: str, sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if not word.startswith("@"):
        yield word
        return
    for each in sets[word]:
        yield from _named(each, sets)


def _sets() -> dict[str, list[str]]:
    """systemd's own sets of calls, by their names."""
    told = subprocess.run(
        ["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True
    )
    found: dict[str, list[str]] = {}
    for line in told.stdout.splitlines():
        word = line.strip()
        if line.startswith("@"):
            found[word] = current = []
        elif word and not word.startswith("#"):
            current.append(word)
    return found
