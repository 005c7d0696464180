"""What the proxy does with addresses: it passes none on, and writes none down.

nginx's whole file is read, with what it includes. A header with the visitor's address would reach
the programs, their errors and whoever has taken them over; and what a visitor's own proxy has put
into such a header must be taken out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from deploy.doctor.finding import Finding, bad, good
from deploy.doctor.here import Here

FILE = "/etc/underrose/proxy/nginx.conf"
_WORDS = re.compile(r"""#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[;{}]|[^\s;{}"']+""")
# nginx's names for where somebody comes from, also for what they said of it themselves.
_ADDRESS = re.compile(
    r"\$(\{)?(binary_)?(remote_(addr|port)|realip_remote_\w+|proxy_add_x_forwarded_for|"
    r"proxy_protocol_(addr|port)|http_(x_forwarded_for|x_real_ip|forwarded|cf_connecting_ip|"
    r"true_client_ip|client_ip|via))"
)
# Headers in which others bring an address along.
CLEARED = ("x-forwarded-for", "x-real-ip", "forwarded")
_DO = "take it out of {}, or run underrose install, then: systemctl restart underrose-proxy"


def look(here: Here) -> Iterator[Finding]:
    """Every line of the proxy's file that passes an address on or writes a request down."""
    file = here.at(FILE)
    if not file.is_file():
        yield bad(
            f"{FILE} is not there, so that nobody can say what stands before the programs",
            "run underrose install; what has another proxy before it cannot be looked at from here",
        )
        return
    every = list(directives(file))
    problems = [*_passed_on(every), *_written_down(every)]
    for problem in problems:
        yield bad(problem, _DO.format(FILE))
    if not problems:
        yield good("the proxy passes no address on, and writes no request down")


def _passed_on(every: list[list[str]]) -> Iterator[str]:
    cleared = set()
    for words in every:
        if words[0] in ("proxy_set_header", "more_set_input_headers", "add_header"):
            if any(_ADDRESS.search(word) for word in words):
                yield f"the proxy sends an address along: {' '.join(words)}"
            if words[0] == "proxy_set_header" and words[2:] == [""]:
                cleared.add(words[1].lower())
        if words[0] == "proxy_protocol" or (words[0] == "listen" and "proxy_protocol" in words):
            yield f"the proxy hands the address to the program: {' '.join(words)}"
    for name in CLEARED:
        if name not in cleared:
            yield f"the proxy lets {name} through, as whoever asks has sent it"


def _written_down(every: list[list[str]]) -> Iterator[str]:
    logs = [words for words in every if words[0] == "access_log"]
    if not logs:
        yield "the proxy has an access log, because nothing turns it off"
    for words in logs:
        if words[1:] != ["off"]:
            yield f"the proxy writes requests down: {' '.join(words)}"
    for words in every:
        if words[0] == "error_log" and words[-1] != "emerg":
            yield f"the proxy's error log has addresses and paths in it: {' '.join(words)}"


def directives(file: Path, depth: int = 0) -> Iterator[list[str]]:
    """Every directive of an nginx file and of what it includes, as words without quotes."""
    words: list[str] = []
    for found in _WORDS.finditer(file.read_text("utf-8")):
        word = found[0]
        if word.startswith("#"):
            continue
        if word not in (";", "{", "}"):
            quoted = word[0] in "\"'"
            words.append(word[1:-1] if quoted else word)
            continue
        if words and words[0] == "include" and depth < 5:
            for each in sorted(file.parent.glob(words[1])) if words[1][0] != "/" else []:
                yield from directives(each, depth + 1)
        if words:
            yield words
        words = []
