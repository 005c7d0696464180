/**
 * The console's script: unlocking, opening, adding and locking, all in the reader's own tab.
 *
 * The server keeps envelopes and sends them; the identity that opens them is in a variable of
 * this tab (keyring.js), and what it opens is on this page until the tab locks.
 */

import { b64 } from "../../../crypto/browser/src/strict.js";
import { CryptoError, WrongPassphrase } from "../../../crypto/browser/src/errors.js";
import { verifyRoster } from "../../../crypto/browser/src/roster.js";
import { settle, startActs } from "./acts.js";
import { startAllKeys } from "./allkeys.js";
import { startChanging } from "./changing.js";
import { closeCasePage, openCasePage } from "./casepage.js";
import { closeConcern, showPeople, startConcern } from "./concernform.js";
import { startConfirming } from "./confirming.js";
import { showChoice, startDispositions } from "./dispositions.js";
import { startDocuments } from "./documents.js";
import { startEnrolling, stopEnrolling } from "./enrolling.js";
import { anyAside, giveBack, putAside } from "./drafts.js";
import {
  addFormer,
  forget,
  identitySeed,
  KeyRefused,
  ownRecipient,
  unlock,
  unlockByPasskey,
  untilLocked,
} from "./keyring.js";
import { lockBySelf } from "./lock.js";
import { standing, startLogin, touched } from "./login.js";
import { focusHeading, startNavigation } from "./navigation.js";
import { startOwnSignIns } from "./ownsignins.js";
import { announce, frame, word } from "./page.js";
import { startRecovering } from "./recovering.js";
import { startRecording } from "./recording.js";
import { startRedacting } from "./redact.js";
import { startReplying } from "./replying.js";
import { closeRetention, startRetention } from "./retention.js";
import { fetchBytes, fetchJson, Refused, SignedOut } from "./requests.js";
import { startSteps } from "./steps.js";
import { searchIn } from "./search.js";
import { lockOthers, whenOthersLock } from "./tabs.js";
import { startTexts } from "./texts.js";
import { clearTyped, unsent } from "./typed.js";

/** @param {string} id */
const part = (id) => document.getElementById(id);

function start() {
  if (frame().person === "") {
    return;
  }
  const foreign = () => lock(word("locked-elsewhere"));
  const leaving = () => {
    closeCasePage();
    closeConcern();
    stopEnrolling();
  };
  const arrived = () => {
    showChoice();
    void showPeople();
    void opening();
  };
  startNavigation({ leaving, arrived, foreign });
  startLogin();
  startConfirming();
  startOwnSignIns();
  startRecovering();
  startDocuments();
  startRecording();
  startEnrolling();
  addEventListener("pagehide", stopEnrolling);
  // The login ends for every tab of this browser, and no answer tells the others so.
  addEventListener("submit", (event) => event.target === part("sign-out") && lockOthers());
  addEventListener("beforeunload", (event) => {
    if (unsent().length > 0 || anyAside()) {
      event.preventDefault();
    }
  });
  if (part("keyring") === null) {
    return;
  }
  startActs();
  startChanging();
  startAllKeys();
  startConcern();
  void showPeople();
  startTexts();
  startRetention();
  startDispositions();
  startRedacting();
  startReplying();
  startSteps();
  part("unlock")?.addEventListener("submit", (event) => {
    event.preventDefault();
    void unlocking();
  });
  part("unlock-passkey")?.addEventListener("click", () => void unlockingByPasskey());
  part("lock")?.addEventListener("click", () => {
    lock(word("locked"));
    part("passphrase")?.focus();
  });
  addEventListener("input", (event) => event.target === part("search") && searching());
  addEventListener("click", (event) => event.target === part("print") && print());
  const minutes = frame().idleMinutes;
  const unlocked = () => identitySeed() !== null;
  whenOthersLock(foreign);
  lockBySelf(
    minutes,
    (why) => lock(why === "idle" ? word("locked-idle", { minutes }) : ""),
    () => touched(unlocked),
  );
}

/** Open the identity with what is in the passphrase field, and then the case of this page. */
async function unlocking() {
  const field = /** @type {HTMLInputElement} */ (part("passphrase"));
  const button = part("unlock")?.querySelector("button");
  const passphrase = field.value;
  field.value = "";
  say(word("unlocking"));
  button?.toggleAttribute("disabled", true);
  try {
    // The derivation holds this thread for seconds; the sentence must be on the screen before.
    await new Promise((painted) => setTimeout(painted, 50));
    await standing();
    const [file, roster] = await Promise.all([fetchBytes("/me/identity"), ownRoster()]);
    await unlock(file, passphrase, frame().person, roster, frame().investigates);
    await isUnlocked();
  } catch (refused) {
    say(word(reason(refused)));
    field.focus();
  } finally {
    button?.toggleAttribute("disabled", false);
  }
}

/** Open the identity with one of the person's passkeys, the newest first. */
async function unlockingByPasskey() {
  const button = part("unlock-passkey");
  button?.toggleAttribute("disabled", true);
  say("");
  try {
    await standing();
    const { passkeys } = await fetchJson("/me/key/passkeys");
    if (passkeys.length === 0) {
      say(word("no-passkey-file"));
      return;
    }
    const roster = await ownRoster();
    const file = await fetchBytes(`/me/key/passkeys/${Number(passkeys[0].n)}`);
    const { person, investigates } = frame();
    await unlockByPasskey(file, String(passkeys[0].passkey), person, roster, investigates);
    await isUnlocked();
  } catch (refused) {
    const known = refused instanceof KeyRefused || refused instanceof SignedOut;
    say(word(known ? reason(refused) : "own-key-not-opened"));
  } finally {
    button?.toggleAttribute("disabled", false);
  }
}

/** Show that the key is open, fetch the keys of before, and open the case of this page. */
async function isUnlocked() {
  try {
    const former = await fetchBytes("/me/key/former");
    if (former.length > 0) {
      await addFormer(former);
    }
  } catch (refused) {
    // Most people have had one key only; a file of others that does not open must lock nobody out.
    if (!(refused instanceof Refused || refused instanceof CryptoError)) {
      throw refused;
    }
  }
  showLocked(false);
  say(word("unlocked", { minutes: frame().idleMinutes }));
  focusHeading();
  await opening();
}

/** The page's word for why a key stays shut. @param {unknown} refused */
function reason(refused) {
  if (refused instanceof WrongPassphrase) {
    return "wrong-passphrase";
  }
  if (refused instanceof KeyRefused) {
    return refused.word;
  }
  if (refused instanceof SignedOut) {
    return "signed-out";
  }
  return refused instanceof Refused && refused.status === 404 ? "no-key-file" : "unlock-trouble";
}

/** The server's current roster under the root key. */
async function ownRoster() {
  try {
    return verifyRoster(await fetchBytes("/roster"), b64(frame().rootKey));
  } catch (refused) {
    throw refused instanceof CryptoError ? new KeyRefused("roster-not-checked") : refused;
  }
}

async function opening() {
  const [seed, locked] = [identitySeed(), untilLocked()];
  if (seed !== null && locked !== null) {
    await giveBack(seed, locked);
    await openCasePage();
    settle();
  }
}

/** Wipe the identity and everything it opened. @param {string} said */
function lock(said) {
  if (part("keyring") === null) {
    return;
  }
  const recipient = ownRecipient();
  if (recipient !== null && said !== "") {
    putAside(recipient);
  }
  const was = identitySeed() !== null;
  closeCasePage();
  closeConcern();
  stopEnrolling();
  closeRetention();
  clearTyped();
  forget();
  /** @type {HTMLInputElement} */ (part("passphrase")).value = "";
  showLocked(true);
  if (was) {
    announce("");
    say(said);
  }
}

/** @param {boolean} locked */
function showLocked(locked) {
  part("unlock")?.toggleAttribute("hidden", !locked);
  part("unlock-passkey")?.toggleAttribute("hidden", !locked);
  part("unlocked")?.toggleAttribute("hidden", locked);
}

/** Say how it stands with the key. @param {string} text */
function say(text) {
  const place = part("keyring-status");
  if (place !== null) {
    place.textContent = text;
  }
}

function searching() {
  const field = /** @type {HTMLInputElement} */ (part("search"));
  const thread = part("thread");
  if (thread === null) {
    return;
  }
  const found = searchIn(thread, field.value);
  const place = part("search-count");
  if (place !== null) {
    const all = thread.querySelectorAll(".message").length;
    place.textContent = field.value.trim() === "" ? "" : word("found", { count: found, all });
  }
}

start();
