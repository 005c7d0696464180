"""The words of a printed certificate, for whoever was not there: a director, a lawyer, a court."""

from collections.abc import Mapping

TITLE = "Certificate of disposition"
REMARK = (
    "This sheet names no case and tells nothing of what anybody wrote: records are named by random "
    "numbers and hashes. What counts is certificate.json with the proof that the ledger has its "
    "hash; this sheet is made from it. Anybody can check both offline, with the policy that the "
    "committee gives out: python -m crypto verify --certificate certificate.json --proof "
    "certificate.tlog-proof --policy policy"
)
ROLES: Mapping[str, str] = {
    "chair": "chair of the committee",
    "member": "member of the committee",
    "alternate": "alternate of the committee",
    "counsel": "independent counsel",
}
METHODS = (
    "Every row of the record was removed but for a stub of class, days and hashes.",
    "The one key that opened the record's rows was destroyed.",
    "The submitter's mailbox was removed.",
    "The stores were written anew, so that nothing stays in free pages or logs.",
)
LOOKED = (
    "no row of the records is in the book,",
    "no key is in the store of keys,",
    "no mailbox is in the drop,",
    "and where keys and drop are files, no byte of these names one.",
)
REASONS: Mapping[str, str] = {
    "REOPENED": "it had been opened again.",
    "ON_HOLD": "it was under legal hold.",
    "RECUSED": "it concerned somebody who had proposed or approved.",
    "CHANGED": "it had changed since it was proposed.",
}
EXCEPTIONS: Mapping[str, str] = {
    "OVERDUE": "a record went more than thirty days after it was due.",
    "SAME_ACCOUNT": "the job that carried out and the one that looked had one account.",
    "SERVER_LOG": (
        "the database server has a log of changes that only the server writes over, in its own "
        "time, and whoever runs it may keep copies of that log."
    ),
}
_NARROW = {
    222: "ijl'",
    278: " !,./:;I[]\\ft",
    333: "()-`r",
    389: "*",
    500: "Jckvsxyz",
    556: "#$0123456789?L_abdeghnopqu",
    584: "+<=>~",
    611: "FTZ",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
    1015: "@",
}
# How wide each character of Helvetica is, in thousandths of its size.
WIDTHS: Mapping[str, int] = {each: wide for wide, them in _NARROW.items() for each in them}
