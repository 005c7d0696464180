/**
 * What is disposed of: a manifest, which two people approve by the hash of its canonical bytes.
 */

import { hashOf } from "./bytes.js";
import { Document, parseValue } from "./document.js";
import { MalformedDisposition } from "./errors.js";

const KEYS = ["v", "kind", "installation", "id", "by", "on", "cooling", "records"];
const RECORD = ["case", "class", "version", "triggered", "due", "content"];
const MAX_RECORDS = 500;
const MAX_DAYS = 3650;
const ID = /^[0-9a-f]{32}$/;
const CODE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** What the act that approves or rejects a disposition is about. @param {string} id */
export function dispositionSubject(id) {
  return `disposition/${id}`;
}

/** The manifest that these canonical bytes spell. Raises MalformedDisposition. */
export function parseManifest(bytes) {
  const value = parseValue(bytes, MalformedDisposition);
  const document = new Document(value, KEYS, MalformedDisposition);
  document.version();
  document.choice("kind", ["disposition"]);
  document.installation();
  document.matching("id", ID, "the id of a disposition");
  document.id("by");
  document.day("on");
  const cooling = document.whole("cooling");
  const cases = document.parts("records", MAX_RECORDS, RECORD).map(checkRecord);
  const inOrder = cases.every((one, index) => index === 0 || cases[index - 1] < one);
  if (cases.length === 0 || !inOrder || cooling > MAX_DAYS) {
    throw new MalformedDisposition("the records are none, out of order, or there twice");
  }
  return value;
}

/** What two people approve. @param {Uint8Array} bytes of a manifest */
export function manifestHash(bytes) {
  return hashOf(bytes);
}

/** The case of a record that is spelled as it has to be. */
function checkRecord(part) {
  part.matching("class", CODE, "a coded value");
  part.whole("version");
  part.day("triggered");
  part.day("due");
  part.hash("content");
  return part.hash("case");
}
