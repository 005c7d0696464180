import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { recipientFromSeed, seal } from "../../../../crypto/browser/src/age.js";
import { SLICE } from "../../../../crypto/browser/src/padding.js";
import { openPaper, recipientsOf, sendSlices, slicesOf } from "../papers.js";

const SEED = new Uint8Array(32).fill(7);
const OTHER = new Uint8Array(32).fill(8);
const content = new Uint8Array(2 * SLICE + 5).map((_, at) => at % 251);
const sha256 = createHash("sha256").update(content).digest("hex");
const quiet = () => {};

async function sent(recipients) {
  const slices = [];
  const hash = await sendSlices(
    new Blob([content]),
    recipients,
    async (index, part) => void (slices[index] = part),
    quiet,
  );
  return { slices, hash };
}

const opened = (slices, hash = sha256, seed = SEED) =>
  openPaper({ slices: slices.length, sha256: hash }, seed, async (at) => slices[at], quiet);

test("a document is opened as it was brought", async () => {
  const { slices, hash } = await sent([await recipientFromSeed(SEED)]);
  assert.equal(hash, sha256);
  assert.equal(slices.length, slicesOf(content.length));
  assert.ok(Buffer.concat(await opened(slices)).equals(Buffer.from(content)));
});

test("a document that is not sealed goes out as it is", async () => {
  const { slices, hash } = await sent([]);
  assert.equal(hash, sha256);
  assert.ok(Buffer.concat(slices).equals(Buffer.from(content)));
});

test("a slice that was moved, left out or put in is found by the hash", async () => {
  const recipient = await recipientFromSeed(SEED);
  const { slices } = await sent([recipient]);
  const own = await seal(new Uint8Array(SLICE), [recipient]);
  const [one, two, three] = slices;
  for (const wrong of [[two, one, three], [one, two], [one, own, three], [one, two, three, own]]) {
    await assert.rejects(opened(wrong), { name: "PayloadTampered" });
  }
});

test("nobody else opens it, and another document's hash is not believed", async () => {
  const { slices } = await sent([await recipientFromSeed(SEED)]);
  await assert.rejects(opened(slices, sha256, OTHER), { name: "WrongIdentity" });
  await assert.rejects(opened(slices, "ab".repeat(32)), { name: "PayloadTampered" });
});

test("papers of an executive session are for the members, not for counsel or the secretariat", () => {
  const readers = ["chair", "member", "alternate", "counsel"].map((role) => ({
    role,
    recipient: `of-${role}`,
  }));
  const roster = { secretariat: "of-secretariat", readers };
  assert.deepEqual(recipientsOf(roster, "MEMBERS"), ["of-chair", "of-member", "of-alternate"]);
  assert.deepEqual(recipientsOf(roster, "SECRETARIAT"), ["of-secretariat"]);
  assert.deepEqual(recipientsOf(roster, "PLAIN"), []);
});
