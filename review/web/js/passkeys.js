/**
 * Passkeys in this browser: what the server asks for, and the answer as it reads it.
 *
 * The server writes bytes as base64url, the browser wants buffers. Nothing else happens here, and
 * nothing of it is kept.
 */

/** Whether this browser knows passkeys. */
export function knowsPasskeys() {
  return globalThis.PublicKeyCredential !== undefined && isSecureContext;
}

/**
 * Make a passkey; null when the person or the device would not.
 *
 * @param {any} asked what the server asks for
 * @returns {Promise<string|null>}
 */
export async function makePasskey(asked) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: asked.excludeCredentials.map(named),
  };
  const made = await orNull(navigator.credentials.create({ publicKey }));
  return made === null ? null : answer(made, ["clientDataJSON", "attestationObject"]);
}

/**
 * Show a passkey; null when the person or the device would not.
 *
 * @param {any} asked what the server asks for
 * @returns {Promise<string|null>}
 */
export async function showPasskey(asked) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: asked.allowCredentials.map(named),
  };
  const shown = await orNull(navigator.credentials.get({ publicKey }));
  const parts = ["clientDataJSON", "authenticatorData", "signature", "userHandle"];
  return shown === null ? null : answer(shown, parts);
}

/** @param {Promise<Credential|null>} credential @returns {Promise<any>} */
async function orNull(credential) {
  try {
    return await credential;
  } catch (refused) {
    // Saying no, waiting too long and a device that has none are all told by this class.
    if (refused instanceof DOMException) {
      return null;
    }
    throw refused;
  }
}

/** @param {{id: string}} each */
function named(each) {
  return { ...each, id: bytes(each.id) };
}

/** @param {any} credential @param {string[]} parts */
function answer(credential, parts) {
  const response = Object.fromEntries(
    parts
      .filter((part) => credential.response[part] !== null)
      .map((part) => [part, text(credential.response[part])]),
  );
  const id = text(credential.rawId);
  return JSON.stringify({ id, rawId: id, type: credential.type, response });
}

/** @param {string} written base64url @returns {Uint8Array} */
function bytes(written) {
  const plain = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer @returns {string} base64url */
function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
