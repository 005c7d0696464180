/**
 * A case is a key: who is granted its seed can read the case, and nobody else can.
 *
 * A grant seals the seed to the readers chosen for the case, and always to as many recipients as
 * the roster has readers, so that nothing outside shows that anybody was left out. The routing
 * envelope tells the collector whom not to show the case, and the mailbox record which key
 * follow-ups are sealed to.
 */

import { openSealed, recipientFromSeed, seal, SEED_SIZE } from "./age.js";
import { draw, hashOf, utf8 } from "./bytes.js";
import { Document, parseValue, VERSION } from "./document.js";
import { Malformed, TooFewReaders } from "./errors.js";
import { padRouting, unpadRouting } from "./padding.js";
import { LEAST_READERS } from "./roster.js";
import { checkDocument, signDocument } from "./signing.js";
import { canonical } from "./strict.js";

const MAILBOX_KEYS = ["v", "installation", "mailbox", "generation", "case", "signature"];
const ROUTING_KEYS = ["v", "roster", "excluded"];

/** The name of the case whose first recipient has this text. */
export function caseId(recipient) {
  return hashOf(utf8(recipient));
}

/**
 * Who is granted a case in which these people are involved, in the order of the roster.
 *
 * Chair, members and alternates who are not excluded; independent counsel only when fewer than
 * two are left. Raises TooFewReaders when even counsel does not make two, and Malformed for an id
 * that the roster does not have: a misspelt exclusion must not be a silent one.
 */
export function chooseReaders(roster, excluded) {
  if (!excluded.every((id) => roster.ids.includes(id))) {
    throw new Malformed("somebody excluded is not on the roster");
  }
  const left = roster.readers.filter((reader) => !excluded.includes(reader.id));
  const withoutCounsel = left.filter((reader) => reader.role !== "counsel");
  const readers = withoutCounsel.length < LEAST_READERS ? left : withoutCounsel;
  if (readers.length < LEAST_READERS) {
    throw new TooFewReaders("fewer than two people could read this");
  }
  return readers;
}

/** The case seed sealed to these recipients, in a file that looks sealed to as many as slots. */
export async function sealGrant(seed, recipients, slots) {
  if (seed.length !== SEED_SIZE || recipients.length < 1 || recipients.length > slots) {
    throw new RangeError("a grant takes a 32-byte seed and has a slot for every reader");
  }
  const unused = Array.from({ length: slots - recipients.length }, throwaway);
  // In a fixed order the position of a stanza would say which reader was left out.
  return seal(seed, shuffled([...recipients, ...(await Promise.all(unused))]));
}

/** A recipient whose identity nobody keeps: what is sealed to it stays closed. */
function throwaway() {
  return recipientFromSeed(draw(SEED_SIZE));
}

function shuffled(items) {
  const keyed = items.map((item) => ({ item, key: new DataView(draw(8).buffer).getBigUint64(0) }));
  return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ item }) => item);
}

/** The case seed. Raises WrongIdentity for those whom the grant leaves out. */
export async function openGrant(grant, identity) {
  const seed = await openSealed(grant, identity);
  if (seed.length !== SEED_SIZE) {
    throw new Malformed("a grant holds a seed of 32 bytes");
  }
  return seed;
}

/** The routing {roster, excluded} that these canonical bytes spell. Raises Malformed. */
export function parseRouting(bytes) {
  const value = parseValue(bytes, Malformed);
  const document = new Document(value, ROUTING_KEYS, Malformed);
  document.version();
  return { roster: document.hash("roster"), excluded: document.ids("excluded") };
}

/** The routing envelope of {roster, excluded}, which has one size whatever it says. */
export function sealRouting({ roster, excluded }, recipient) {
  const sorted = [...new Set(excluded)].sort();
  const bytes = canonical({ v: VERSION, roster, excluded: sorted });
  parseRouting(bytes);
  return seal(padRouting(bytes), [recipient]);
}

/** What a routing envelope says. Raises Malformed and what openSealed raises. */
export async function openRouting(sealed, identity) {
  return parseRouting(unpadRouting(await openSealed(sealed, identity)));
}

/** The mailbox record for this case recipient, signed with the submitter's signing seed. */
export function signMailbox({ installation, mailbox, generation = 1, recipient }, seed) {
  const unsigned = { v: VERSION, installation, mailbox, generation, case: recipient };
  return parseMailbox(canonical(signDocument("mailbox", unsigned, seed)));
}

/**
 * Return if the submitter with this key signed the record.
 *
 * Raises InvalidSignature, or Malformed for a record that is none.
 */
export function checkMailbox(record, key) {
  parseMailbox(canonical(record));
  checkDocument("mailbox", record, key);
}

/** The mailbox record that these canonical bytes spell. Raises Malformed. */
export function parseMailbox(bytes) {
  const value = parseValue(bytes, Malformed);
  const document = new Document(value, MAILBOX_KEYS, Malformed);
  document.version();
  document.installation();
  document.hash("mailbox");
  document.whole("generation", 1);
  document.recipient("case");
  document.signature();
  return value;
}
