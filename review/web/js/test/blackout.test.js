/** A redacted copy says nothing of what it covers, not even how much. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { blackOut, MARK } from "../blackout.js";

test("a passage of any length becomes a mark of one length", () => {
  const text = "Mr. Stone moved the numbers.";
  for (let end = 5; end <= text.length; end += 1) {
    const made = blackOut(text, 4, end);
    assert.equal(made.text, `Mr. ${MARK}${text.slice(end)}`);
    assert.equal(made.end, 4 + MARK.length);
  }
});

test("marks that touch become one", () => {
  const once = blackOut("a secret name here", 2, 8).text;
  assert.equal(once, `a ${MARK} name here`);
  assert.equal(blackOut(once, 2 + MARK.length, 12).text, `a ${MARK} here`);
  assert.equal(blackOut(`x${MARK}y${MARK}z`, 6, 7).text, `x${MARK}z`);
  assert.equal(blackOut(once, 4, 5).text, once);
});

test("no half of a sign stays", () => {
  const text = "a😀b";
  for (const [start, end] of [[1, 2], [2, 3], [1, 3]]) {
    assert.equal(blackOut(text, start, end).text, `a${MARK}b`);
  }
});

test("what was covered is nowhere in the copy", () => {
  const text = "Ada told Ben, and Ben told Ada.";
  let copy = text;
  while (copy.includes("Ben")) {
    const at = copy.indexOf("Ben");
    copy = blackOut(copy, at + 3, at).text;
  }
  assert.equal(copy, `Ada told ${MARK}, and ${MARK} told Ada.`);
});
