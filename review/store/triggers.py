"""Lets the database itself refuse to change what is written once.

A table that is append-only in name alone is no evidence. An UPDATE and a DELETE are refused by a
trigger each. On SQLite, INSERT OR REPLACE slips past both, because it removes the row in its way
without asking the triggers, so an INSERT whose key is there already is refused as well, for every
unique key of the table. On PostgreSQL, TRUNCATE is refused too; an UPDATE that changes nothing is
none there, because underrose_tidy() writes rows anew. Who can write to the file, or owns the
tables, can still drop the triggers; what they change then is found by the ledger's batch and by the
retention auditor.
"""

from collections.abc import Mapping

from sqlalchemy import DDL, Table, UniqueConstraint, event
from sqlalchemy.schema import ExecutableDDLElement


def keep_rows(table: Table, *, deletable: bool = False, changed: str | None = None) -> None:
    """Let rows of the table come and never change, and unless deletable never go.

    changed is the condition over OLD and NEW that makes an UPDATE a change; by default any is.
    """
    for statement in statements(table, deletable=deletable, changed=changed):
        event.listen(table, "after_create", _on("sqlite", statement))
    for statement in on_postgresql(table.name, deletable=deletable, changed=changed):
        event.listen(table, "after_create", _on("postgresql", statement))


def keep_unless_ended(table: Table, stubs: Table) -> None:
    """Let rows of the table never change, and go only when a stub of the same id is there."""
    keep_rows(table, deletable=True)
    stub = f"SELECT 1 FROM {stubs.name} WHERE id = OLD.id"  # noqa: S608 - names of our own
    left = f"a row of {table.name} goes only when its stub is there"
    on_sqlite = (
        f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.name} "
        f"WHEN NOT EXISTS ({stub}) BEGIN SELECT RAISE(ABORT, '{left}'); END"
    )
    # PostgreSQL's conditions of triggers look at no other table; functions do.
    function = (
        f"CREATE OR REPLACE FUNCTION underrose_refuse_without_stub() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN IF NOT EXISTS ({stub}) THEN "
        f"RAISE integrity_constraint_violation USING MESSAGE = '{left}'; END IF; "
        f"RETURN OLD; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {table.name}_no_delete BEFORE DELETE ON {table.name} FOR EACH ROW "
        f"EXECUTE FUNCTION underrose_refuse_without_stub()"
    )
    event.listen(table, "after_create", _on("sqlite", on_sqlite))
    for statement in (function, trigger):
        event.listen(table, "after_create", _on("postgresql", statement))


# What lets a row of a case go: that its case was disposed of, of which the stub tells.
_OF_CASE = "EXISTS (SELECT 1 FROM disposed_cases d WHERE d.case_id = OLD.{})"
_OF_ACT = (
    "EXISTS (SELECT 1 FROM disposed_cases d JOIN acts a ON a.subject = d.case_id "
    "WHERE a.hash = OLD.hash)"
)
# The tables whose rows stay as long as their case, and what tells in each that it has gone.
UNTIL_DISPOSED: Mapping[str, str] = {
    "acts": _OF_CASE.format("subject"),
    "act_endings": _OF_CASE.format("subject"),
    "act_signatures": _OF_ACT,
    "case_marks": _OF_CASE.format("case_id"),
    "kept_as": _OF_CASE.format("case_id"),
    "recusals": _OF_CASE.format("case_id"),
    "shares": _OF_CASE.format("case_id"),
    "releases": _OF_CASE.format("case_id"),
}


def keep_until_disposed(table: Table) -> None:
    """Let rows of the table never change, and go only when their case has been disposed of."""
    keep_rows(table, deletable=True)
    on_sqlite, on_server = until_disposed(table.name)
    event.listen(table, "after_create", _on("sqlite", on_sqlite))
    for statement in on_server:
        event.listen(table, "after_create", _on("postgresql", statement))


def until_disposed(table: str) -> tuple[str, tuple[str, str]]:
    """The trigger of such a table for SQLite, and for PostgreSQL with the function it calls."""
    gone, left = UNTIL_DISPOSED[table], f"a row of {table} goes only with its case"
    on_sqlite = (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"WHEN NOT {gone} BEGIN SELECT RAISE(ABORT, '{left}'); END"
    )
    function = (
        f"CREATE OR REPLACE FUNCTION underrose_keep_{table}() RETURNS trigger "
        f"LANGUAGE plpgsql AS $$ BEGIN IF NOT {gone} THEN "
        f"RAISE integrity_constraint_violation USING MESSAGE = '{left}'; END IF; "
        f"RETURN OLD; END $$"
    )
    trigger = (
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION underrose_keep_{table}()"
    )
    return on_sqlite, (function, trigger)


def _on(dialect: str, statement: str) -> ExecutableDDLElement:
    return DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]


def on_postgresql(table: str, *, deletable: bool, changed: str | None) -> list[str]:
    """The triggers of a table for PostgreSQL, and before them the function that they call."""
    change = "NEW.* IS DISTINCT FROM OLD.*"
    if changed is not None:
        change += f" AND ({changed.replace(' IS NOT ', ' IS DISTINCT FROM ')})"
    made = [
        "CREATE OR REPLACE FUNCTION underrose_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0]; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({change}) "
        f"EXECUTE FUNCTION underrose_refuse('a row of {table} is never changed')",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION underrose_refuse('{table} is never emptied')",
    ]
    if not deletable:
        made.append(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION underrose_refuse('a row of {table} is never deleted')"
        )
    return made


def statements(table: Table, *, deletable: bool, changed: str | None) -> list[str]:
    """The triggers of a table for SQLite."""
    made = [_trigger(table, "update", "UPDATE", changed, "never changed")]
    if not deletable:
        made.append(_trigger(table, "delete", "DELETE", None, "never deleted"))
    met = " OR ".join(f"({key})" for key in _keys(table))
    there = f"EXISTS (SELECT 1 FROM {table.name} WHERE {met})"  # noqa: S608 - names of our own
    made.append(_trigger(table, "replace", "INSERT", there, "never replaced"))
    return made


def _trigger(table: Table, name: str, event_name: str, condition: str | None, fact: str) -> str:
    when = "" if condition is None else f" WHEN {condition}"
    return (
        f"CREATE TRIGGER {table.name}_no_{name} BEFORE {event_name} ON {table.name}{when} "
        f"BEGIN SELECT RAISE(ABORT, 'a row of {table.name} is {fact}'); END"
    )


def _keys(table: Table) -> list[str]:
    """For every unique key the condition that a row has the new row's."""
    uniques = [each for each in table.constraints if isinstance(each, UniqueConstraint)]
    keys = [[column.name for column in key.columns] for key in (table.primary_key, *uniques)]
    return [" AND ".join(f'"{name}" = NEW."{name}"' for name in key) for key in sorted(keys)]
