"""What the programs never name: the dangerous half of Python, of browsers and of cryptography.

These look at the source alone, so that what could be typed in one careless line is found before it
runs. Each says which requirement of docs/asvs.md it was written for.
"""

import ast
import json
import re
import tomllib
from pathlib import Path

from deploy import proxying
from tests.sources import SERVED, SOURCES, calls, dotted, imported, last, users
from tests.test_style import ROOT, SCRIPTS

OURS = [path for path in SCRIPTS if "test" not in path.parts]
TEMPLATES = [path for folder in ("intake", "review") for path in (ROOT / folder).rglob("*.html")]


def test_no_code_is_made_from_data() -> None:
    """ASVS 1.3.2, 1.3.7: no text is run, and no template is made of one."""
    running = {"eval", "exec", "compile", "__import__", "render_template_string", "from_string"}
    found = [
        f"{path}:{call.lineno} {word}"
        for path, tree in SOURCES.items()
        for word, call in calls(tree)
        if last(word) in running and word != "re.compile"
    ]
    assert found == []


def test_no_reader_of_xml_or_of_objects_is_imported() -> None:
    """ASVS 1.5.1, 1.5.2: what is read is bytes of our own formats, JSON and TOML."""
    readers = ("pickle", "marshal", "shelve", "yaml", "lxml", "xml.etree", "xml.dom", "plistlib")
    assert users((*readers, "xml.parsers", "xmlrpc", "jsonpickle", "dill"), SOURCES) == set()
    # Escaping is all that is used of it.
    assert users(("xml",), SOURCES) <= {"review/charter_view/drawing.py"}
    drawing = SOURCES[Path("review/charter_view/drawing.py")]
    assert {each for each in imported(drawing) if each.startswith("xml")} <= {
        "xml.sax.saxutils.escape",
        "xml.sax.saxutils.quoteattr",
    }


def test_no_query_is_put_together_from_values() -> None:
    """ASVS 1.2.4: a statement is built by SQLAlchemy or stands in the source; values are bound."""
    allowed = {
        # A number of our own, in a statement that takes no bound values.
        "review/store/database.py f'PRAGMA busy_timeout={patience}'",
        # The source's own statements, with the driver's marks for bound values.
        "review/store/ledger.py _spelt(connection, _ADD_ENTRY)",
        "review/store/ledger.py _spelt(connection, _ADD_NODE)",
    }
    found = {
        f"{path} {ast.unparse(call.args[0])}"
        for path, tree in SERVED.items()
        for word, call in calls(tree)
        if call.args
        and (last(word) in {"exec_driver_sql", "literal_column"} or word == "text")
        and not _stands_in_the_source(call.args[0])
    }
    assert found <= allowed


def _stands_in_the_source(argument: ast.expr) -> bool:
    if isinstance(argument, ast.IfExp):
        return _stands_in_the_source(argument.body) and _stands_in_the_source(argument.orelse)
    constant = isinstance(argument, ast.Name) and argument.id.strip("_").isupper()
    return constant or isinstance(argument, ast.Constant)


def test_programs_are_started_by_deploy_alone_and_never_by_a_shell() -> None:
    """ASVS 1.2.5: the servers start no program, and no command is a line that a shell reads."""
    starters = ("subprocess", "pty", "multiprocessing.popen_spawn_posix", "commands")
    assert users(starters, SERVED) == set()
    of_os = re.compile(r"os\.(system|popen|exec\w+|spawn\w+|posix_spawn\w*)")
    for path, tree in SOURCES.items():
        assert not [name for name in imported(tree) if of_os.fullmatch(name)], path
        for word, call in calls(tree):
            assert not of_os.fullmatch(word), path
            assert "shell" not in {each.arg for each in call.keywords}, path


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    """ASVS 7.2.3, 11.5: random, and ids made of a clock, are nowhere to be taken from."""
    taken = {each for tree in SOURCES.values() for each in imported(tree)}
    assert {each for each in taken if each.split(".")[0] == "random"} == {"random.SystemRandom"}
    # A name for the bill of materials, made of its content.
    assert users(("uuid",), SOURCES) == {"deploy/release/sbom.py"}
    assert [path.name for path in OURS if "Math.random" in path.read_text()] == []


def test_every_digest_is_of_the_sha_2_or_3_family_but_that_of_one_time_codes() -> None:
    """ASVS 11.4.1: SHA-1 is what authenticator programs know, and stands in one place."""
    found = {
        (str(path), node.attr)
        for path, tree in SERVED.items()
        for node in tree
        if isinstance(node, ast.Attribute) and dotted(node.value) == "hashlib"
    }
    taken = {name for tree in SERVED.values() for name in imported(tree)}
    assert not [name for name in taken if name.startswith("hashlib.")]
    others = {(path, name) for path, name in found if name not in {"sha256", "sha384", "shake_256"}}
    assert {pair for pair in others if pair[1] != "file_digest"} == {("review/one_time.py", "sha1")}
    for tree in SERVED.values():
        for word, call in calls(tree):
            if last(word) == "file_digest":
                assert ast.unparse(call.args[1]) in {"'sha256'", "hashlib.sha256"}


def test_ciphers_and_signatures_are_those_of_a_short_list_and_in_crypto_alone() -> None:
    """ASVS 11.1.3, 11.3.1, 11.3.2, 11.6.1: nothing else is named, so nothing else is used."""
    base = "cryptography.hazmat.primitives."
    allowed = {
        *(f"{base}hpke", f"{base}hpke.MLKEM768X25519PrivateKey", f"{base}hashes.SHA256"),
        *(f"{base}kdf.hkdf.HKDF", f"{base}kdf.scrypt.Scrypt"),
        f"{base}ciphers.aead.ChaCha20Poly1305",
        *(f"{base}asymmetric.{name}" for name in _KEYS),
        *("nacl.bindings", "nacl.pwhash.argon2id", "nacl.signing.SigningKey"),
        *("nacl.signing.VerifyKey", "nacl.bindings.crypto_core_ed25519_is_valid_point"),
    }
    found = {
        name
        for path, tree in SERVED.items()
        if path.parts[0] == "crypto"
        for name in imported(tree)
        if name.startswith(("cryptography", "nacl")) and "exceptions" not in name
    }
    assert found <= allowed
    elsewhere = {path: tree for path, tree in SERVED.items() if path.parts[0] != "crypto"}
    # What a passkey's public key is: its signature is checked by the library for passkeys.
    assert users(("cryptography", "nacl"), elsewhere) == {"review/passkeys.py"}
    sealing = (ROOT / "crypto/shredding.py").read_text()
    used = re.findall(r"bindings\.(\w+)", sealing)
    assert used
    assert all(each.startswith("crypto_aead_xchacha20poly1305_ietf_") for each in used)


_KEYS = (
    *("mldsa.MLDSA44PrivateKey", "mldsa.MLDSA44PublicKey"),
    *("mlkem.MLKEM768PrivateKey", "mlkem.MLKEM768PublicKey"),
    *("x25519.X25519PrivateKey", "x25519.X25519PublicKey"),
)


def test_no_format_string_comes_from_outside() -> None:
    """ASVS 1.3.10: what is filled in stands in the source, under a name in capitals or at once."""
    found = {
        f"{path} {ast.unparse(call.func)}"
        for path, nodes_ in SOURCES.items()
        for word, call in calls(nodes_)
        if last(word) in {"format", "format_map"}
        and isinstance(call.func, ast.Attribute)
        and not isinstance(call.func.value, ast.Constant)
        and not dotted(call.func.value).rpartition(".")[2].strip("_").isupper()
    }
    # A table of sentences by their codes.
    assert found == {"review/casework/filed/duties.py _SAID[code].format"}


def test_no_template_marks_text_as_markup() -> None:
    """ASVS 1.1.2, 1.2.1: what a template writes is escaped by the template, last of all."""
    assert len(TEMPLATES) > 30
    for path in TEMPLATES:
        assert not re.search(r"\|\s*safe\b|autoescape|\{%\s*filter", path.read_text()), path
    taken = {each for tree in SERVED.values() for each in imported(tree)}
    assert {each for each in taken if "arkup" in each} == {"markupsafe.escape"}


def test_no_answer_lets_another_origin_read_it() -> None:
    """ASVS 3.4.2: nothing of ours names the header by which a browser would hand an answer on."""
    named = re.compile(r"access-control-", re.IGNORECASE)
    shipped = [*(ROOT / "deploy/proxy").iterdir(), *(ROOT / path for path in SOURCES)]
    assert [path.name for path in shipped if named.search(path.read_text())] == []


def test_no_script_hears_messages_of_other_windows() -> None:
    """ASVS 3.5.5: what is heard comes from this origin's own tabs, and says one word."""
    hearing = re.compile(r"\bonmessage\b|addEventListener\(\s*[\"']message")
    found = {path.name for path in OURS if hearing.search(path.read_text())}
    assert found == {"price.js", "tabs.js"}
    assert "new MessageChannel" in (ROOT / "intake/web/js/price.js").read_text()
    tabs = (ROOT / "review/web/js/tabs.js").read_text()
    assert "new BroadcastChannel" in tabs
    assert "event.data === LOCK" in tabs


def test_scripts_compare_strictly_and_hinder_no_pasting() -> None:
    """ASVS 6.2.7, 15.3.5: no value is converted to be compared; a password manager may fill in."""
    loose = re.compile(r"(?<![=!<>\"'/^ ])\s(?:==|!=)\s(?!=)|[\"']paste[\"']|\bonpaste\b")
    assert len(OURS) > 90
    assert [path.name for path in OURS if loose.search(path.read_text())] == []


def test_no_server_is_started_for_debugging() -> None:
    """ASVS 13.4.2: no debugger, no reloader, and no development server."""
    for path, tree in SOURCES.items():
        for word, call in calls(tree):
            assert last(word) != "run_simple", path
            assert not {"debug", "use_debugger", "use_reloader"} & {k.arg for k in call.keywords}
        assert not re.search(r"\bapp\.run\(|DEBUG\"\]", (ROOT / path).read_text()), path


def test_the_proxy_speaks_tls_1_2_and_1_3_only() -> None:
    """ASVS 12.1.1, and nothing that would let a recorded visit be opened later by one key."""
    text = proxying.TEMPLATE.read_text()
    assert re.findall(r"ssl_protocols (.*);", text) == ["TLSv1.2 TLSv1.3"]
    assert re.findall(r"ssl_session_(\w+) (.*);", text) == [("tickets", "off"), ("cache", "off")]
    assert not re.search(r"\b(root|alias|autoindex|try_files)\b", text)


def test_no_name_in_a_page_can_take_the_place_of_what_a_script_asks_for() -> None:
    """ASVS 3.2.3: a document and a window hand out elements by their names, unless asked by id."""
    asked = re.compile(r"\b(document|window|globalThis)\.(\w+)(?!\w)(?!\";)")
    # In these two a document is one of our own formats.
    pages = [path for path in OURS if path.parts[-3] == "web" and path.name not in _OTHERS]
    found = {match.groups() for path in pages for match in asked.finditer(path.read_text())}
    assert {name for of, name in found if of == "document"} <= _OF_A_DOCUMENT
    assert {name for of, name in found if of != "document"} <= _OF_A_WINDOW
    # By these elements' names a document would be asked; ids are asked for by getElementById.
    named = re.compile(r"<(?:form|img|embed|object|iframe)\b[^>]*\sname=")
    assert [path.name for path in TEMPLATES if named.search(path.read_text())] == []
    ids = {each for path in TEMPLATES for each in re.findall(r'\sid="([\w-]+)"', path.read_text())}
    assert len(ids) > 100
    assert ids.isdisjoint(_OF_A_DOCUMENT | _OF_A_WINDOW)


_OTHERS = {"mailbox.js", "wording.js"}
_OF_A_DOCUMENT = {
    *("activeElement", "addEventListener", "adoptNode", "body", "createElement", "head"),
    *("createDocumentFragment", "createTreeWalker", "dispatchEvent", "documentElement"),
    *("getElementById", "importNode"),
    *("querySelector", "querySelectorAll", "title", "visibilityState"),
}
_OF_A_WINDOW = {
    *("addEventListener", "crypto", "isSecureContext", "PublicKeyCredential", "trustedTypes"),
}


PAGE = (ROOT / "docs/dangers.md").read_text()


def test_every_package_of_hosts_and_browsers_is_among_the_dangers() -> None:
    """ASVS 15.1.4: who adds a package says what could go wrong in it."""
    given = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[^\w-]", each)[0] for each in given}
    names |= set(json.loads((ROOT / "crypto/browser/package.json").read_text())["dependencies"])
    part = PAGE.split("## Packages")[1].split("\n## ")[0]
    told = [
        name for row in re.findall(r"^\| (.+?) \|", part, flags=re.M) for name in row.split(", ")
    ]
    assert sorted(told) == sorted([*names, "package"])


def test_what_is_dangerous_in_our_own_code_is_named_with_its_place() -> None:
    """ASVS 15.1.5: who takes a dangerous tool into another module says so on the page."""
    part = PAGE.split("## Our own code")[1]
    named = set(re.findall(r"`([\w/.]+\.(?:py|js))`", part))
    assert [path for path in named if not (ROOT / path).is_file()] == []
    tools = ("subprocess", "zipfile", "ctypes", "mmap", "smtplib")
    assert users(tools, SOURCES) <= named


def test_every_field_for_a_password_masks_what_is_typed() -> None:
    """ASVS 6.2.6: at once, or in a dialog that a script opens, by that script."""
    fields = {
        (path.name, field)
        for path in TEMPLATES
        for field in re.findall(r"<input\b[^>]*>", path.read_text())
        if re.search(r'(?:id|name)="[\w-]*password"', field)
    }
    assert len(fields) >= 4
    plain = {(name, field) for name, field in fields if 'type="password"' not in field}
    assert {name for name, field in plain if " data-password " in field} == {"_confirm.html"}
    assert len(plain) == 1
    script = (ROOT / "review/web/js/confirming.js").read_text()
    assert 'field?.setAttribute("type", "password")' in script
