/** The shared vectors, in Node: every file, every case. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { casesOf, RUN, runCase } from "./vectors.js";

const folder = new URL("../../../tests/vectors/", import.meta.url);
const names = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .map((name) => name.replace(/\.json$/, ""));

test("every file of vectors is read here, and every operation of a file is used", () => {
  assert.deepEqual(names.sort(), Object.keys(RUN).sort());
  for (const [name, operations] of Object.entries(RUN)) {
    const used = new Set(read(name).map((each) => each.op));
    assert.deepEqual([...used].sort(), Object.keys(operations).sort());
  }
});

function read(name) {
  return casesOf(JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")));
}

for (const name of names) {
  describe(name, () => {
    for (const each of read(name)) {
      test(each.name, () => runCase(name, each));
    }
  });
}
