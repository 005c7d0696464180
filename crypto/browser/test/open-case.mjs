// Opens an exported case with nothing but npm age-encryption: the passphrase opens the identity,
// the identity the grant, the grant's seed the envelopes. Prints the messages as JSON lines.
//   node crypto/browser/test/open-case.mjs IDENTITY.age PASSPHRASE CASE_FOLDER
import { Decrypter } from "age-encryption";
import { bech32 } from "@scure/base";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [identityFile, passphrase, folder] = process.argv.slice(2);

async function open(file, prepare, kind = "uint8array") {
  const decrypter = new Decrypter();
  prepare(decrypter);
  return decrypter.decrypt(readFileSync(file), kind);
}

const identity = (await open(identityFile, (age) => age.addPassphrase(passphrase), "text"))
  .split("\n")
  .find((line) => line.startsWith("AGE-SECRET-KEY-PQ-1"));
const seed = await open(join(folder, "grants", "1.age"), (age) => age.addIdentity(identity));
const caseKey = bech32
  .encode("AGE-SECRET-KEY-PQ-", bech32.toWords(seed), false)
  .toUpperCase();
for (const name of readdirSync(join(folder, "envelopes")).sort()) {
  const padded = await open(join(folder, "envelopes", name), (age) => age.addIdentity(caseKey));
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  console.log(new TextDecoder().decode(padded.subarray(4, 4 + length)));
}
