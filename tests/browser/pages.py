"""Every page of the console and of the public service, and who is shown it.

tests/browser/test_every_page.py visits them all, and fails for an address that is neither here nor
among those that answer with something else than a page.
"""

from dataclasses import dataclass

CASE = "CASE"
# The one list of dispositions.
LIST = "5a" * 16


@dataclass(frozen=True)
class Shown:
    """A page: what its pictures are called, its address, in which CASE is a case's number."""

    name: str
    address: str


# What the chair finds in an installation of which nothing has been made yet.
FIRST = (
    Shown("first-home", "/"),
    Shown("first-cases", "/cases"),
    Shown("first-charter", "/charter"),
    Shown("first-texts", "/texts"),
    Shown("first-dispositions", "/dispositions"),
    Shown("first-statistics", "/statistics"),
    Shown("first-recoveries", "/recoveries"),
    Shown("first-root", "/ledger/root"),
)
# Pages by the person who is shown them; the rest of the committee sees what the chair sees.
SIGNED_IN = {
    "chair": (
        Shown("home", "/"),
        Shown("cases", "/cases"),
        Shown("cases-none-found", "/cases?due=late"),
        Shown("concern", "/concern"),
        Shown("case-locked", f"/cases/{CASE}"),
        Shown("case-entries", f"/cases/{CASE}/entries"),
        Shown("root", "/ledger/root"),
        Shown("texts", "/texts"),
        Shown("schedule", "/schedule"),
        Shown("holds", "/holds"),
        Shown("dispositions", "/dispositions"),
        Shown("disposition", f"/dispositions/{LIST}"),
        Shown("statistics", "/statistics"),
        Shown("statistics-quarter", "/statistics/2026-Q3"),
        Shown("people", "/people"),
        Shown("recoveries", "/recoveries"),
        Shown("my-key", "/me/key"),
        Shown("my-sign-ins", "/me/sign-ins"),
        Shown("not-found", "/no-such-page"),
        Shown("not-allowed", "/ledger"),
    ),
    "counsel": (Shown("counsel-cases", "/cases"),),
    "secretary": (Shown("secretary-home", "/"),),
    "auditor": (
        Shown("auditor-home", "/"),
        Shown("ledger", "/ledger"),
        Shown("retention", "/retention"),
    ),
    "finance": (Shown("administrator-home", "/"), Shown("sign-ins", "/sign-ins")),
    "elliot": (Shown("candidate-home", "/"), Shown("candidate-key", "/me/key")),
}
NOBODY = (Shown("sign-in", "/sign-in"), Shown("join", "/join"))
CHARTER = (
    Shown("charter", "/charter"),
    Shown("charter-clause", "/charter/clauses/M-0"),
    Shown("charter-due", "/charter/due"),
    Shown("charter-findings", "/charter/findings?standing="),
    Shown("charter-ask", "/charter/ask?as_of=2027-01-20"),
    Shown("charter-record", "/charter/records/e13"),
    Shown("charter-duties", "/charter/duties"),
    Shown("charter-duty", "/charter/duties/meetings"),
    Shown("charter-form", "/charter/duties/meetings/meeting_held"),
    Shown("charter-decisions", "/charter/decisions"),
    Shown("charter-decision", "/charter/decisions/setting_changed"),
    Shown("charter-words", "/charter/decisions/charter"),
    Shown("charter-start", "/charter/start"),
    Shown("charter-evidence", "/charter/evidence"),
    Shown("charter-file", "/charter/file"),
)
# What answers a script or is saved: no page.
CONSOLE_DATA = {
    "/cases/<case_id>/envelopes/<envelope_id>",
    "/cases/<case_id>/grants/<int(max=99999):generation>",
    "/cases/<case_id>/links/<int(max=99999):generation>",
    "/cases/<case_id>/manifest",
    "/cases/<case_id>/offers/<act_hash>/<name>",
    "/cases/<case_id>/shared/<int(max=99999):generation>",
    "/cases/<case_id>/slices/<upload_id>/<int(max=99999):index>",
    "/charter/decisions/charter.toml",
    "/charter/documents/<document_id>",
    "/charter/documents/<document_id>/slices/<int(max=99999):index>",
    "/charter/pictures/<name>",
    "/dispositions/<disposition>/certificate.json",
    "/dispositions/<disposition>/certificate.pdf",
    "/dispositions/<disposition>/certificate.tlog-proof",
    "/holds/<hold>/reason",
    "/ledger/consistency/<int(max=999999999999):size>",
    "/me/confirmed",
    "/me/here",
    "/me/identity",
    "/me/key/former",
    "/me/key/passkeys",
    "/me/key/passkeys/<int(max=99):n>",
    "/roster",
    "/static/<name>",
    "/statistics/<quarter>/numbers.csv",
    "/statistics/<quarter>/pictures/<name>",
}
PUBLIC = (
    Shown("public-start", "/"),
    Shown("public-before", "/before-you-start"),
    Shown("public-form", "/form"),
    Shown("public-follow-up", "/follow-up"),
    Shown("public-readers", "/who-can-read-this"),
    Shown("public-limits", "/what-we-cannot-protect"),
    Shown("public-rights", "/your-rights"),
    Shown("public-privacy", "/privacy"),
    Shown("public-accessibility", "/accessibility"),
    Shown("public-not-found", "/no-such-page"),
)
PUBLIC_DATA = {"/roster", "/static/<name>"}
