/**
 * The registry of ledger entries, as docs/spec/ledger-entry.md prints it and crypto/entry_types.py
 * has it: the fields that each type fills in, and its data, every one coded. A field or a kind with
 * ? after it may be null.
 */

const DEPOSIT = "subject digest commitment";
const SENT = "subject digest by";
const MOVE = "from:code to:code";
const STEP = "step:code from:code to:code act:hash";

const LINES = [
  ["submission.received", DEPOSIT, "slices:count"],
  ["follow-up.received", DEPOSIT, "slices:count"],
  ["concern.recorded", SENT, "act:hash came:day channel:code"],
  ["deposit.set-aside", "digest", "reason:code"],
  ["reply.left", SENT, MOVE],
  ["note.left", SENT],
  ["case.opened", "subject by", MOVE],
  ["case.read", "subject by"],
  ["case.moved", "subject by digest?", STEP],
  ["case.closed", "subject by digest?", STEP],
  ["case.moved-on", "subject", "step:code from:code to:code"],
  ["case.moved-earlier", SENT, MOVE],
  ["case.closed-earlier", SENT, MOVE],
  ["act.proposed", "by subject?", "act:hash"],
  ["act.withdrawn", "by subject?", "act:hash"],
  ["case.shared", SENT, "person:person generation:count act:hash"],
  ["case.keyed", SENT, "generation:count recipient:hash act:hash"],
  ["case.recused", "subject by", "person:person act:hash"],
  ["case.released", "subject by", "act:hash"],
  ["hold.placed", "by", "act:hash hold:hash"],
  ["hold.released", "by", "act:hash hold:hash"],
  ["hold.notified", "by", "act:hash hold:hash"],
  ["hold.acknowledged", "by", "act:hash hold:hash"],
  ["hold.reviewed", "by", "act:hash hold:hash"],
  ["disposition.proposed", "by", "manifest:hash records:count"],
  ["disposition.approved", "by", "manifest:hash act:hash signature:signature"],
  ["disposition.rejected", "by", "manifest:hash act:hash"],
  ["disposition.executed", "subject", "manifest:hash record_class:code version:count"],
  ["disposition.verified", "", "manifest:hash certificate:hash"],
  ["backup.expired", "", "manifest:hash expired_on:day"],
  ["schedule.changed", "by", "act:hash effective:day record_class:code resolution:code version:count"],
  ["evidence.recorded", "by", "duty:code document:hash event_on:day"],
  ["evidence.ended", "by?", "document:hash record_class:code"],
  ["exported", "by? subject?", "bundle:hash reader:code"],
  ["key.rotated", "by?", "key:code fingerprint:hash"],
  ["identity.recovered", "by?", "person:person"],
  ["sign-in.renewed", "by", "person:person act:hash"],
  ["person.enrolled", "by", "role:code"],
  ["person.left", "by", "role:code"],
  ["login.started", "by", "means:code"],
  ["roster.published", "", "roster:hash epoch:count"],
  ["statistics.published", "", "quarter:code document:hash"],
  ["text.changed", "by", "act:hash lang:code text:hash"],
  ["drill.run", "", "outcome:code sent:day answered:day? marked:hash?"],
  ["scripts.served", "", "release:code scripts:hash"],
  ["auditor.checked", "by", "report:hash size:count root:hash exceptions:count"],
  ["tally.closed", "", "day:day tally:hash"],
  ["rules.adopted", "", "rules:hash version:count"],
  ["book.restored", "", "backup:hash made_on:day"],
  ["ledger.continued", "", "origin:origin size:count root:hash"],
  ["cover", ""],
];

function words(text) {
  return text.split(" ").filter(Boolean);
}

function line([name, fields, data = ""]) {
  const named = words(fields);
  const required = named.filter((each) => !each.endsWith("?"));
  const known = named.map((each) => each.replace("?", ""));
  return [name, { name, required, known, data: words(data).map((each) => each.split(":")) }];
}

/** The types by their names: required and known fields, and data as pairs of key and kind. */
export const TYPES = new Map(LINES.map(line));
