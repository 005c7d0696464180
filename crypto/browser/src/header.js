/**
 * The age v1 header, read strictly: what is accepted renders again byte for byte.
 *
 * The age library opens the files; this reads the same header before it, so that a broken header,
 * a type that is not ours and a file for somebody else are told apart, and so that the browser
 * refuses exactly what crypto/stanza.py refuses. Nothing here holds or sees a key.
 */

import { same, utf8 } from "./bytes.js";
import { Malformed, MalformedHeader } from "./errors.js";
import { b64raw, toB64raw } from "./strict.js";

export const MLKEM768X25519 = "mlkem768x25519";
export const SCRYPT = "scrypt";
export const NONCE_SIZE = 16;
const ENCAPSULATED_SIZE = 1120;
const SALT_SIZE = 16;
const WRAPPED_SIZE = 32;
const MAC_SIZE = 32;
const VERSION_LINE = "age-encryption.org/v1";
const STANZA_MARK = "-> ";
const END_MARK = "---";
const COLUMNS = 64;
// age sets no limit, and a reader without one would hold as much memory as a sender likes.
const HEADER_LIMIT = 1 << 20;
const ARGUMENT = /^[\x21-\x7e]+$/;
// A byte that is not ASCII stays one character that is not, and is refused where it stands.
const decoder = new TextDecoder("latin1");
const WORK_FACTOR = /^[1-9][0-9]{0,17}$/;

/**
 * The header at the start of a sealed file: its stanzas {kind, args, body} and its size.
 *
 * Raises MalformedHeader.
 */
export function readHeader(sealed) {
  const lines = new Lines(sealed);
  if (lines.next() !== VERSION_LINE) {
    throw new MalformedHeader("not an age v1 file");
  }
  const stanzas = [];
  let line = lines.next();
  while (!line.startsWith(END_MARK)) {
    stanzas.push(readStanza(line, lines));
    line = lines.next();
  }
  const mac = base64Line(line.slice(END_MARK.length + 1));
  const rendered = render(stanzas, mac);
  if (
    stanzas.length === 0 ||
    mac.length !== MAC_SIZE ||
    !same(rendered, sealed.subarray(0, lines.at))
  ) {
    throw new MalformedHeader("the header is not in its canonical form");
  }
  stanzas.forEach((stanza) => checkStanza(stanza, stanzas.length));
  return { stanzas, size: lines.at };
}

class Lines {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  next() {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0 || end >= HEADER_LIMIT) {
      throw new MalformedHeader("the header ends too early or is too long");
    }
    const line = this.bytes.subarray(this.at, end);
    this.at = end + 1;
    return decoder.decode(line);
  }
}

function render(stanzas, mac) {
  const text = stanzas.flatMap(({ kind, args, body }) => {
    const symbols = toB64raw(body);
    const rows = [[STANZA_MARK.trim(), kind, ...args].join(" ")];
    // One step beyond a full last line: the body must end in a shorter one.
    for (let at = 0; at <= symbols.length; at += COLUMNS) {
      rows.push(symbols.slice(at, at + COLUMNS));
    }
    return rows;
  });
  return utf8([VERSION_LINE, ...text, `${END_MARK} ${toB64raw(mac)}\n`].join("\n"));
}

function readStanza(line, lines) {
  if (!line.startsWith(STANZA_MARK)) {
    throw new MalformedHeader("a line of the header starts neither a stanza nor its end");
  }
  const [kind, ...args] = line.slice(STANZA_MARK.length).split(" ");
  if (![kind, ...args].every((argument) => ARGUMENT.test(argument))) {
    throw new MalformedHeader("a stanza has an empty argument or one that is not plain ASCII");
  }
  return { kind, args, body: readBody(lines) };
}

function readBody(lines) {
  const parts = [];
  for (;;) {
    const line = lines.next();
    if (line.length > COLUMNS) {
      throw new MalformedHeader("a line of a stanza's body is longer than 64 columns");
    }
    parts.push(...base64Line(line));
    if (line.length < COLUMNS) {
      return Uint8Array.from(parts);
    }
  }
}

function base64Line(text) {
  try {
    return b64raw(text);
  } catch (refused) {
    if (refused instanceof Malformed) {
      throw new MalformedHeader("a part of the header is not canonical base64");
    }
    throw refused;
  }
}

/** Refuse a stanza that claims to be of a type of ours and does not keep its rules. */
function checkStanza(stanza, count) {
  if (stanza.kind === MLKEM768X25519) {
    checkArguments(stanza, 1, ENCAPSULATED_SIZE);
  } else if (stanza.kind === SCRYPT) {
    checkArguments(stanza, 2, SALT_SIZE);
    // A second recipient beside a passphrase would let somebody else have made the file.
    if (count !== 1 || !WORK_FACTOR.test(stanza.args[1])) {
      throw new MalformedHeader("a scrypt stanza must be the only one and name its work factor");
    }
  }
}

function checkArguments({ kind, args, body }, count, size) {
  // A body of another size could hold a file key made to open under several keys.
  if (
    args.length !== count ||
    base64Line(args[0]).length !== size ||
    body.length !== WRAPPED_SIZE
  ) {
    throw new MalformedHeader(`a ${kind} stanza is not of its size`);
  }
}
