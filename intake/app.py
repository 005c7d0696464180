"""Puts the public service together."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import request

from intake import drop
from intake.errors import CameFromElsewhere
from intake.notary import Notaries
from intake.rosters import Rosters
from intake.settings import Settings
from intake.texts import OwnTexts
from intake.web import assets, errors, followup, pages, reserve, sealed, submit
from intake.web.daykey import DayKey
from intake.web.headers import Headers
from intake.web.limits import Budgets
from intake.web.parts import Parts, attach, clock
from intake.web.places import Places
from intake.web.request import MuteFlask
from intake.web.wording import own_words

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create_app(
    settings: Settings, *, workers: int = 1, threads: int = 32, key: DayKey | None = None
) -> MuteFlask:
    """The service with these settings, for one of so many workers with so many threads each.

    What the workers count for one form or mailbox they count together if they share the key.

    Raises SchemaMismatch or AssetsMissing: what could not take a submission in does not start; nor
    does what others could sign statements for, with SettingsRefused.
    """
    app = MuteFlask("intake", template_folder="web/templates", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # A redirect would repeat what a request said about itself; there is none in this service.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    engine = drop.open_drop(settings.database_url)
    known = Rosters.of(settings)
    parts = Parts(
        settings=settings,
        engine=engine,
        rosters=known,
        texts=OwnTexts(known),
        notaries=Notaries(settings.statement_key_file),
        budgets=Budgets(app, settings, workers, key),
        # The other half answers whoever only reads or writes, whatever files are on their way.
        places=Places(max(1, threads // 2)),
        reserve=reserve.of(settings, engine),
        clock=clock(settings),
    )
    attach(app, parts)
    app.before_request(_refuse_other_sites)
    app.context_processor(lambda: {"demo": settings.demo, "own": own_words()})
    app.register_blueprint(assets.blueprint(assets.load()))
    for module in (pages, submit, followup, sealed):
        app.register_blueprint(module.routes)
    errors.init_app(app)
    app.wsgi_app = Headers(app.wsgi_app, settings)  # type: ignore[method-assign]
    return app


def _refuse_other_sites() -> None:
    """Refuse a form that another site's page sent, where the browser says so."""
    came_from = request.headers.get("Sec-Fetch-Site", "same-origin")
    if request.method == "POST" and came_from not in ("same-origin", "none"):
        raise CameFromElsewhere("another site's page made this request")


def from_environ(environ: Mapping[str, str] = os.environ) -> "WSGIApplication":
    """The service as its environment describes it, for a WSGI server."""
    return create_app(Settings.from_environ(environ))
