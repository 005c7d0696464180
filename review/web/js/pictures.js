/**
 * How large a picture says it is, read from its first bytes before anything decodes it.
 *
 * A few thousand bytes can say that they are hundreds of millions of pixels. What does not say its
 * size in one of the four known ways has none here.
 */

/** @typedef {{width: number, height: number}} Size */

/**
 * The size of a picture of this type, or null where its bytes do not tell one.
 *
 * @param {string} type
 * @param {Uint8Array} bytes
 * @returns {Size|null}
 */
export function pictureSize(type, bytes) {
  const measure = Object.hasOwn(MEASURES, type) ? MEASURES[type] : () => null;
  try {
    const size = measure(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    return size === null || size.width < 1 || size.height < 1 ? null : size;
  } catch (refused) {
    // The picture ends before it has told its size.
    if (refused instanceof RangeError) {
      return null;
    }
    throw refused;
  }
}

const MEASURES = /** @type {Record<string, (view: DataView) => Size|null>} */ ({
  "image/png": sizeOfPng,
  "image/gif": sizeOfGif,
  "image/jpeg": sizeOfJpeg,
  "image/webp": sizeOfWebp,
});

/** @param {DataView} view @param {number} at */
function letters(view, at, count = 4) {
  return String.fromCharCode(...Array.from({ length: count }, (_, i) => view.getUint8(at + i)));
}

/** @param {DataView} view */
function sizeOfPng(view) {
  if (letters(view, 0, 8) !== "\x89PNG\r\n\x1a\n" || letters(view, 12) !== "IHDR") {
    return null;
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/**
 * The screen, or the first frame where that is larger: decoders make room for both.
 *
 * @param {DataView} view
 */
function sizeOfGif(view) {
  if (!["GIF87a", "GIF89a"].includes(letters(view, 0, 6))) {
    return null;
  }
  const size = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let at = 13 + tableSize(view.getUint8(10));
  while (view.getUint8(at) === 0x21) {
    for (at += 2; view.getUint8(at) !== 0; ) {
      at += 1 + view.getUint8(at);
    }
    at += 1;
  }
  if (view.getUint8(at) !== 0x2c) {
    return null;
  }
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => view.getUint16(at + field, true));
  return {
    width: Math.max(size.width, left + width),
    height: Math.max(size.height, top + height),
  };
}

/** The bytes of a colour table, or none. @param {number} flags */
function tableSize(flags) {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

/**
 * The size in the frame header, which comes after segments of any length.
 *
 * @param {DataView} view
 */
function sizeOfJpeg(view) {
  if (view.getUint16(0) !== 0xffd8) {
    return null;
  }
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
    } else if (isFrameHeader(marker)) {
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    } else {
      at += 2 + Math.max(2, view.getUint16(at + 2));
    }
  }
  return null;
}

/** SOF0 to SOF15, without the three other markers among their numbers. @param {number} marker */
function isFrameHeader(marker) {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** @param {DataView} view */
function sizeOfWebp(view) {
  if (letters(view, 0) !== "RIFF" || letters(view, 8) !== "WEBP") {
    return null;
  }
  const kind = letters(view, 12);
  if (kind === "VP8X") {
    const three = (at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    return { width: three(24) + 1, height: three(27) + 1 };
  }
  if (kind === "VP8L" && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === "VP8 ") {
    const side = (at) => view.getUint16(at, true) & 0x3fff;
    return { width: side(26), height: side(28) };
  }
  return null;
}
