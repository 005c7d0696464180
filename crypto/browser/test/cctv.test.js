/** The community's vectors of age v1, for the two types that we read, each with its own failure. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import * as vectors from "cctv-age";
import { openSealed, openWithPassphrase } from "../src/age.js";
import * as errors from "../src/errors.js";

const EXPECTED = {
  "no match": ["WrongIdentity", "WrongPassphrase"],
  "HMAC failure": ["HeaderTampered"],
  "header failure": ["MalformedHeader"],
  "payload failure": ["PayloadTampered"],
};
const OURS = /^AGE-SECRET-KEY-PQ-1/;
// These hold stanzas of other types only, which we do not judge: another reader would.
const FOREIGN = ["hybrid_uppercase", "scrypt_uppercase", "hybrid_x25519_arg"];

/** The textual head of a vector as lists by key, and the sealed file after it. */
function read(bytes) {
  const end = Buffer.from(bytes).indexOf("\n\n");
  const head = {};
  for (const line of Buffer.from(bytes.subarray(0, end)).toString().split("\n")) {
    const [key, value] = line.split(/: (.*)/);
    (head[key] ??= []).push(value);
  }
  const file = bytes.subarray(end + 2);
  return { head, file: head.compressed ? new Uint8Array(inflateSync(file)) : file };
}

const chosen = Object.entries(vectors)
  .map(([name, bytes]) => ({ name, ...read(bytes) }))
  // Armour is a text form of the same files that we neither write nor read.
  .filter(({ head }) => !head.armored)
  .filter(({ head }) => head.passphrase || head.identity?.some((text) => OURS.test(text)));

async function open({ head, file }) {
  if (head.passphrase) {
    return openWithPassphrase(file, head.passphrase[0]);
  }
  return openSealed(file, head.identity.find((text) => OURS.test(text)));
}

test("there are vectors of both types", () => {
  assert.ok(chosen.filter(({ head }) => head.passphrase).length >= 20);
  assert.ok(chosen.filter(({ head }) => head.identity).length >= 15);
});

for (const vector of chosen) {
  const expected = vector.head.expect[0];
  test(`age vector ${vector.name}: ${expected}`, async () => {
    if (expected === "success") {
      const digest = createHash("sha256").update(await open(vector)).digest("hex");
      assert.equal(digest, vector.head.payload[0]);
      return;
    }
    await assert.rejects(open(vector), (failure) => {
      assert.ok(failure instanceof errors.CryptoError, String(failure));
      const names = FOREIGN.includes(vector.name) ? ["UnsupportedRecipient"] : EXPECTED[expected];
      assert.ok(names.includes(failure.name), failure.name);
      return true;
    });
  });
}
