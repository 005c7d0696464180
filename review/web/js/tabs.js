/**
 * The other tabs of the console in this browser, which share this tab's login.
 *
 * One word goes between them, and nothing secret: lock. A page of another origin neither hears it
 * nor can say it.
 */

const LOCK = "lock";
const channel = new BroadcastChannel("underrose");

/** Lock every other tab: the login that they share has ended. */
export function lockOthers() {
  channel.postMessage(LOCK);
}

/** @param {() => void} lock */
export function whenOthersLock(lock) {
  channel.addEventListener("message", (event) => event.data === LOCK && lock());
}
