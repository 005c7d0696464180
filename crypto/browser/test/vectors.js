/**
 * Runs the shared vectors of tests/vectors through the JavaScript formats, in Node and in a page.
 *
 * Uses nothing of Node, so that the same module can be bundled for Chromium. Each operation that a
 * vector names does with our functions what tests/crypto/test_vectors.py does with Python's.
 */

import * as acts from "../src/act.js";
import { openSealed, recipientFromSeed } from "../src/age.js";
import { hashOf, join, toHex, utf8 } from "../src/bytes.js";
import * as cases from "../src/case.js";
import * as disposing from "../src/disposing.js";
import * as drill from "../src/drill.js";
import * as keying from "../src/keying.js";
import * as message from "../src/message.js";
import * as padding from "../src/padding.js";
import { mailboxId, once, ReceiptCode } from "../src/receipt.js";
import * as roster from "../src/roster.js";
import * as signing from "../src/signing.js";
import * as strict from "../src/strict.js";
import { Differs, equal, hex } from "./compare.js";
import { LEDGER } from "./vectors-ledger.js";

const { b64, canonical } = strict;

/** The bytes of a list of [hexadecimal, times]. */
function pieces(spelled) {
  return join(...spelled.map(([data, times]) => repeated(hex(data), times)));
}

function repeated(bytes, times) {
  return Uint8Array.from({ length: bytes.length * times }, (_, at) => bytes[at % bytes.length]);
}

function pad(forward, backward) {
  return (v) => {
    const padded = forward(pieces(v.content));
    equal(padded, pieces(v.padded));
    equal(backward(padded), pieces(v.content));
  };
}

function base64(read, write) {
  return (v) => {
    const bytes = read(v.text);
    equal(bytes, hex(v.hex));
    equal(write(bytes), v.text);
  };
}

async function digestOf(slices) {
  return padding.digestOfDigests(await Promise.all(slices.map(padding.sliceDigest)));
}

function parseCode(v) {
  equal(ReceiptCode.parse(v.text).raw, hex(v.raw));
}

function parsed(v) {
  return message.parseMessage(utf8(v.text));
}

const PADDING = {
  pad_message: pad(padding.padMessage, padding.unpadMessage),
  pad_routing: pad(padding.padRouting, padding.unpadRouting),
  unpad_message: (v) => padding.unpadMessage(pieces(v.padded)),
  unpad_routing: (v) => padding.unpadRouting(pieces(v.padded)),
  plan(v) {
    equal(padding.slicePlan(v.length), Array(v.count).fill(v.size));
    equal(padding.sliceCount(v.length), v.count);
  },
  async pad_file(v) {
    const file = new Blob([pieces(v.content)]);
    const plan = padding.slicePlan(file.size);
    const slices = await Promise.all(
      plan.map((_, index) => padding.paddedSlice(file, index, plan)),
    );
    v.slices.forEach((spelled, index) => equal(slices[index], pieces(spelled)));
    equal(slices.length, v.slices.length);
    equal(await digestOf(slices), v.sha256);
    const parts = [...padding.unpadSlices(slices, file.size)];
    equal(join(...parts), pieces(v.content));
  },
  unpad_file: (v) => [...padding.unpadSlices(v.slices.map(pieces), v.length)],
};

const RECEIPT = {
  code(v) {
    equal(new ReceiptCode(hex(v.raw)).text, v.text);
    parseCode(v);
  },
  parse: parseCode,
  async keys(v) {
    const keys = new ReceiptCode(hex(v.raw)).keys(v.installation);
    equal(keys.lookup, hex(v.lookup));
    equal(keys.mailboxSeed, hex(v.mailbox_seed));
    equal(keys.signingSeed, hex(v.signing_seed));
    equal(mailboxId(keys.lookup), v.mailbox_id);
    equal(await recipientFromSeed(keys.mailboxSeed), v.mailbox);
    equal(strict.toB64(signing.verifyKey(keys.signingSeed)), v.submitter_key);
  },
  form_token(v) {
    const code = ReceiptCode.fromFormToken(hex(v.token), v.installation);
    const { lookup } = code.keys(v.installation);
    equal([code.text, toHex(lookup)], [v.text, v.lookup]);
    equal(once(hex(v.token), lookup), v.once);
  },
};

const CANONICAL = {
  json: (v) => equal(canonical(strict.parseCanonical(b64(v.bytes))), b64(v.bytes)),
  b64: base64(strict.b64, strict.toB64),
  b64raw: base64(strict.b64raw, strict.toB64raw),
  hex: (v) => equal(toHex(strict.hexBytes(v.text, v.size)), v.text),
  decimal: (v) => equal(String(strict.decimal(v.text)), v.text),
};

const SIGNING = {
  sign(v) {
    const seed = hex(v.seed);
    equal(strict.toB64(signing.verifyKey(seed)), v.key);
    const signed = signing.signDocument(v.kind, v.document, seed);
    equal(signed.signature, v.signature);
    signing.checkDocument(v.kind, signed, b64(v.key));
  },
  check: (v) => signing.checkDocument(v.kind, v.document, b64(v.key)),
  member_seed(v) {
    const seed = signing.memberSeed(hex(v.identity_seed));
    equal([toHex(seed), strict.toB64(signing.verifyKey(seed))], [v.seed, v.key]);
  },
  case_signing_seed(v) {
    const seed = signing.caseSigningSeed(hex(v.case_seed));
    equal([toHex(seed), strict.toB64(signing.verifyKey(seed))], [v.seed, v.key]);
  },
};

const MESSAGE = {
  parse(v) {
    const found = parsed(v);
    equal(message.messageBytes(found), utf8(v.text));
    equal(message.messageDigest(found), v.digest);
    equal(found.kind, v.kind ?? found.kind);
    equal(message.thread(found.kind), v.thread ?? message.thread(found.kind));
  },
  build(v) {
    const { v: _version, for: place, submitter_key: _key, ...fields } = v.document;
    const shuffled = fields.excluded ? { excluded: [...fields.excluded].reverse() } : {};
    const caseSeed = v.case_seed === undefined ? null : hex(v.case_seed);
    const built = message.buildMessage({ ...fields, ...shuffled, place }, hex(v.seed), caseSeed);
    equal(message.messageBytes(built), utf8(v.text));
  },
  check: (v) => message.checkMessage(parsed(v), b64(v.key)),
  case: (v) => message.checkCase(parsed(v), hex(v.case_seed)),
  signer(v) {
    const keys = new Map(Object.entries(v.keys).map(([id, key]) => [id, b64(key)]));
    equal(message.signer(parsed(v), keys), v.signer);
  },
  place: (v) => message.checkPlace(parsed(v), v.place, v.thread),
};

const ROSTER = {
  verify(v) {
    const found = roster.verifyRoster(utf8(v.text), b64(v.root_key));
    equal(found.document, utf8(v.text));
    equal([found.hash, found.fingerprint, found.slots], [v.hash, v.fingerprint, v.slots]);
    equal(found.ledgerKey?.text ?? null, v.ledger_key);
  },
  sign(v) {
    const signed = signing.signDocument("roster", { ...v.document, v: 1 }, hex(v.root_seed));
    equal(canonical(signed), utf8(v.text));
  },
  current(v) {
    const found = roster.parseRoster(utf8(v.text));
    roster.checkCurrent(found, v.today, v.highest_epoch, v.demo_allowed);
  },
  choose(v) {
    const readers = cases.chooseReaders(roster.parseRoster(utf8(v.text)), v.excluded);
    equal(readers.map((reader) => reader.id), v.readers);
  },
};

const SEED = new Uint8Array(32).fill(7);

function checkedMailbox(v) {
  const record = cases.parseMailbox(utf8(v.text));
  equal(canonical(record), utf8(v.text));
  cases.checkMailbox(record, b64(v.key));
}

const CASE = {
  case_id: (v) => equal(cases.caseId(v.recipient), v.id),
  async grant_size(v) {
    const grant = await cases.sealGrant(SEED, [await recipientFromSeed(SEED)], v.slots);
    equal(grant.length, v.size);
  },
  async routing_size(v) {
    const routing = { roster: "0".repeat(64), excluded: ["somebody"] };
    equal((await cases.sealRouting(routing, await recipientFromSeed(SEED))).length, v.size);
  },
  async envelope_sizes(v) {
    const recipient = await recipientFromSeed(SEED);
    const sizes = [];
    for (const step of padding.MESSAGE_STEPS) {
      // Any value whose canonical form just fits the step; a text takes two quotation marks.
      const filling = "a".repeat(step - 6);
      sizes.push((await message.sealMessage(filling, recipient)).length);
    }
    equal(sizes, v.sizes);
  },
  routing(v) {
    const { roster: hash, excluded } = cases.parseRouting(utf8(v.text));
    equal([hash, excluded], [v.document.roster, v.document.excluded]);
  },
  mailbox: checkedMailbox,
  sign_mailbox(v) {
    const { installation, mailbox, generation, case: recipient } = v.document;
    const record = cases.signMailbox({ installation, mailbox, generation, recipient }, hex(v.seed));
    equal(canonical(record), utf8(v.text));
    checkedMailbox(v);
  },
};

const KEYING = {
  parse(v) {
    equal(canonical(keying.parseKeying(utf8(v.text))), utf8(v.text));
  },
  follow(v) {
    const rosters = v.rosters.map((text) => roster.parseRoster(utf8(text)));
    const keyings = v.keyings.map((text) => keying.parseKeying(utf8(text)));
    const find = (hash) => rosters.find((each) => each.hash === hash);
    equal(keying.follow(v, keyings, find), v.recipient);
  },
};

const ENVELOPE = {
  async envelope(v) {
    const opened = await message.openEnvelope(b64(v.sealed), v.identity);
    equal(message.messageBytes(opened), utf8(v.text));
  },
  grant: async (v) => equal(await cases.openGrant(b64(v.sealed), v.identity), hex(v.seed)),
  async routing(v) {
    const opened = await cases.openRouting(b64(v.sealed), v.identity);
    equal([opened.roster, opened.excluded], [v.roster, v.excluded]);
  },
  async slice(v) {
    const slice = await openSealed(b64(v.sealed), v.identity);
    equal([...padding.unpadSlices([slice], v.length)][0], b64(v.content));
    equal(hashOf(await padding.sliceDigest(slice)), v.sha256);
  },
};

const ACT = {
  parse(v) {
    const found = acts.parseAct(utf8(v.text));
    equal(acts.actHash(found), v.hash);
    const { v: _version, kind: _kind, ...fields } = found;
    equal(canonical(acts.buildAct(fields)), utf8(v.text));
  },
  sign(v) {
    const seed = signing.memberSeed(hex(v.identity_seed));
    const made = acts.signAct(acts.parseAct(utf8(v.text)), v.by, seed);
    equal([made.by, made.signature], [v.by, v.signature]);
  },
  check(v) {
    const listed = roster.parseRoster(utf8(v.roster));
    const signers = acts.checkSigners(acts.parseAct(utf8(v.text)), v.signatures, listed);
    equal([...signers], v.signatures.map(({ by }) => by));
  },
  signatures(v) {
    const found = acts.parseSignatures(utf8(v.text));
    equal(acts.signaturesDocument([...found].reverse()), utf8(v.text));
  },
};

const DRILL = {
  /** Browsers make no marks: they only read what was made. */
  make(v) {
    drill.checkMark(drill.parseMark(v.text), v.installation, v.case);
    equal(drill.parseMark(v.text).on, v.on);
  },
  parse(v) {
    equal(drill.markWords(drill.parseMark(v.text)), v.words);
    equal(drill.readMarkWords(v.words), drill.parseMark(v.text));
  },
  check(v) {
    drill.checkMark(drill.parseMark(v.text), v.installation, v.case);
  },
  find(v) {
    equal(drill.markIn(v.text), v.line === null ? null : drill.parseMark(v.line));
  },
};

const DISPOSITION = {
  parse(v) {
    const found = disposing.parseManifest(utf8(v.text));
    equal(disposing.manifestHash(utf8(v.text)), v.hash);
    equal(found.cooling, v.cooling);
    equal(found.records.map((each) => each.case), v.cases);
    equal(disposing.dispositionSubject(found.id), v.subject);
  },
};

/** What is run for each operation of each file. */
export const RUN = {
  act: ACT,
  canonical: CANONICAL,
  case: CASE,
  disposition: DISPOSITION,
  drill: DRILL,
  envelope: ENVELOPE,
  keying: KEYING,
  message: MESSAGE,
  padding: PADDING,
  receipt: RECEIPT,
  roster: ROSTER,
  signing: SIGNING,
  ...LEDGER,
};

/** The cases of a parsed file, each with the text that it is about put together. */
export function casesOf({ bases, cases: found }) {
  return found.map((each) => {
    let text = "base" in each ? bases[each.base] : each.text;
    if (each.replace) {
      const [old, replacement] = each.replace;
      text = text.replace(old, () => replacement);
    }
    return text === undefined ? each : { ...each, text };
  });
}

/** Run one case; fails unless it ends as it says. */
export async function runCase(file, each) {
  let ended = "ok";
  let failure;
  try {
    await RUN[file][each.op](each);
  } catch (thrown) {
    if (thrown instanceof Differs) {
      throw thrown;
    }
    failure = thrown;
    ended = thrown.name;
  }
  if (ended !== each.expect) {
    throw new Differs(`ended as ${ended} (${failure?.message}), expected ${each.expect}`);
  }
  equal(failure?.looksLike, each.looks_like);
  if ("over" in each) {
    equal(failure.over, each.over);
  }
}

/** Run parsed files, given by name; gives how many cases held and what the others did. */
export async function runVectors(files) {
  let held = 0;
  const failures = [];
  for (const [file, content] of Object.entries(files)) {
    for (const each of casesOf(content)) {
      try {
        await runCase(file, each);
        held += 1;
      } catch (failure) {
        failures.push(`${file}: ${each.name}: ${failure.message}`);
      }
    }
  }
  return { held, failures };
}
