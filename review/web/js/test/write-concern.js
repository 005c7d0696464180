/**
 * Prints what a member's browser would send of a concern, for tests of who receives it: a roster's
 * bytes, the key of its root, the member's identity seed and what they wrote
 * come in as JSON on standard input; the fields go out, bytes in base64, with the receipt code.
 */

import { readFileSync } from "node:fs";
import { verifyRoster } from "../../../../crypto/browser/src/roster.js";
import { memberSeed } from "../../../../crypto/browser/src/signing.js";
import { b64, toB64 } from "../../../../crypto/browser/src/strict.js";
import { sealConcern } from "../concern.js";

const given = JSON.parse(readFileSync(0, "utf8"));
const member = {
  person: given.person,
  signing: memberSeed(b64(given.identity)),
  signal: new AbortController().signal,
  roster: verifyRoster(b64(given.roster), b64(given.root_key)),
  today: given.on,
  lang: "en",
};
const { fields, code } = await sealConcern(given.told, member);
const files = Object.entries(fields).filter(([, value]) => value instanceof Uint8Array);
const texts = Object.entries(fields).filter(([, value]) => typeof value === "string");

console.log(JSON.stringify({
  code,
  texts: Object.fromEntries(texts),
  files: Object.fromEntries(files.map(([name, value]) => [name, toB64(value)])),
}));
