import assert from "node:assert/strict";
import { test } from "node:test";

import { actHash, buildAct } from "../../../../crypto/browser/src/act.js";
import { canonical } from "../../../../crypto/browser/src/strict.js";
import { placedBy, releasedBy } from "../retentiondata.js";

const SUBJECT = `hold/${"ab".repeat(32)}`;

/** An act of the test installation about a hold. */
function made(act, data, subject = SUBJECT) {
  const fields = { installation: "5eed".repeat(8), roster: "cd".repeat(32), on: "2026-11-21", previous: null };
  return buildAct({ ...fields, subject, act, data });
}

const PLACED = made("place-hold", { matter: "M-1", classes: [] });
const text = (act) => new TextDecoder().decode(canonical(act));

test("what is shown of a hold is the act that placed this one", () => {
  assert.deepEqual(placedBy(text(PLACED), SUBJECT), PLACED);
  assert.throws(() => placedBy(text(PLACED), `hold/${"cd".repeat(32)}`), { name: "NotSigned" });
  assert.throws(() => placedBy(text(made("review-hold", {})), SUBJECT), { name: "NotSigned" });
});

test("a release that names other terms than those on the page is not signed", () => {
  const release = made("release-hold", { draw: "d1", placed: actHash(PLACED) });
  assert.deepEqual(releasedBy(text(PLACED), release), PLACED);
  const other = made("place-hold", { matter: "M-1", classes: ["RC-01"] });
  assert.throws(() => releasedBy(text(other), release), { name: "NotSigned" });
  assert.throws(() => releasedBy(text(PLACED), made("release-hold", { draw: "d1" })), { name: "NotSigned" });
});
