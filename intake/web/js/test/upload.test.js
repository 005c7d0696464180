import assert from "node:assert/strict";
import { test } from "node:test";
import { openSealed, recipientFromSeed } from "../../../../crypto/browser/src/age.js";
import { draw } from "../../../../crypto/browser/src/bytes.js";
import {
  digestOfDigests,
  sliceDigest,
  SLICE,
  slicePlan,
  trimSlice,
} from "../../../../crypto/browser/src/padding.js";
import { NoAnswer } from "../requests.js";
import { Upload } from "../upload.js";

const SEED = draw(32);
const RECIPIENT = await recipientFromSeed(SEED);
const FILES = [
  new File([new Uint8Array(5).fill(1)], "small.txt", { type: "text/plain" }),
  new File([new Uint8Array(2 * SLICE + 3).fill(2)], "large.bin"),
  new File([], "empty"),
];

async function uploaded(send) {
  const taken = [];
  const upload = new Upload(FILES, RECIPIENT);
  await upload.run(() => {}, async (fields) => {
    await send?.(fields);
    taken.push(fields);
  });
  return { taken, upload };
}

test("every slice is sent once, in order, and the message names what was sent", async () => {
  const { taken, upload } = await uploaded();
  assert.equal(upload.slices, 1 + 4 + 1);
  assert.deepEqual(taken.map((fields) => fields.index), [0, 1, 2, 3, 4, 5]);
  assert.ok(taken.every((fields) => fields.upload === upload.secret));
  assert.match(upload.secret, /^[0-9a-f]{32}$/);
  const named = upload.attachments.map(({ sha256: _, ...rest }) => Object.values(rest));
  assert.deepEqual(named, [
    ["small.txt", "text/plain", 5, 0, 1],
    ["large.bin", "", 2 * SLICE + 3, 1, 4],
    ["empty", "", 0, 5, 1],
  ]);
  const slices = await Promise.all(taken.map((fields) => openSealed(fields.envelope, SEED)));
  for (const attachment of upload.attachments) {
    const own = slices.slice(attachment.first, attachment.first + attachment.count);
    assert.equal(attachment.sha256, digestOfDigests(await Promise.all(own.map(sliceDigest))));
    const plan = slicePlan(attachment.size);
    const parts = own.map((slice, index) => trimSlice(slice, index, plan, attachment.size));
    const file = FILES.find((each) => each.name === attachment.name);
    const whole = new Uint8Array(await new Blob(parts).arrayBuffer());
    assert.deepEqual(whole, new Uint8Array(await file.arrayBuffer()));
  }
});

test("a slice without an answer is sent again with the same bytes, and no other", async () => {
  const upload = new Upload(FILES, RECIPIENT);
  const seen = [];
  const breaking = async (fields) => {
    seen.push(fields);
    if (seen.length === 3) {
      throw new NoAnswer();
    }
  };
  await assert.rejects(upload.run(() => {}, breaking), NoAnswer);
  assert.equal(upload.done, 2);
  await upload.run(() => {}, breaking);
  assert.deepEqual(seen.map((fields) => fields.index), [0, 1, 2, 2, 3, 4, 5]);
  assert.deepEqual(seen[2].envelope, seen[3].envelope);
});

test("a deposit without files has no upload", async () => {
  const upload = new Upload([], RECIPIENT);
  await upload.run(() => {}, () => assert.fail("nothing is to be sent"));
  assert.deepEqual([upload.secret, upload.slices, upload.attachments], ["", 0, []]);
});

test("a file that went away is named, and nothing of it is sent", async () => {
  const gone = new File(["x"], "gone.txt");
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone")) });
  const upload = new Upload([gone], RECIPIENT);
  await assert.rejects(
    upload.run(() => {}, () => assert.fail("nothing is to be sent")),
    (problem) => problem.word === "file-unreadable" && problem.values.name === "gone.txt",
  );
});

test("what is sent shows neither name, type, nor size", async () => {
  const { taken } = await uploaded();
  const sizes = new Set(taken.map((fields) => fields.envelope.length));
  assert.ok(sizes.size <= 2);
  for (const fields of taken) {
    assert.deepEqual(Object.keys(fields).sort(), ["envelope", "index", "upload"]);
    assert.ok(!Buffer.from(fields.envelope).includes("small.txt"));
  }
});

test("a pause holds back the next slice, and going on sends it", async () => {
  const upload = new Upload([new File([new Uint8Array(2 * SLICE)], "large.bin")], RECIPIENT);
  const sent = [];
  let goOn;
  const going = new Promise((resolve) => (goOn = resolve));
  const paused = new Promise((reached) => {
    const ready = () => {
      if (upload.done < 1) {
        return Promise.resolve();
      }
      reached();
      return going;
    };
    upload.finished = upload.run(() => {}, async ({ index }) => sent.push(index), ready);
  });
  await paused;
  assert.deepEqual(sent, [0]);
  goOn();
  await upload.finished;
  assert.deepEqual(sent, [0, 1, 2, 3]);
});
