/**
 * Loads what checks proofs when somebody first asks for it: it is large, and few will.
 *
 * The page names the script's address and hash, as it does for every other script, so a browser
 * refuses a file that is not the released one.
 */

const OURS = /^\/static\/[a-z]+\.js$/;

// The one policy of these pages. What it lets through is an address of our own, and nothing else.
const policy = globalThis.trustedTypes?.createPolicy("underrose", { createScriptURL: ownAddress });

let loading = null;

function ownAddress(address) {
  if (!OURS.test(address)) {
    throw new TypeError("not a script of this service");
  }
  return address;
}

/** What the check finds, see proof.js; null when it could not be loaded. */
export async function checkProof({ script, integrity }, asked) {
  try {
    await (loading ??= load(script, integrity));
  } catch {
    loading = null;
    return null;
  }
  return new Promise((answer) => {
    document.dispatchEvent(new CustomEvent("check-proof", { detail: { ...asked, answer } }));
  });
}

function load(address, integrity) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = policy ? policy.createScriptURL(address) : ownAddress(address);
    element.integrity = integrity;
    document.addEventListener("proof-check-ready", resolve, { once: true });
    element.addEventListener("error", () => {
      element.remove();
      reject(new Error("the check could not be loaded"));
    });
    document.head.append(element);
  });
}
