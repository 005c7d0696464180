// Reads JSON lines [format, base64] from standard input with the parser of that format, and prints
// for each "ok" or the name of the error. tests/crypto/test_browser_agreement.py compares.
//   node crypto/browser/test/read-all.mjs < LINES
import { readFileSync } from "node:fs";
import { parseAct, parseSignatures } from "../src/act.js";
import { checkRecipient } from "../src/age.js";
import { parseMailbox, parseRouting } from "../src/case.js";
import { parseCheckpoint } from "../src/checkpoint.js";
import { parseEntry } from "../src/entry.js";
import { CryptoError } from "../src/errors.js";
import { readHeader } from "../src/header.js";
import { parseKept } from "../src/kept.js";
import { parseKeying } from "../src/keying.js";
import { parseMessage } from "../src/message.js";
import { parseNote } from "../src/note.js";
import { NoteKey } from "../src/notekey.js";
import { unpadMessage } from "../src/padding.js";
import { ReceiptCode } from "../src/receipt.js";
import { parseRoster } from "../src/roster.js";
import { parseStatement } from "../src/statement.js";
import { b64 } from "../src/strict.js";
import { parseConsistency, parseProof } from "../src/tlogproof.js";

const text = (read) => (bytes) => read(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
const READ = {
  act: parseAct,
  checkpoint: text(parseCheckpoint),
  code: text((spelled) => ReceiptCode.parse(spelled)),
  consistency: parseConsistency,
  entry: parseEntry,
  header: readHeader,
  kept: parseKept,
  key: text((spelled) => NoteKey.parse(spelled)),
  keying: parseKeying,
  mailbox: parseMailbox,
  message: parseMessage,
  note: parseNote,
  padded: unpadMessage,
  proof: parseProof,
  recipient: text(checkRecipient),
  roster: parseRoster,
  routing: parseRouting,
  signatures: parseSignatures,
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
