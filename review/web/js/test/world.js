/**
 * A small committee and one case of it, made with the formats alone, for the console's tests.
 *
 * Seeds are fixed, so that a failing test fails again.
 */
import { recipientFromSeed, seal } from "../../../../crypto/browser/src/age.js";
import { caseId, sealGrant } from "../../../../crypto/browser/src/case.js";
import {
  buildMessage,
  messageDigest,
  nextPlace,
  sealMessage,
  thread,
} from "../../../../crypto/browser/src/message.js";
import {
  digestOfDigests,
  paddedSlice,
  sliceDigest,
  slicePlan,
} from "../../../../crypto/browser/src/padding.js";
import { memberSeed, signDocument, verifyKey } from "../../../../crypto/browser/src/signing.js";
import { canonical, toB64 } from "../../../../crypto/browser/src/strict.js";
import { verifyRoster } from "../../../../crypto/browser/src/roster.js";

export const INSTALLATION = "0123456789abcdef0123456789abcdef";
export const ROOT_SEED = seedOf(200);
export const ROOT_KEY = toB64(verifyKey(ROOT_SEED));
export const PEOPLE = ["chair", "member-1", "member-2", "alternate"];
const ROLES = ["chair", "member", "member", "alternate"];

/** @param {number} number */
export function seedOf(number) {
  return new Uint8Array(32).fill(number);
}

/** The identity seed of a person; whoever is no reader of the roster has one too. @param {string} id */
export function identityOf(id) {
  return seedOf(PEOPLE.includes(id) ? 1 + PEOPLE.indexOf(id) : 90);
}

/** A signed roster of that epoch. @param {number} epoch @param {Uint8Array} rootSeed */
export async function rosterOf(epoch = 1, rootSeed = ROOT_SEED) {
  const readers = await Promise.all(
    PEOPLE.map(async (id, at) => ({
      id,
      role: ROLES[at],
      title: `Title of ${id}`,
      name: `Name of ${id}`,
      recipient: await recipientFromSeed(identityOf(id)),
      verify_key: toB64(verifyKey(memberSeed(identityOf(id)))),
    })),
  );
  const fields = {
    v: 1, installation: INSTALLATION, epoch, demo: false,
    issued_on: "2026-01-01", expires_on: "2027-12-31", committee: { name: "Audit Committee" },
    readers, listed: ["secretary", "dana"].map((id) => ({ id, title: `Title of ${id}`, name: `Name of ${id}` })),
    secretariat: await recipientFromSeed(seedOf(101)), recovery: null,
    routing: await recipientFromSeed(seedOf(102)), statement_keys: [], ledger_key: null,
    previous: epoch === 1 ? null : "0".repeat(64),
  };
  const bytes = canonical(signDocument("roster", fields, rootSeed));
  return verifyRoster(bytes, verifyKey(rootSeed));
}

export const ANSWERS = {
  kind: "concern", relation: "employee", what: "Revenue was booked early.\nhttps://example.org/",
  when: "", where: "", who: "", how: "", ongoing: "unknown", told: "", hope: "", reply_wanted: true,
};

/** One case: its envelopes as the server keeps them, and ways to add to it and to spoil it. */
export class World {
  /** @param {{caseSeed?: number, excluded?: string[], submitter?: number, roster?: any, what?: (id: string) => string}} [how] what happened, by the case */
  static async make({ caseSeed = 50, excluded = [], submitter = 60, roster, what } = {}) {
    const world = new World();
    world.seed = seedOf(caseSeed);
    world.recipient = await recipientFromSeed(world.seed);
    world.id = caseId(world.recipient);
    world.roster = roster ?? (await rosterOf());
    world.submitter = seedOf(submitter);
    world.mailboxSeed = seedOf(submitter + 1);
    world.files = new Map();
    world.heads = { submitter: undefined, committee: undefined, notes: undefined };
    const grant = await sealGrant(world.seed, world.roster.readers.map((r) => r.recipient), 4);
    world.files.set("grant", grant);
    world.manifest = {
      case: world.id, generation: 1, roster: world.roster.hash, recipient: world.recipient,
      state: "OPENED", excluded, grant: "grant", envelopes: [],
      held: { keys: [], recused: [], waiting: [], blocked: false, own_share: null, previous: null },
      rosters: { [world.roster.hash]: toB64(world.roster.document) },
    };
    const mailbox = await recipientFromSeed(world.mailboxSeed);
    const answers = { ...ANSWERS, what: what?.(world.id) ?? ANSWERS.what };
    await world.add("submission", answers, { excluded, mailbox });
    return world;
  }

  /** Add a message as its honest sender would. @param {string} kind @param {any} body */
  async add(kind, body, { by = null, ...more } = {}) {
    const message = await this.message(kind, body, { by, ...more });
    return this.keep(message, { by });
  }

  /** A signed message for the next place of its thread, or for another one. */
  async message(kind, body, { by = null, signer, caseSeed, place = {}, roster = this.roster.hash, ...more }) {
    const here = nextPlace(INSTALLATION, this.id, this.heads[thread(kind)]);
    const files = thread(kind) === "submitter" ? { attachments: [] } : {};
    const own = by === null ? this.submitter : memberSeed(identityOf(by));
    return buildMessage(
      { kind, place: { ...here, ...place }, roster, on: "2026-11-21", lang: "en", body,
        sealed_in: "browser", ...files, ...more },
      signer ?? own,
      kind === "submission" ? (caseSeed ?? this.seed) : null,
    );
  }

  /** Seal a message into the case and list it, as the honest server does. */
  async keep(message, line = {}) {
    const digest = messageDigest(message);
    const url = `envelope-${this.files.size}`;
    this.files.set(url, await sealMessage(message, this.recipient));
    const { kind, on } = message;
    const place = { id: url, url, thread: thread(kind), kind, n: message.for.n, on, digest };
    const entry = { ...place, by: null, upload: null, slices: 0, ...line };
    this.manifest.envelopes.push(entry);
    this.heads[thread(message.kind)] = { n: message.for.n, digest };
    return entry;
  }

  /** What a reader brings to openCase. @param {string} person */
  reader(person = "chair") {
    return { person, seed: identityOf(person), installation: INSTALLATION, rootKey: ROOT_KEY };
  }

  fetchBytes = async (url) => {
    const bytes = this.files.get(url);
    if (bytes === undefined) throw Object.assign(new Error("not there"), { name: "Refused" });
    return bytes;
  };
}

/** A file's sealed slices and what a message says of it. @param {Uint8Array} bytes */
export async function attachmentOf(bytes, recipient, first = 0) {
  const blob = new Blob([bytes]);
  const plan = slicePlan(bytes.length);
  const slices = [];
  const digests = [];
  for (let index = 0; index < plan.length; index += 1) {
    const slice = await paddedSlice(blob, index, plan);
    digests.push(await sliceDigest(slice));
    slices.push(await seal(slice, [recipient]));
  }
  const sha256 = digestOfDigests(digests);
  const facts = { size: bytes.length, first, count: plan.length, sha256 };
  return { slices, attachment: { name: "a.txt", type: "text/plain", ...facts } };
}
