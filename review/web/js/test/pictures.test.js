/** A picture's own word about its size is read before anything decodes it. */
import assert from "node:assert/strict";
import test from "node:test";

import { pictureSize } from "../pictures.js";
import { isDecodable } from "../preview.js";

const bytes = (...parts) =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part, "latin1"))));
const big = (value, size = 4) => {
  const buffer = Buffer.alloc(size);
  buffer.writeUIntBE(value, 0, size);
  return buffer;
};
const little = (value, size = 2) => Buffer.from(big(value, size).reverse());

const png = (width, height) =>
  bytes("\x89PNG\r\n\x1a\n", big(13), "IHDR", big(width), big(height), "\x01\0\0\0\0");
const gif = (width, height, frame = [width, height]) =>
  bytes("GIF89a", little(width), little(height), "\x80\0\0", "\0".repeat(6), "\x21\xf9\x04\0\0\0\0\0",
    "\x2c", little(0), little(0), little(frame[0]), little(frame[1]), "\0");
const jpeg = (width, height, marker = 0xc2) =>
  bytes("\xff\xd8", "\xff\xe1", big(300, 2), "\xff\xc0".repeat(149), "\xff\xff\xc4", big(2, 2),
    [0xff, marker], big(11, 2), "\x08", big(height, 2), big(width, 2), "\x01");
const webp = (kind, ...body) => bytes("RIFF", little(0, 4), "WEBP", kind, little(0, 4), ...body);
const lossy = (width, height) => webp("VP8 ", "\0\0\0\x9d\x01\x2a", little(width), little(height));
const lossless = (width, height) =>
  webp("VP8L", "\x2f", little((width - 1) | ((height - 1) << 14), 4));
const extended = (width, height) =>
  webp("VP8X", "\0\0\0\0", little(width - 1, 3), little(height - 1, 3));

const KINDS = [
  ["image/png", png], ["image/gif", gif], ["image/jpeg", jpeg],
  ["image/webp", lossy], ["image/webp", lossless], ["image/webp", extended],
];

for (const [type, make] of KINDS) {
  test(`${type} by ${make.name} tells its size, and a cut one none`, () => {
    const picture = make(1234, 567);
    assert.deepEqual(pictureSize(type, picture), { width: 1234, height: 567 });
    for (let length = 0; length < picture.length - 5; length += 1) {
      assert.doesNotThrow(() => pictureSize(type, picture.subarray(0, length)));
    }
    assert.equal(pictureSize(type, picture.subarray(0, 22)), null);
    assert.equal(pictureSize("image/svg+xml", picture), null);
  });

  test(`${type} by ${make.name} above forty megapixels is not decoded`, () => {
    assert.ok(isDecodable(type, make(8000, 5000)));
    assert.ok(!isDecodable(type, make(8000, 5001)));
    assert.ok(!isDecodable(type, make(16000, 8000)));
  });
}

test("a frame of a GIF that is larger than its screen counts", () => {
  assert.ok(!isDecodable("image/gif", gif(1, 1, [22000, 22000])));
});

test("a picture of no width, of an endless GIF or of no frame header has no size", () => {
  assert.equal(pictureSize("image/png", png(0, 5)), null);
  assert.equal(pictureSize("image/gif", bytes("GIF89a", "\x01\0\x01\0\0\0\0", "\x21\xf9\xff")), null);
  assert.equal(pictureSize("image/jpeg", bytes("\xff\xd8", "\xff\xe0", big(4, 2), "ab", "\xff\xd9\0\0")), null);
});
