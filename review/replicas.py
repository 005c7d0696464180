"""Whether a replica has on its disk all that the book and the shred keys hold at this moment.

On PostgreSQL a server says of each of its replicas how much of its log is written there. What had
been committed before the server was asked lies before the end of its log. A replica is no backup:
what somebody deletes is gone there too, a moment later.
"""

import time

from sqlalchemy import Engine, func, select, text

from review.store.database import reading

_WAIT = 0.05
# Seconds: what this collection has written itself must get there.
PATIENCE = 10.0
_FLUSHED = text(
    "SELECT count(*) FROM pg_stat_replication WHERE application_name = :replica "
    "AND state = 'streaming' AND flush_lsn >= CAST(:at AS pg_lsn)"
)


def have_everything(engines: tuple[Engine, ...], replica: str, patience: float = PATIENCE) -> bool:
    """Whether the replica of this name has all that each database has had until now.

    Waits so many seconds for it at most.
    """
    until = time.monotonic() + patience
    return all(_has_everything(engine, replica, until) for engine in engines)


def _has_everything(engine: Engine, replica: str, until: float) -> bool:
    if engine.dialect.name != "postgresql":
        return False
    with reading(engine) as connection:
        at = str(connection.execute(select(func.pg_current_wal_flush_lsn())).scalar_one())
    while True:
        # Each look is a transaction of its own, so that none is held open meanwhile.
        with reading(engine) as connection:
            asked = {"replica": replica, "at": at}
            if connection.execute(_FLUSHED, asked).scalar_one():
                return True
        if time.monotonic() >= until:
            return False
        time.sleep(_WAIT)
