/** The lint finds in the browser what it finds in Python: the same texts, the same phrases. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { impeding } from "../wording.js";

const file = new URL("../../../../tests/vectors/lint/wording.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8"));

test("the browser finds what Python finds", () => {
  assert.ok(cases.length > 60);
  for (const { text, found } of cases) {
    assert.deepEqual(
      impeding(text).map(({ rule, words }) => [rule, words]),
      found,
      text,
    );
  }
});

test("what impedes is said with its reason", () => {
  const [found] = impeding("Please keep this confidential.");
  assert.equal(found.words, "keep this confidential");
  assert.match(found.says, /SEC/);
});
