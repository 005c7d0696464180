"""The table of docs/faults.md, from the parameters of the tests that make the faults.

python -m tests.faults.table prints it. tests/faults/test_table.py holds the page to it.
"""

from collections.abc import Iterable, Iterator

from tests.faults import (
    test_database,
    test_full_disk,
    test_killed,
    test_killed_on_postgres,
    test_races,
    test_races_on_postgres,
    test_roster,
    test_server_killed,
)
from tests.faults.test_canary import KINDS, SIZE

# What the tests ask for afterwards. A test that finds anything else fails.
LOST = "nothing"


# What is said of each name in a row of names, how often it is made, and the test.
Rows = tuple[str, Iterable[tuple[str, ...] | str], str, str]
MANY: tuple[Rows, ...] = (
    (
        "killed: {}",
        test_killed.NAMES,
        f"{test_killed.DEATHS} times",
        "test_killed_at_any_step_or_moment_nothing_is_lost_and_nothing_twice",
    ),
    (
        "killed over PostgreSQL: {}",
        test_killed.NAMES,
        f"{test_killed_on_postgres.DEATHS} times",
        "test_killed_over_postgresql_nothing_is_lost_and_nothing_twice",
    ),
    (
        "disk full from a step on: {}",
        test_killed.NAMES,
        f"up to {test_full_disk.STEPS} steps",
        "test_a_disk_that_is_full_from_any_step_on_loses_nothing_and_keeps_nothing_twice",
    ),
    (
        "at once: {}, and {}",
        test_races.PAIRS,
        f"{test_races.ROUNDS} times",
        "test_two_at_once_do_it_once",
    ),
    (
        "at once over PostgreSQL: {}, and {}",
        test_races_on_postgres.TWICE,
        f"{test_races_on_postgres.ROUNDS} times",
        "test_two_at_once_over_postgresql_do_it_once",
    ),
    (
        "PostgreSQL within a submission: {}",
        test_server_killed.DEATHS,
        f"at one statement in {test_server_killed.EVERY}",
        "test_a_submission_whose_server_dies_is_there_once_or_its_words_come_back",
    ),
    (
        "PostgreSQL at the commit: {}",
        test_server_killed.DEATHS,
        "before and after it",
        "test_a_server_that_dies_at_the_commit_of_a_submission_keeps_it_once",
    ),
    (
        "roster: {}",
        test_roster.SPOILT,
        "once",
        "test_without_a_good_roster_nothing_is_stored_and_the_words_come_back",
    ),
    (
        "the drop's file: {}",
        test_database.DAMAGES,
        "once",
        "test_a_damaged_drop_takes_nothing_in_and_gives_the_words_back",
    ),
    (
        f"server killed within a file of {SIZE >> 20} MiB, {{}}",
        KINDS,
        "once",
        "test_killed_in_the_middle_of_a_large_file_the_server_leaves_nothing_that_can_be_read",
    ),
    (
        "the same over PostgreSQL and Redis, {}",
        KINDS,
        "once",
        "test_killed_and_sent_again_a_large_file_leaves_nothing_in_postgresql_or_redis",
    ),
)


def lines() -> Iterator[tuple[str, str, str]]:
    """Each fault: what it is, how often it is made, and the test."""
    for what, names, often, test in MANY:
        for name in names:
            yield what.format(*([name] if isinstance(name, str) else name)), often, test
    yield from OTHERS


OTHERS = (
    (
        "sealing that fails, at each recipient in turn",
        "3 errors",
        "test_when_sealing_fails_at_any_recipient_nothing_is_stored_and_the_words_come_back",
    ),
    ("the drop locked", "once", "test_while_another_program_holds_the_drop_the_words_come_back"),
    ("the drop slow", "once", "test_a_drop_that_is_slow_is_waited_for"),
    ("a writer that never ends", "once", "test_nobody_waits_in_line_for_ever"),
    ("the drop moved away", "once", "test_a_drop_that_was_moved_away_takes_nothing_in"),
    ("the drop put back", "once", "test_a_drop_that_was_put_back_is_the_one_that_takes_in"),
    ("the book put back", "once", "test_a_book_that_was_put_back_is_the_one_that_is_written"),
    ("an expired roster", "once", "test_an_expired_roster_closes_every_way_in"),
    ("PostgreSQL locked", "once", "test_a_locked_drop_gives_the_text_back"),
    ("PostgreSQL full or failing", "3 errors", "test_a_full_or_failing_server_gives_the_text_back"),
    (
        "PostgreSQL within a collection: each of these deaths in turn",
        "at one statement in 12",
        "test_a_collection_whose_server_dies_is_done_by_the_next",
    ),
    (
        "PostgreSQL slow, and too slow",
        "once",
        "test_a_server_that_is_slow_is_waited_for_and_one_that_is_too_slow_gives_the_words_back",
    ),
    (
        "a connection lost at every statement of a submission",
        "each statement",
        "test_a_submission_loses_its_connection_at_every_statement",
    ),
    (
        "a connection lost within a collection",
        "at one statement in 3",
        "test_a_collection_loses_its_connections_at_every_third_statement",
    ),
    (
        "a connection lost at every statement of a note",
        "each statement",
        "test_a_note_loses_its_connection_at_every_statement",
    ),
    (
        "PostgreSQL away",
        "once",
        "test_a_server_that_is_away_gives_the_words_back_and_is_found_again",
    ),
    ("PostgreSQL restarted", "once", "test_a_server_that_restarts_is_a_503_and_then_none"),
    (
        "a connection lost before the commit",
        "once",
        "test_a_connection_that_is_lost_before_the_commit_is_a_refusal",
    ),
    (
        "a connection lost at the commit",
        "once",
        "test_a_connection_that_is_lost_at_the_commit_leaves_the_outcome_unknown",
    ),
    (
        "Redis killed",
        "once",
        "test_killed_in_the_middle_intake_goes_on_with_its_own_part_of_the_budgets",
    ),
    ("Redis that hangs", "once", "test_a_redis_that_hangs_keeps_nobody_waiting"),
    (
        "Redis absent at the start",
        "once",
        "test_a_redis_that_is_not_there_yet_stops_nobody_from_starting",
    ),
)


def table() -> str:
    """The table as it stands in the page."""
    rows = [f"| {what} | {often} | {LOST} | `{test}` |" for what, often, test in lines()]
    return "\n".join(["| fault | how often | lost or twice | test |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    print(table())
