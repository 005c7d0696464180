/**
 * What the forms of the schedule and of legal holds make of their fields: coded values of an act.
 */

import { actHash, parseAct } from "../../../crypto/browser/src/act.js";
import { openSealed, seal } from "../../../crypto/browser/src/age.js";
import { draw, hashOf, toHex, utf8 } from "../../../crypto/browser/src/bytes.js";
import { WrongPlace } from "../../../crypto/browser/src/errors.js";
import { padMessage, unpadMessage } from "../../../crypto/browser/src/padding.js";
import { canonical, parseCanonical } from "../../../crypto/browser/src/strict.js";

const HOLD_SIZE = 32;
const DRAW_SIZE = 8;

/** What was asked for cannot be signed; `word` names the page's reason. */
export class NotSigned extends Error {
  name = "NotSigned";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** A change of a class. @param {HTMLFormElement} form */
export async function changeOf(form) {
  const said = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? "").trim();
  const code = form.dataset.class ?? "";
  const maximum = said("maximum");
  const data = {
    class: code,
    version: Number(form.dataset.version),
    trigger: form.dataset.trigger,
    period: period(said("period"), said("period_unit")),
    maximum: maximum === "" ? null : period(maximum, said("maximum_unit")),
    basis: said("basis"),
    jurisdictions: new FormData(form).getAll("jurisdictions").map(String).sort(),
    disposition: "SHRED",
    effective: said("effective"),
    resolution: said("resolution"),
    counsel: said("counsel") || null,
    draw: toHex(draw(DRAW_SIZE)),
  };
  if (data.jurisdictions.length === 0) {
    throw new NotSigned("retention-form");
  }
  return { subject: `schedule/${code.toLowerCase()}`, data };
}

/** @param {string} count @param {string} unit */
function period(count, unit) {
  if (!/^[0-9]{1,3}$/.test(count)) {
    throw new NotSigned("retention-form");
  }
  return `P${Number(count)}${unit}`;
}

/**
 * A hold, with its reason sealed to the readers whom the form names.
 *
 * @param {HTMLFormElement} form
 * @param {any} roster under the committee's root key
 */
export async function holdOf(form, roster) {
  const values = new FormData(form);
  const said = (/** @type {string} */ name) => String(values.get(name) ?? "").trim();
  const hold = toHex(draw(HOLD_SIZE));
  const reason = said("reason");
  if (reason === "") {
    throw new NotSigned("retention-form");
  }
  const allowed = (form.dataset.readers ?? "").split(" ");
  const readers = roster.readers.filter((each) => allowed.includes(each.id));
  const sealed = await seal(
    padMessage(canonical({ v: 1, kind: "hold-reason", hold, reason: reason.normalize("NFC") })),
    readers.map((each) => each.recipient),
  );
  const data = {
    matter: said("matter"),
    custodian: said("custodian"),
    classes: values.getAll("classes").map(String).sort(),
    categories: values.getAll("categories").map(String).sort(),
    cases: form.dataset.case ? [form.dataset.case] : [],
    from: said("from") || null,
    to: said("to") || null,
    sealed: hashOf(sealed),
  };
  return { subject: `hold/${hold}`, data, files: { reason: sealed } };
}

/** The release of a hold, which names the act whose terms are shown. @param {HTMLFormElement} form */
export async function releaseOf(form) {
  const subject = `hold/${form.dataset.hold}`;
  const placed = actHash(placedBy(form.dataset.placed ?? "", subject));
  return { subject, data: { draw: toHex(draw(DRAW_SIZE)), placed } };
}

/**
 * The act in these bytes, which placed the hold that the subject names. Throws for another one.
 *
 * @param {string} text the act's bytes, as the page has them
 * @param {string} subject of the hold
 */
export function placedBy(text, subject) {
  const act = parseAct(utf8(text));
  if (act.act !== "place-hold" || act.subject !== subject) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

/**
 * The act that placed the hold which a proposal releases. Throws unless it names that very one.
 *
 * @param {string} text the act's bytes, as the page has them
 * @param {any} release
 */
export function releasedBy(text, release) {
  const act = placedBy(text, release.subject);
  if (release.act !== "release-hold" || release.data.placed !== actHash(act)) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

/** What is noted of a hold while it stands. @param {HTMLFormElement} form */
export async function noteOf(form) {
  const values = Object.fromEntries(new FormData(form).entries());
  const data = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value).trim()]));
  return { subject: `custody/${form.dataset.hold}`, data: { ...data, draw: toHex(draw(DRAW_SIZE)) } };
}

/**
 * The reason that an act has sealed. Throws a CryptoError for another one.
 *
 * @param {any} act that placed the hold
 * @param {Uint8Array} sealed
 * @param {Uint8Array} seed of the reader's identity
 * @returns {Promise<string>}
 */
export async function openReason(act, sealed, seed) {
  if (act.data.sealed !== hashOf(sealed)) {
    throw new WrongPlace("the reason is not the one that was signed");
  }
  const found = parseCanonical(unpadMessage(await openSealed(sealed, seed)));
  if (found.kind !== "hold-reason" || `hold/${found.hold}` !== act.subject) {
    throw new WrongPlace("the reason is of another hold");
  }
  return String(found.reason);
}
