/** A file is given out whole and as it was sent, or not at all. */
import assert from "node:assert/strict";
import test from "node:test";

import { openAttachment } from "../attachments.js";
import { canPreview, isPicture } from "../preview.js";
import { attachmentOf, seedOf } from "./world.js";
import { recipientFromSeed, seal } from "../../../../crypto/browser/src/age.js";

const SEED = seedOf(50);
const MEBIBYTE = 1 << 20;

async function sealedFile(size) {
  const bytes = Uint8Array.from({ length: size }, (_, at) => at % 251);
  return { bytes, ...(await attachmentOf(bytes, await recipientFromSeed(SEED), 3)) };
}

const open = (attachment, slices) =>
  openAttachment(attachment, SEED, async (index) => slices[index - attachment.first]);

for (const size of [0, 1, 65535, 65536, 262144, MEBIBYTE - 1, MEBIBYTE, 2 * MEBIBYTE + 17]) {
  test(`a file of ${size} bytes comes back as it was sent`, async () => {
    const { bytes, attachment, slices } = await sealedFile(size);
    const parts = await open(attachment, slices);
    assert.deepEqual(Buffer.concat(parts), Buffer.from(bytes));
  });
}

test("slices in another order, repeated, or of another file are refused", async () => {
  const { attachment, slices } = await sealedFile(2 * MEBIBYTE + 17);
  const other = await attachmentOf(new Uint8Array(3 * MEBIBYTE), await recipientFromSeed(SEED));
  for (const spoilt of [
    [slices[1], slices[0], slices[2], slices[3]],
    [slices[0], slices[0], slices[2], slices[3]],
    other.slices,
  ]) {
    await assert.rejects(open(attachment, spoilt), { name: "MalformedPadding" });
  }
});

test("a slice sealed to another case is refused", async () => {
  const { attachment, slices } = await sealedFile(10);
  const moved = await seal(new Uint8Array(65536), [await recipientFromSeed(seedOf(51))]);
  await assert.rejects(open(attachment, [moved]), { name: "WrongIdentity" });
  assert.equal(slices.length, 1);
});

test("a length or a number of slices that is not the file's is refused", async () => {
  const { attachment, slices } = await sealedFile(10);
  for (const lie of [{ size: 11 }, { size: 9 }, { count: 2 }, { sha256: "0".repeat(64) }]) {
    await assert.rejects(open({ ...attachment, ...lie }, slices), { name: "MalformedPadding" });
  }
});

test("only plain text and four kinds of picture can be looked at", () => {
  const shown = ["text/plain", "text/html", "image/png", "image/jpeg", "image/gif", "image/webp"];
  for (const type of shown) {
    assert.equal(canPreview(type, 1000), true, type);
  }
  for (const type of ["image/svg+xml", "application/pdf", "", "constructor", "image/avif"]) {
    assert.equal(canPreview(type, 1000), false, type);
  }
  assert.equal(canPreview("text/plain", MEBIBYTE + 1), false);
});

test("a picture is one by its first bytes, not by its name", () => {
  const bytes = (text) => Uint8Array.from(text, (symbol) => symbol.charCodeAt(0));
  assert.ok(isPicture("image/png", bytes("\x89PNG\r\n\x1a\nrest")));
  assert.ok(isPicture("image/webp", bytes("RIFF\0\0\0\0WEBPVP8 ")));
  assert.ok(!isPicture("image/png", bytes("<svg xmlns=''>")));
  assert.ok(!isPicture("image/gif", bytes("\x89PNG\r\n\x1a\n")));
  assert.ok(!isPicture("image/png", bytes("")));
});
