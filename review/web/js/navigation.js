/**
 * Fetch-and-swap navigation, so that an unlocked identity outlives a link inside the console.
 *
 * Only main, the title and the attributes of body are taken from the fetched page, which must be
 * this console's, for the same person. To anything else the browser navigates itself, and the
 * identity is gone with the page. The history holds addresses and nothing more.
 */

import { frame, word } from "./page.js";
import { fetchPage } from "./requests.js";
import { keepTyped, unsent } from "./typed.js";

// The fetched page is our own server's, and the policy's one use is the parser below: scripts of
// a parsed document never run, and handlers in attributes are refused by script-src 'self'.
const policy = globalThis.trustedTypes?.createPolicy("underrose", {
  createHTML: (page) => page,
});

/** @type {AbortController|null} */
let visit = null;
let shown = "";
let hooks = { leaving: () => {}, arrived: () => {}, foreign: () => {} };

/** A page for another person, of another committee or of another installation than this tab's. */
class Foreign extends TypeError {
  name = "Foreign";
}

/**
 * Take over links inside the console.
 *
 * @param {object} given
 * @param {() => void} given.leaving runs before the old page is taken away
 * @param {() => void} given.arrived runs when the new one is in its place
 * @param {() => void} given.foreign runs before the browser goes to a page that is not this tab's
 */
export function startNavigation(given) {
  hooks = given;
  shown = location.href;
  addEventListener("click", (event) => {
    const address = ownLink(event);
    if (address === null) {
      return;
    }
    event.preventDefault();
    if (mayLeave()) {
      void show(address, "link");
    }
  });
  addEventListener("submit", (event) => {
    const address = ownQuestion(event);
    if (address !== null) {
      event.preventDefault();
      void show(address, "link");
    }
  });
  addEventListener("popstate", () => {
    if (samePage(location.href, shown)) {
      return;
    }
    if (mayLeave()) {
      void show(location.href, "back");
    } else {
      history.pushState(null, "", shown);
    }
  });
}

/**
 * Fetch the page that is shown again, keeping what is typed and where the reader is.
 *
 * The new page is as the server sent it: what was opened in the old one is closed first, and
 * whoever asked for the refresh opens it again. When the page cannot be had, the old one stays as
 * it is, with everything typed in it.
 *
 * @returns {Promise<boolean>} whether the new page is in place
 */
export function refresh() {
  return show(shown, "again");
}

/**
 * Take over what a new login of the same person brings: its token for the forms of this tab.
 *
 * Throws what fetching throws, SignedOut first of all. For somebody else's page the tab locks and
 * the browser goes there.
 */
export async function renewFrame() {
  try {
    adopt(parsePage(await fetchPage(shown)));
  } catch (refused) {
    if (refused instanceof Foreign) {
      goAway(shown);
    }
    throw refused;
  }
}

function mayLeave() {
  return unsent().length === 0 || confirm(word("unsent"));
}

/**
 * The address of a plain click on a plain link within the console, or null.
 *
 * @param {MouseEvent} event
 * @returns {string|null}
 */
function ownLink(event) {
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!plain || event.altKey || event.defaultPrevented || link === null) {
    return null;
  }
  if (["download", "target", "data-full"].some((name) => link.hasAttribute(name))) {
    return null;
  }
  const address = new URL(link.getAttribute("href") ?? "", location.href);
  if (address.origin !== location.origin || address.pathname.startsWith("/static/")) {
    return null;
  }
  return address.hash && samePage(address.href, location.href) ? null : address.href;
}

/**
 * The address that a form of main asks a page for, or null for a form that sends something.
 *
 * @param {SubmitEvent} event
 * @returns {string|null}
 */
function ownQuestion(event) {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "get" || !form.closest("main")) {
    return null;
  }
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) {
    address.searchParams.set(name, String(value));
  }
  return address.origin === location.origin && !event.defaultPrevented ? address.href : null;
}

/** Whether two addresses differ at most behind the hash. @param {string} a @param {string} b */
function samePage(a, b) {
  return a.split("#")[0] === b.split("#")[0];
}

/**
 * Put the page of that address in place; when a link cannot be followed so, the browser goes there
 * itself.
 *
 * @param {string} address
 * @param {"link"|"back"|"again"} how again keeps typed text, focus and the place on the page
 * @returns {Promise<boolean>} whether the page is in place
 */
async function show(address, how) {
  visit?.abort();
  const mine = (visit = new AbortController());
  try {
    const page = parsePage(await fetchPage(address, mine.signal));
    if (how === "again") {
      swapAgain(page);
      return true;
    }
    hooks.leaving();
    swap(page);
    if (how === "link") {
      history.pushState(null, "", address);
    }
    shown = address;
    markCurrent();
    scrollTo(0, 0);
    focusHeading();
    hooks.arrived();
    return true;
  } catch (refused) {
    if (refused instanceof Foreign) {
      goAway(address);
    } else if (how !== "again" && !mine.signal.aborted) {
      // Whatever went wrong, the browser's own navigation shows it, and locks by leaving the page.
      location.assign(address);
    }
    return false;
  }
}

/** Lock, and let the browser load that page as a new one. @param {string} address */
function goAway(address) {
  hooks.foreign();
  location.assign(address);
}

/**
 * A page of the console as a document, which is this tab's; throws Foreign or TypeError otherwise.
 *
 * @param {string} text
 * @returns {Document}
 */
export function parsePage(text) {
  const trusted = /** @type {string} */ (policy ? policy.createHTML(text) : text);
  const page = new DOMParser().parseFromString(trusted, "text/html");
  const [theirs, ours] = [page.body.dataset, document.body.dataset];
  // That page must not meet this tab's identity, nor bring the key by which it checks a roster.
  if (["person", "installation", "rootKey"].some((name) => theirs[name] !== ours[name])) {
    throw new Foreign("a page that is not this tab's");
  }
  if (page.getElementById("main") === null) {
    throw new TypeError("not a page of the console");
  }
  return page;
}

/** @param {Document} page */
function swap(page) {
  const main = /** @type {HTMLElement} */ (page.getElementById("main"));
  document.getElementById("main")?.replaceWith(document.adoptNode(main));
  document.title = page.title;
  adopt(page);
}

/** Take over what a page says of this person, in this tab's own forms too. @param {Document} page */
function adopt(page) {
  for (const { name, value } of page.body.attributes) {
    if (name.startsWith("data-")) {
      document.body.setAttribute(name, value);
    }
  }
  for (const field of document.querySelectorAll("input[name=csrf]")) {
    field.setAttribute("value", frame().csrf);
  }
}

/** Where the reader is shows in the frame's navigation too: the page, or the part it is of. */
function markCurrent() {
  for (const more of document.querySelectorAll(".frame details.more")) {
    more.removeAttribute("open");
  }
  for (const link of document.querySelectorAll(".frame nav a[href]")) {
    const path = new URL(/** @type {HTMLAnchorElement} */ (link).href).pathname;
    if (path === location.pathname || (path !== "/" && location.pathname.startsWith(`${path}/`))) {
      link.setAttribute("aria-current", "page");
    } else {
      link.removeAttribute("aria-current");
    }
  }
}

/** @param {Document} page */
function swapAgain(page) {
  const putBack = keepTyped();
  const focused = document.activeElement;
  const inside = focused?.closest("#main") !== null;
  hooks.leaving();
  swap(page);
  putBack();
  if (inside) {
    const same = document.getElementById(focused?.id || "-");
    same === null ? focusHeading() : same.focus({ preventScroll: true });
  }
}

/** A screen reader starts at the heading, as it would on a page of its own. */
export function focusHeading() {
  const heading = document.querySelector("main h1");
  if (heading instanceof HTMLElement) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}
