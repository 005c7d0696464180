// Reads JSON lines [format, base64] from standard input with the parser of that format, and prints
// for each "ok" or the name of the error. tests/crypto/test_browser_agreement.py compares.
//   node crypto/browser/test/read-all.mjs < LINES
import { readFileSync } from "node:fs";
import { parseCheckpoint } from "../src/checkpoint.js";
import { parseEntry } from "../src/entry.js";
import { CryptoError } from "../src/errors.js";
import { parseKept } from "../src/kept.js";
import { parseNote } from "../src/note.js";
import { NoteKey } from "../src/notekey.js";
import { parseRoster } from "../src/roster.js";
import { parseStatement } from "../src/statement.js";
import { b64 } from "../src/strict.js";
import { parseConsistency, parseProof } from "../src/tlogproof.js";

const text = (read) => (bytes) => read(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
const READ = {
  checkpoint: text(parseCheckpoint),
  consistency: parseConsistency,
  entry: parseEntry,
  kept: parseKept,
  key: text((spelled) => NoteKey.parse(spelled)),
  note: parseNote,
  proof: parseProof,
  roster: parseRoster,
  statement: parseStatement,
};

for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [format, spelled] = JSON.parse(line);
  try {
    READ[format](b64(spelled));
    console.log("ok");
  } catch (refused) {
    console.log(refused instanceof CryptoError ? refused.name : String(refused));
  }
}
