"""Puts the console together."""

import datetime
import functools
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crypto.passwords import Strength, hash_password
from review.settings import Settings, read_policy, read_store_key
from review.store.database import open_book, open_shred, reading
from review.web import (
    acts,
    assets,
    cases,
    certificates,
    charter,
    charter_decisions,
    charter_documents,
    charter_duties,
    charter_evidence,
    charter_file,
    charter_start,
    concerns,
    confirming,
    dispositions,
    enrolment,
    entries,
    errors,
    exports,
    guard,
    holds,
    keys,
    ledger,
    listing,
    own_sign_ins,
    pages,
    recoveries,
    retention,
    schedule,
    sign_ins,
    signin,
    statistics,
    steps,
    texts,
    words,
)
from review.web.headers import Headers
from review.web.limits import Turns
from review.web.parts import EXTENSION, Parts, attach

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Two envelopes of the largest size and the few coded values beside them.
LARGEST_BODY = 256 * 1024
MODULES = (
    *(signin, confirming, own_sign_ins, sign_ins, recoveries),
    *(pages, listing, concerns, cases, acts, steps, exports, keys, entries, ledger),
    *(statistics, texts, schedule, holds, dispositions, certificates, retention),
    enrolment,
    *(
        charter_duties,
        charter_start,
        charter_decisions,
        charter_documents,
        charter_evidence,
        charter_file,
    ),
)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@functools.cache
def _hash_of_nothing(strength: Strength) -> str:
    return hash_password("", strength)


def create_app(settings: Settings, strength: Strength = "moderate") -> errors.QuietFlask:
    """The console with these settings; strength is that of the people's password hashes.

    Raises SettingsRefused, SchemaMismatch, AssetsMissing or RosterUnusable: a console that could
    not show a case does not start.
    """
    app = errors.QuietFlask("review", template_folder="web/templates", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    parts = Parts(
        settings=settings,
        book=open_book(settings.book_url),
        shred=open_shred(settings.shred_url),
        store_key=read_store_key(settings.store_key_file),
        other_hash=_hash_of_nothing(strength),
        turns=Turns(),
        strength=strength,
        exports=Turns(),
        policy=read_policy(settings.policy_file),
        now=_now,
    )
    with reading(parts.book) as connection:
        parts.roster(connection)
    attach(app, parts)
    app.register_blueprint(assets.blueprint(assets.load()))
    for module in MODULES:
        app.register_blueprint(module.routes)
    charter.init_app(app)
    words.init_app(app)
    errors.init_app(app)
    guard.init_app(app)
    app.wsgi_app = Headers(app.wsgi_app, https=settings.https)  # type: ignore[method-assign]
    return app


def check(settings: Settings) -> None:
    """Return if the console would start with these settings. Raises what create_app raises."""
    parts: Parts = create_app(settings, "interactive").extensions[EXTENSION]
    # No connection may be carried into a process that is forked later: SQLite's locks would not
    # survive it.
    parts.book.dispose()
    parts.shred.dispose()


def from_environ(environ: Mapping[str, str] = os.environ) -> "WSGIApplication":
    """The console as its environment describes it, for a WSGI server."""
    return create_app(Settings.from_environ(environ))
