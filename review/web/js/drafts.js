/**
 * What was typed and not sent when the tab locked: put aside sealed, in memory, and given back.
 *
 * A lock clears the page, and a long reply must not be lost to a telephone call. Each text is
 * sealed to the reader's own recipient, so that what stays in a locked tab is an envelope.
 */

import { openSealed, seal } from "../../../crypto/browser/src/age.js";
import { utf8 } from "../../../crypto/browser/src/bytes.js";
import { unsent } from "./typed.js";

/** @type {Map<string, Promise<Uint8Array>>} */
const aside = new Map();

/** Whether anything waits to be given back. */
export function anyAside() {
  return aside.size > 0;
}

/** Seal what is typed on this page. @param {string} recipient the reader's own */
export function putAside(recipient) {
  for (const field of unsent()) {
    aside.set(placeOf(field), seal(utf8(field.value), [recipient]));
  }
}

/**
 * Put back what belongs to this page, before what has been typed since.
 *
 * Another lock may come while a text is being opened: then it stays put aside.
 *
 * @param {Uint8Array} seed
 * @param {AbortSignal} locked
 */
export async function giveBack(seed, locked) {
  for (const field of document.querySelectorAll("main form textarea")) {
    if (!(field instanceof HTMLTextAreaElement)) {
      continue;
    }
    const sealed = aside.get(placeOf(field));
    if (sealed === undefined) {
      continue;
    }
    const opened = openSealed(await sealed, seed).catch((refused) => {
      if (!locked.aborted) {
        throw refused;
      }
      return null;
    });
    const text = await opened;
    if (text === null || locked.aborted || !field.isConnected) {
      return;
    }
    aside.delete(placeOf(field));
    const words = new TextDecoder().decode(text);
    field.value = field.value.trim() === "" ? words : `${words}\n\n${field.value}`;
  }
}

/** @param {HTMLTextAreaElement} field */
function placeOf(field) {
  return `${location.pathname}#${field.form?.id ?? ""}.${field.name}`;
}
