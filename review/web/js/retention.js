/**
 * The schedule and legal holds: what is signed to change the one, and to place or release the other.
 *
 * What a person is shown before they sign is read out of the very bytes that are signed. The reason
 * of a hold is sealed here, to readers of the roster under the committee's root key.
 */

import { actHash, buildAct, parseAct, signAct } from "../../../crypto/browser/src/act.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { b64, canonical } from "../../../crypto/browser/src/strict.js";
import { identitySeed, signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, hasWord, word } from "./page.js";
import { fetchBytes, Refused, SignedOut } from "./requests.js";
import {
  changeOf,
  holdOf,
  NotSigned,
  noteOf,
  openReason,
  placedBy,
  releasedBy,
  releaseOf,
} from "./retentiondata.js";

/** Which act a form makes, and where it goes. */
const FORMS = {
  "change-schedule": { make: changeOf, path: "/schedule/proposals" },
  "place-hold": { make: holdOf, path: "/holds" },
  "release-hold": { make: releaseOf, path: "/holds/releases" },
  "notify-custodian": { make: noteOf, path: "/holds/notes" },
  "acknowledge-hold": { make: noteOf, path: "/holds/notes" },
  "review-hold": { make: noteOf, path: "/holds/notes" },
};
const HANDLERS = { look, sign, decline, reason: showReason };

/** Take over the forms and buttons of both pages. */
export function startRetention() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form instanceof HTMLFormElement && form.dataset.retention !== undefined) {
      event.preventDefault();
      void within(form, send);
    }
  });
  for (const [name, handler] of Object.entries(HANDLERS)) {
    addEventListener("click", (event) => {
      const pressed = event.target instanceof Element ? event.target : null;
      const button = pressed?.closest(`[data-retention-${name}]`) ?? null;
      if (button !== null) {
        void within(/** @type {HTMLElement} */ (button.closest("[data-signed]")), handler);
      }
    });
  }
}

/** Take every opened reason off the page. */
export function closeRetention() {
  for (const place of document.querySelectorAll("[data-hold-reason]")) {
    place.textContent = "";
  }
}

/**
 * Do something with the open key, and say in the part's own line how it went.
 *
 * @param {HTMLElement} part
 * @param {(part: any, key: Key) => Promise<void>} act
 */
export async function within(part, act) {
  const [seed, locked] = [signingSeed(), untilLocked()];
  const buttons = part.querySelectorAll("button");
  const say = (/** @type {string} */ text) => fill(part, "data-status", text);
  try {
    if (seed === null || locked === null) {
      throw new NotSigned("document-locked");
    }
    say("");
    buttons.forEach((button) => (button.disabled = true));
    await act(part, { seed, locked });
  } catch (refused) {
    say(reasonOf(refused));
  } finally {
    buttons.forEach((button) => (button.disabled = false));
    seed?.fill(0);
  }
}

/** @typedef {{seed: Uint8Array, locked: AbortSignal}} Key */

/** Sign what a form says and send it. @param {HTMLFormElement} form @param {Key} key */
async function send(form, { seed, locked }) {
  const { make, path } = FORMS[form.dataset.retention];
  const roster = verifyRoster(await fetchBytes("/roster"), b64(frame().rootKey));
  const { subject, data, files = {} } = await make(form, roster);
  locked.throwIfAborted();
  const act = buildAct({
    installation: frame().installation,
    subject,
    act: form.dataset.retention,
    data,
    roster: roster.hash,
    on: frame().today,
    previous: form.dataset.previous || null,
  });
  const { signature } = signAct(act, frame().person, seed);
  const document = new TextDecoder().decode(canonical(act));
  await postAsSelf(path, { act: document, signature, ...files }, locked);
  form.reset();
  announce(word(`retention-done-${act.act}`));
  await refresh();
}

/** Show what a proposal says, or what would be released, and let it be signed. */
async function look(part) {
  const { subject, data } = termsOf(part);
  const lines = [["subject", subject], ...Object.entries(data)];
  const shown = lines
    .filter(([name, value]) => value !== null && hasWord(`retention-${name}`))
    .flatMap(([name, value]) => {
      const [term, said] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = word(`retention-${name}`);
      said.textContent = [value].flat().join(", ") || "–";
      return [term, said];
    });
  part.querySelector("[data-retention-lines]")?.replaceChildren(...shown);
  part.querySelector("[data-retention-sign], [data-retention-propose]")?.removeAttribute("hidden");
}

/** What is shown before somebody signs: out of the bytes that are signed, or that these name. */
function termsOf(/** @type {HTMLElement} */ part) {
  const { signed, placed, hold } = part.dataset;
  if (signed === "") {
    return genuine(placedBy(placed ?? "", `hold/${hold}`));
  }
  const act = actOf(part);
  const about = placed === undefined ? act : genuine(releasedBy(placed, act));
  return { subject: act.subject, data: { ...about.data, ...act.data } };
}

/** @param {HTMLElement} part @param {Key} key */
async function sign(part, { seed, locked }) {
  const act = actOf(part);
  termsOf(part);
  const { signature } = signAct(act, frame().person, seed);
  await postAsSelf(`${FORMS[act.act].path}/${actHash(act)}`, { signature }, locked);
  announce(word(`retention-signed-${act.act}`));
  await refresh();
}

/** @param {HTMLElement} part @param {Key} key */
async function decline(part, { locked }) {
  const act = actOf(part);
  await postAsSelf(`${FORMS[act.act].path}/${actHash(act)}/decline`, {}, locked);
  announce(word("texts-declined"));
  await refresh();
}

/** Open the reason of a hold, for as long as the key is open. @param {HTMLElement} part */
async function showReason(part, { locked }) {
  const seed = identitySeed();
  if (seed === null) {
    throw new NotSigned("document-locked");
  }
  const act = genuine(parseAct(utf8(part.dataset.placed ?? "")));
  const sealed = await fetchBytes(`/holds/${act.subject.slice("hold/".length)}/reason`, locked);
  const text = await openReason(act, sealed, seed);
  locked.throwIfAborted();
  fill(part, "data-hold-reason", text);
}

/** The act that another has signed, in the bytes of the page. @param {HTMLElement} part */
function actOf(part) {
  const act = genuine(parseAct(utf8(part.dataset.signed ?? "")));
  if (!Object.hasOwn(FORMS, act.act)) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

/** This act, if it is of this installation. @param {any} act */
function genuine(act) {
  if (act.installation !== frame().installation) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

/** Why it did not work, in the page's words or the server's. @param {unknown} refused */
function reasonOf(refused) {
  if (refused instanceof NotSigned) {
    return word(refused.word);
  }
  if (refused instanceof SignedOut) {
    return word("document-signed-out");
  }
  if (refused instanceof CryptoError || refused instanceof SyntaxError) {
    return word("texts-not-genuine");
  }
  if (refused instanceof Refused && refused.reasons.length > 0) {
    return refused.reasons.join(" ");
  }
  if (refused instanceof Refused && refused.status === 409) {
    return word("texts-moved");
  }
  return word(refused instanceof Refused && refused.status === 400 ? "retention-form" : "texts-trouble");
}
