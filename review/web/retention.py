"""Retention as the auditor sees it: how many are held, due, overdue and gone, and certificates."""

from flask import Blueprint, render_template

from review import retention_view as service
from review.retention.tally import Where
from review.roles import Act
from review.store.database import reading
from review.web.guard import allowed
from review.web.parts import parts

routes = Blueprint("retention", __name__)


@routes.get("/retention")
@allowed(Act.SEE_RETENTION)
def page() -> str:
    """Numbers by class, what is held or due, and what was disposed of."""
    with reading(parts().book) as connection:
        shown = service.overview(connection, parts().today)
    return render_template("retention.html", shown=shown, places=tuple(Where))
