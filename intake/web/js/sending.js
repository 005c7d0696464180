/**
 * Sending a form without its text ever leaving the tab in the clear.
 *
 * A form that is taken over is never sent by the browser again, whatever goes wrong: either the
 * sealed request was taken by the service, or a sentence says that nothing was sent.
 */

import { asProblem } from "./problem.js";
import {
  forgetProblem,
  freeze,
  offerAgain,
  sayNothing,
  sayProblem,
  sayWithProgress,
  sayWithStop,
  showSealedOnly,
} from "./page.js";
import { pay } from "./price.js";
import { Busy, NoAnswer, PriceAsked } from "./requests.js";

/** Whether this browser has what sealing takes; without it the page works as it is. */
export function canSeal() {
  return window.isSecureContext && Boolean(window.crypto?.subtle);
}

/** Let act(form, button value) do what the browser would have done with the form. */
export function takeOver(form, act) {
  let sending = false;
  form.addEventListener("submit", async (event) => {
    // First and before anything that could fail: from here on the browser sends nothing itself.
    event.preventDefault();
    if (sending) {
      return;
    }
    sending = true;
    await acting(form, () => act(form, event.submitter?.value));
    sending = false;
  });
  showSealedOnly();
  forgetOnLeaving(form);
  // Whatever early.js held back until now goes on.
  document.dispatchEvent(new Event("taken-over"));
}

/** Empty the form when the person uses the link for leaving in a hurry. */
function forgetOnLeaving(form) {
  for (const link of document.querySelectorAll("a.leave")) {
    link.addEventListener("click", () => form.reset());
  }
}

async function acting(form, act) {
  forgetProblem(form);
  sayNothing();
  try {
    await act();
  } catch (failure) {
    sayProblem(form, asProblem(failure));
  }
}

/** What send gives, with the form kept as it is meanwhile. */
export async function frozen(form, send) {
  const thaw = freeze(form);
  try {
    return await send();
  } finally {
    thaw();
  }
}

/** What send gives; whenever it does not get through, the person decides to try the same again. */
export async function persistently(send) {
  for (;;) {
    try {
      return await send();
    } catch (failure) {
      if (!(failure instanceof NoAnswer || failure instanceof Busy)) {
        throw failure;
      }
      await offerAgain(failure.word);
    }
  }
}

/**
 * What send gives. It takes the token and the price of a form, which stay with the form.
 *
 * A page that was open for a while has paid already; otherwise this device works when asked to.
 */
export async function paid(form, send) {
  const { token, price } = form.elements;
  for (;;) {
    try {
      return await persistently(() => send({ token: token.value, price: price.value }));
    } catch (failure) {
      if (!(failure instanceof PriceAsked)) {
        throw failure;
      }
      const { asked } = failure;
      price.value = await pay(asked, sayWithStop("paying", { seconds: asked.seconds }));
    }
  }
}

/** Send the files of an upload, showing how far it is. */
export async function sendFiles(upload) {
  if (upload.slices === 0) {
    return;
  }
  await persistently(() => {
    const { progress, ready } = sayWithProgress("sending-files", upload.slices);
    progress(upload.done);
    return upload.run(progress, undefined, ready);
  });
}
