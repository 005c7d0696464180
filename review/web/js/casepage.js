/**
 * The page of one case: opening it when the key is there, showing it, and clearing it again.
 */

import { openAttachment, save, takeBackAll } from "./attachments.js";
import { CaseRefused, mayAdd, openCase } from "./casefile.js";
import { forgetKeys } from "./generations.js";
import { formerSeeds, identitySeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { savedName, shownType } from "./names.js";
import { refresh } from "./navigation.js";
import { announce, fill, frame, leading, word } from "./page.js";
import { hidePlan, showPlan } from "./plan.js";
import { previewOf } from "./preview.js";
import { fetchBytes, fetchJson, Refused, SignedOut } from "./requests.js";
import { hideProposals, showProposals } from "./proposals.js";
import { hideSharing, showSharing } from "./shown.js";
import { elementsOf, warning } from "./thread.js";

/** @type {import("./casefile.js").CaseFile|null} */
let opened = null;
/** @type {AbortController|null} */
let work = null;
/** Cases whose page was fetched again after their first reading. @type {Set<string>} */
const refreshed = new Set();

/** The opened case of this page, or null. */
export function openedCase() {
  return opened;
}

/** Open the case of this page, if it is one and the key is there. */
export async function openCasePage() {
  const section = document.getElementById("thread");
  if (section === null || identitySeed() === null) {
    return;
  }
  work?.abort();
  const mine = (work = new AbortController());
  announce(word("opening"));
  section.setAttribute("aria-busy", "true");
  try {
    const { file, state } = await openedFrom(section, mine.signal);
    show(section, file);
    const count = file.entries.filter((entry) => entry.message !== null).length;
    announce(word(count === 1 ? "opened-one" : "opened", { count }));
    await tellOpened(file, state);
  } catch (refused) {
    if (!mine.signal.aborted) {
      showRefusal(section, refused);
    }
  }
  if (work === null || work === mine) {
    section.setAttribute("aria-busy", "false");
  }
}

/**
 * Open the case anew in a page fetched anew. What cannot be had stays as it was: everything is
 * fetched and checked before anything is taken from the page.
 *
 * @returns {Promise<{read: boolean, fresh: boolean}>} whether the case and its page are new
 */
export async function reopenCase() {
  const [section, locked] = [document.getElementById("thread"), untilLocked()];
  if (section === null || locked === null) {
    return { read: false, fresh: false };
  }
  let file;
  try {
    ({ file } = await openedFrom(section, locked));
  } catch (refused) {
    if (refused instanceof CaseRefused && !locked.aborted) {
      showRefusal(section, refused);
    }
    return { read: false, fresh: false };
  }
  const fresh = await refresh();
  const place = document.getElementById("thread");
  if (locked.aborted || place?.dataset.case !== file.id) {
    forgetKeys(file);
    return { read: false, fresh };
  }
  work ??= new AbortController();
  show(place, file);
  place.setAttribute("aria-busy", "false");
  return { read: true, fresh };
}

/**
 * The case of this page as the server has it now. Throws what fetching and checking throw, and
 * AbortError after the signal.
 *
 * @param {HTMLElement} section
 * @param {AbortSignal} signal
 */
async function openedFrom(section, signal) {
  const seed = /** @type {Uint8Array} */ (identitySeed());
  const { person, installation, rootKey, drillKey } = frame();
  const reader = { person, seed, former: formerSeeds(), installation, rootKey, drillKey };
  const manifest = await fetchJson(section.dataset.manifest ?? "", signal);
  const id = section.dataset.case ?? "";
  const file = await openCase(id, manifest, reader, (url) => fetchBytes(url, signal));
  if (signal.aborted) {
    forgetKeys(file);
  }
  signal.throwIfAborted();
  return { file, state: manifest.state };
}

/** Clear everything opened from the page and from memory. */
export function closeCasePage() {
  work?.abort();
  work = null;
  forgetKeys(opened);
  opened = null;
  takeBackAll();
  const section = document.getElementById("thread");
  section?.querySelector("[data-opened]")?.replaceChildren();
  hideProposals();
  hidePlan();
  document.getElementById("drill")?.toggleAttribute("hidden", true);
  hideSharing();
  setOpen(false);
}

/**
 * Tell the server how far this reader has read; the first reading changes the case's state, and
 * the page is then fetched again with what that state allows.
 *
 * @param {import("./casefile.js").CaseFile} file
 * @param {string} state
 */
async function tellOpened(file, state) {
  const n = String(file.heads.submitter?.n ?? 1);
  try {
    await postAsSelf(`/cases/${file.id}/opened`, { n });
  } catch (refused) {
    // The case stays open for its reader. Not told, the inbox goes on calling it unread.
    if (refused instanceof Refused || refused instanceof SignedOut || refused instanceof TypeError) {
      return;
    }
    throw refused;
  }
  if (state === "RECEIVED" && !refreshed.has(file.id)) {
    refreshed.add(file.id);
    await reopenCase();
  }
}

/** @param {HTMLElement} section @param {import("./casefile.js").CaseFile} file */
function show(section, file) {
  forgetKeys(opened);
  opened = file;
  const use = (act, entry, attachment, item) => void useFile(act, entry, attachment, item);
  section.querySelector("[data-opened]")?.replaceChildren(...elementsOf(file, use));
  showProposals(file);
  showPlan(file);
  document.getElementById("drill")?.toggleAttribute("hidden", file.drill === null);
  showSharing(file);
  setOpen(true);
}

/** @param {HTMLElement} section @param {unknown} refused */
function showRefusal(section, refused) {
  closeCasePage();
  const why = refused instanceof CaseRefused ? refused.word : "case-trouble";
  const place = /** @type {HTMLElement} */ (section.querySelector("[data-opened]"));
  place.replaceChildren(warning(word("warning-title"), word(why)));
  place.hidden = false;
  announce("");
}

/** Show what belongs to an open case, or to a locked one. @param {boolean} open */
function setOpen(open) {
  const hidden = /** @type {[string, boolean][]} */ ([
    ["#thread [data-locked]", open],
    ["#thread [data-opened]", !open],
    ["#search-box", !open],
    ["#print", !open],
    ["#acts", !open],
    ["#steps [data-locked]", open],
    ["#steps [data-steps]", !open],
  ]);
  for (const [selector, value] of hidden) {
    document.querySelector(selector)?.toggleAttribute("hidden", value);
  }
  for (const form of document.querySelectorAll("#acts form:not([data-step])")) {
    const thread = form.id === "note" ? "notes" : "committee";
    const allowed = open && opened !== null && mayAdd(opened, thread);
    form.querySelectorAll("button").forEach((button) => (button.disabled = !allowed));
    const why = opened?.held.blocked ? "needs-key" : "sending-off";
    const status = open && !allowed ? leading(why) : "";
    fill(/** @type {HTMLElement} */ (form), "data-status", status);
  }
}

/**
 * Save or preview an attachment, telling beside it how far it is.
 *
 * @param {"save"|"preview"} act
 * @param {any} entry
 * @param {any} attachment
 * @param {HTMLElement} item
 */
async function useFile(act, entry, attachment, item) {
  const file = opened;
  if (file === null || work === null) {
    return;
  }
  const { signal } = work;
  const name = savedName(attachment.name);
  const say = (text, values = {}) => fill(item, "data-status", word(text, { name, ...values }));
  const address = `/cases/${file.id}/slices/${entry.line.upload}/`;
  const fetchSlice = (index) => fetchBytes(`${address}${index}`, signal);
  try {
    const parts = await openAttachment(attachment, file.seeds.get(entry.generation), fetchSlice, (part, all) =>
      say("attachment-opening", { part, all }),
    );
    signal.throwIfAborted();
    if (act === "save") {
      save(parts, attachment.name);
      say("attachment-saved");
    } else {
      await preview(parts, shownType(attachment.type), item, say);
    }
  } catch {
    if (!signal.aborted) {
      say("attachment-damaged");
    }
  }
}

async function preview(parts, type, item, say) {
  const place = item.querySelector("[data-preview-place]");
  try {
    place.replaceChildren(await previewOf(parts, type));
    place.hidden = false;
    say("attachment-shown");
  } catch {
    say("attachment-no-preview");
  }
}
