/**
 * Who reads a case, changed by those who read it: recusals, new keys, and second signatures.
 *
 * Everything is drawn, sealed, checked and signed here. The server is told which act was meant and
 * keeps it; what it lists of the acts of others is opened and held against the case before anybody
 * signs it too.
 */

import {
  actHash,
  buildAct,
  checkSigners,
  parseAct,
  signAct,
} from "../../../crypto/browser/src/act.js";
import { recipientFromSeed, SEED_SIZE } from "../../../crypto/browser/src/age.js";
import { draw, hashOf, utf8 } from "../../../crypto/browser/src/bytes.js";
import { caseId, chooseReaders, openGrant, sealGrant } from "../../../crypto/browser/src/case.js";
import { CryptoError, WrongPlace } from "../../../crypto/browser/src/errors.js";
import { changeIn, openLink, rekeyData, REKEY, sealLink } from "../../../crypto/browser/src/keying.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { SHARE } from "../../../crypto/browser/src/sharing.js";
import { b64, canonical } from "../../../crypto/browser/src/strict.js";
import { openedCase, reopenCase } from "./casepage.js";
import { identitySeed, signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf, standing } from "./login.js";
import { fill, frame, leading, word } from "./page.js";
import { fetchBytes, fetchJson, Refused, SignedOut } from "./requests.js";
import { checkShare, NotShared, shareOffer } from "./sharing.js";
import { NEEDS_KEY, wantsKey } from "./writing.js";

const RECUSE = "recuse";
const PLACES = /** @type {Record<string, string>} */ ({
  [RECUSE]: "recusals",
  [REKEY]: "keys",
  [SHARE]: "shares",
  release: "releases",
});

/** Take over the forms under "Who can read this". The browser itself never submits them. */
export function startChanging() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.change !== undefined) {
      event.preventDefault();
      void change(form);
    }
  });
}

/**
 * @typedef {object} Work
 * @property {HTMLFormElement} form
 * @property {string} id of the case
 * @property {any} roster in force, under the committee's root key
 * @property {any} manifest
 * @property {AbortSignal} locked
 */

/** @param {HTMLFormElement} form */
async function change(form) {
  const [signing, locked] = [signingSeed(), untilLocked()];
  if (signing === null || locked === null) {
    say(form, "change-locked");
    return;
  }
  setBusy(form, true);
  say(form, "sending");
  try {
    await standing();
    const act = await asked(await workOf(form, locked));
    locked.throwIfAborted();
    await send(act, signing, locked);
    await done(form, act.act);
  } catch (refused) {
    if (!locked.aborted) {
      say(form, reason(refused));
    }
  } finally {
    signing.fill(0);
    setBusy(form, false);
  }
}

/** @param {HTMLFormElement} form @param {AbortSignal} locked @returns {Promise<Work>} */
async function workOf(form, locked) {
  const section = /** @type {HTMLElement} */ (document.getElementById("thread"));
  const roster = verifyRoster(await fetchBytes("/roster", locked), b64(frame().rootKey));
  const manifest = await fetchJson(section.dataset.manifest ?? "", locked);
  return { form, id: section.dataset.case ?? "", roster, manifest, locked };
}

/**
 * The act that the form asks for, and the files that go with it.
 *
 * @param {Work} work
 * @returns {Promise<{act: any, files: Record<string, string|Uint8Array>}>}
 */
function asked(work) {
  const { form } = work;
  switch (form.dataset.change) {
    case "self":
      return recusal(work, frame().person);
    case "other":
      return recusal(work, String(new FormData(form).get("person")));
    case "release":
      return plain(work, "release", {});
    case "key":
      return newKey(work);
    case "share":
      return newShare(work);
    default:
      return waiting(work, form.dataset.act ?? "");
  }
}

/** @param {Work} work @param {string} person */
function recusal(work, person) {
  return plain(work, RECUSE, { person });
}

/** @param {Work} work @param {string} name @param {any} data */
async function plain({ id, roster, manifest }, name, data) {
  const act = buildAct({
    installation: roster.installation,
    subject: id,
    act: name,
    data,
    roster: roster.hash,
    on: frame().today,
    previous: manifest.held.previous,
  });
  return { act, files: {} };
}

/**
 * A new key of the case for whoever is to read from now on.
 *
 * @param {Work} work
 */
async function newKey(work) {
  const file = openedHere(work);
  const { roster, manifest } = work;
  const readers = nextReaders(work);
  const seed = draw(SEED_SIZE);
  const recipient = await recipientFromSeed(seed);
  const grant = await sealGrant(seed, readers.map((each) => each.recipient), roster.slots);
  const link = await sealLink(file.seed, recipient);
  seed.fill(0);
  work.locked.throwIfAborted();
  const data = rekeyData({
    generation: manifest.generation + 1,
    recipient,
    before: file.recipient,
    grant,
    link,
    readers: readers.map((each) => each.id),
  });
  const { act } = await plain(work, REKEY, data);
  return { act, files: { recipient, grant, link } };
}

/**
 * The case for an investigator whose key this person has heard.
 *
 * @param {Work} work
 */
async function newShare(work) {
  const form = new FormData(work.form);
  const told = { ...work, file: openedHere(work) };
  const offer = await shareOffer(told, String(form.get("person")), String(form.get("fingerprint")));
  work.locked.throwIfAborted();
  const { act } = await plain(work, SHARE, offer.data);
  return { act, files: { recipient: offer.recipient, grant: offer.grant } };
}

/** The open case that a form is about. @param {Work} work */
function openedHere(work) {
  const file = openedCase();
  if (file === null || file.id !== work.id) {
    throw new CannotSign("change-not-open");
  }
  return file;
}

/** Who reads from now on: by the submission itself where it is open. @param {Work} work */
function nextReaders({ roster, manifest, id }) {
  const file = openedCase();
  const excluded = file?.id === id ? file.submission.excluded : manifest.excluded;
  const out = [...new Set([...excluded, ...manifest.held.recused])];
  return chooseReaders(roster, out.filter((person) => roster.ids.includes(person)));
}

/**
 * An act that somebody else has signed, once everything of it that can be checked agrees.
 *
 * @param {Work} work
 * @param {string} hash
 */
async function waiting(work, hash) {
  const found = work.manifest.held.waiting
    .map((each) => ({ ...each, act: parseAct(utf8(each.act)) }))
    .find((each) => actHash(each.act) === hash);
  if (found === undefined) {
    throw new CannotSign("change-moved");
  }
  const { act } = found;
  checkSigners(act, found.signatures, work.roster);
  if (act.subject !== work.id || act.previous !== work.manifest.held.previous) {
    throw new WrongPlace("the act is not the next one of this case");
  }
  if (act.act === REKEY) {
    await checkOffer(work, act, found);
  }
  if (act.act === SHARE) {
    const grant = await fetchBytes(found.files.grant, work.locked);
    const typed = String(new FormData(work.form).get("fingerprint"));
    checkShare({ ...work, file: openedHere(work) }, act, { recipient: found.recipient, grant }, typed);
  }
  return { act, files: {} };
}

/** Open what an act would give the case, and hold it against the case. */
async function checkOffer(work, act, { recipient, files }) {
  const data = changeIn(act);
  const [grant, link] = await Promise.all(
    ["grant", "link"].map((name) => fetchBytes(files[name], work.locked)),
  );
  const identity = /** @type {Uint8Array} */ (identitySeed());
  const seed = await openGrant(grant, identity);
  const before = await openLink(link, seed);
  const made = await recipientFromSeed(seed);
  const file = openedCase();
  const now = file?.id === work.id ? file.recipient : work.manifest.recipient;
  const right =
    hashOf(grant) === data.grant &&
    hashOf(link) === data.link &&
    made === recipient &&
    caseId(made) === data.recipient &&
    caseId(await recipientFromSeed(before)) === data.before &&
    caseId(now) === data.before &&
    data.generation === work.manifest.generation + 1 &&
    nextReaders(work).map(({ id }) => id).sort().join(" ") === data.readers.join(" ");
  [seed, before].forEach((each) => each.fill(0));
  if (!right) {
    throw new WrongPlace("the new key is not what its act says");
  }
}

/** Post an act with this person's signature under it. */
async function send({ act, files }, signing, locked) {
  const { signature } = signAct(act, frame().person, signing);
  const document = new TextDecoder().decode(canonical(act));
  const place = PLACES[act.act];
  await postAsSelf(`/cases/${act.subject}/${place}`, { act: document, signature, ...files }, locked);
}

/** Show what the case is now; who has left it is led to the others. */
async function done(form, act) {
  const own = act.act === RECUSE && act.data.person === frame().person;
  if (own) {
    /** @type {HTMLElement|null} */ (document.querySelector(".back a"))?.click();
    return;
  }
  await reopenCase();
  const place = document.getElementById("readers-status");
  if (place !== null) {
    place.textContent = word("change-done");
  } else {
    say(form, "change-done");
  }
}

/** An act that is not signed; `word` names the page's reason. */
class CannotSign extends Error {
  name = "CannotSign";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** @param {unknown} refused */
function reason(refused) {
  if (refused instanceof CannotSign || refused instanceof NotShared) {
    return refused.word;
  }
  if (refused instanceof SignedOut) {
    return "sent-signed-out";
  }
  if (wantsKey(refused)) {
    return NEEDS_KEY;
  }
  if (refused instanceof Refused) {
    return refused.status === 409 ? "change-moved" : "change-not";
  }
  return refused instanceof CryptoError ? "change-not-checked" : "change-not";
}

/** @param {HTMLFormElement} form @param {string} name */
function say(form, name) {
  fill(form, "data-status", leading(name));
}

/** @param {HTMLFormElement} form @param {boolean} busy */
function setBusy(form, busy) {
  form.querySelectorAll("button").forEach((button) => (button.disabled = busy));
}
