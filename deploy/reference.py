"""The reference pages, written from the code: python -m deploy.reference

docs/settings.md has every setting with the text that stands at its field, docs/commands.md every
command with the help it prints, docs/rights.md who may do what on PostgreSQL, docs/roles.md who may
do what in the console, docs/asvs.md what answers OWASP ASVS. Tests render them again and compare,
so that none can say what is not so.
"""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

import intake.settings
import review.settings
from deploy import asvs, rights
from deploy.cli import main
from review.roles import INVITED, READERS, STEP_UP, Act, Role, may

DOCS = Path(__file__).resolve().parent.parent / "docs"
_SETTINGS_HEAD = """\
# Settings

Each program reads its settings once from the environment, reports everything wrong with them at
once, and refuses a name it does not know. `python -m deploy.reference` writes this page.
"""
_COMMANDS_HEAD = """\
# Commands

Messages are one line; a line that begins with `hint:` says what to do. `python -m crypto` works
with nothing else of Underrose installed. `python -m deploy.reference` writes this page.
"""
_RIGHTS_HEAD = """\
# Rights on PostgreSQL

Every table belongs to the role `migrator`, as whom the databases are upgraded. `backup` reads
everything. The other roles may do what stands here and nothing else. A row is named by
`set_config('underrose.lookup', VALUES, true)`, which lasts to the end of the transaction: intake
sees of the drop only the rows whose id somebody has brought. `underrose database roles` prints what
makes the roles, `underrose database upgrade` grants the rights, and `python -m deploy.reference`
writes this page. SQLite has no such barrier.
"""
_ROLES_HEAD = """\
# Roles in the console

What a role may ask of the console, from the one table in `review/roles.py`; what stands nowhere is
refused. Which cases somebody sees is decided by each case's readers and comes on top. A role marked
with a key exists by the signed roster alone; no account makes one. An act marked *confirmed* is
done only by somebody who has shown within five minutes that it is them, by a passkey or whatever
they sign in with. Who came by an invitation may do the acts marked *invited* and no other.
`python -m deploy.reference` writes this page.
"""
_CRYPTO = """
## python -m crypto

```
python -m crypto keygen -o FILE                       make an identity, print its recipient
python -m crypto seal -r RECIPIENT… [-o OUT] [IN]     seal a file
python -m crypto open -i FILE [-o OUT] [IN]           open a file
python -m crypto open -i FILE [--root-key BASE64] -o FOLDER CASE.zip
                                                      open and check an exported case
python -m crypto cosign --key FILE [--first] [-o OUT] [PROOF]
                                                      check a ledger's checkpoint and cosign it
python -m crypto verify --proof FILE --policy FILE [--kept FILE | --text FILE --nonce HEX]
                                                      say what a proof proves
python -m crypto verify [--proof FILE] [--statement FILE] --roster FILE --root-key BASE64
                                                      say it of a statement, or without a policy
```
"""


def settings_page() -> str:
    """docs/settings.md."""
    parts = [_SETTINGS_HEAD]
    for title, module in (("Intake", intake.settings), ("Review", review.settings)):
        parts.append(f"\n## {title}\n")
        for field, text in _documented_fields(module.Settings):
            parts.append(f"\n### `{module.PREFIX}{field.upper()}`\n\n{text}\n")
    return "".join(parts)


def _documented_fields(settings: type) -> Iterator[tuple[str, str]]:
    """Every field of a settings class with the text that follows it, on one line."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(settings))).body[0]
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - a class's source is a class definition
    for field, text in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            value = text.value if isinstance(text, ast.Expr) else None
            said = value.value if isinstance(value, ast.Constant) else ""
            yield field.target.id, " ".join(str(said).split())


def commands_page() -> str:
    """docs/commands.md."""
    parts = [_COMMANDS_HEAD]
    for path, command in _verbs(main, ()):
        context = click.Context(command, info_name=f"underrose {' '.join(path)}")
        context.max_content_width = context.terminal_width = 90
        parts.append(
            f"\n## `underrose {' '.join(path)}`\n\n```\n{command.get_help(context)}\n```\n"
        )
    return "".join([*parts, _CRYPTO])


def _verbs(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _verbs(command.commands[name], (*path, name))
    else:
        yield path, command


def rights_page() -> str:
    """docs/rights.md."""
    parts = [_RIGHTS_HEAD]
    for name, tables in rights.RIGHTS.items():
        parts.append(f"\n## {name}\n\n| table | role | may |\n|---|---|---|\n")
        for table, roles in tables.items():
            for role, granted in roles.items():
                said = "; ".join(str(right) for right in granted)
                parts.append(f"| {table} | {role} | {said} |\n")
    return "".join(parts)


def roles_page() -> str:
    """docs/roles.md."""
    titles = [f"{role.value} (key)" if role in READERS else role.value for role in Role]
    lines = [["act", *titles], ["---"] * (1 + len(titles))]
    for act in Act:
        lines.append([_act(act), *("yes" if may(r, act) else "" for r in Role)])
    return _ROLES_HEAD + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _act(act: Act) -> str:
    marks = [" *confirmed*"] * (act in STEP_UP) + [" *invited*"] * (act in INVITED)
    return act.value.replace("_", " ") + "".join(marks)


def write() -> None:
    """Write the pages."""
    (DOCS / "rights.md").write_text(rights_page(), encoding="utf-8")
    (DOCS / "roles.md").write_text(roles_page(), encoding="utf-8")
    (DOCS / "settings.md").write_text(settings_page(), encoding="utf-8")
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    (DOCS / "asvs.md").write_text(asvs.page(), encoding="utf-8")


if __name__ == "__main__":
    write()
