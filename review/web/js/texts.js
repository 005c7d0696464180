/**
 * The committee's own texts: a preview of what is signed, and the signature itself.
 *
 * What the preview shows is read out of the very bytes whose hash goes into the act, so that a
 * server cannot show one text and have another signed. The server still refuses words that impede.
 */

import { actHash, buildAct, parseAct, signAct } from "../../../crypto/browser/src/act.js";
import { hashOf, utf8 } from "../../../crypto/browser/src/bytes.js";
import { CryptoError } from "../../../crypto/browser/src/errors.js";
import { canonical } from "../../../crypto/browser/src/strict.js";
import { signingSeed, untilLocked } from "./keyring.js";
import { postAsSelf } from "./login.js";
import { refresh } from "./navigation.js";
import { announce, copyOf, fill, frame, word } from "./page.js";
import { postJson, Refused, SignedOut } from "./requests.js";

const LINES = ["name", "about", "emergency", "leave"];
const ACT = "change-texts";

/** What was asked for cannot be signed; `word` names the page's reason. */
class NotSigned extends Error {
  name = "NotSigned";

  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** Take over the page's form and buttons. */
export function startTexts() {
  addEventListener("submit", (event) => {
    if (event.target instanceof HTMLFormElement && event.target.id === "own-texts") {
      event.preventDefault();
      void within(event.target, previewDraft);
    }
  });
  addEventListener("input", (event) => {
    const form = event.target instanceof Element && event.target.closest("#own-texts");
    if (form) {
      // What is signed is what was looked at.
      hide(part(form));
    }
  });
  for (const [name, act] of Object.entries({ look, sign, decline })) {
    addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest(`[data-texts-${name}]`);
      if (button) {
        void within(button, act);
      }
    });
  }
}

/** @param {Element} inside @param {(section: HTMLElement) => Promise<void>} act */
async function within(inside, act) {
  const section = part(inside);
  const say = (/** @type {string} */ text) => fill(section, "data-texts-status", text);
  try {
    say("");
    await act(section);
  } catch (refused) {
    say(refused instanceof Problems ? refused.message : word(reason(refused)));
  }
}

/** What the server finds wrong with a draft, in its own sentences. */
class Problems extends Error {
  name = "Problems";
}

/** @param {HTMLElement} section */
async function previewDraft(section) {
  const text = new TextDecoder().decode(canonical(draft(section)));
  const { problems } = await postJson("/texts/check", { document: text, csrf: frame().csrf });
  if (problems.length > 0) {
    hide(section);
    throw new Problems(problems.join(" "));
  }
  section.dataset.document = text;
  await look(section);
}

/** The document that the form's fields make. @param {HTMLElement} section */
function draft(section) {
  const value = (/** @type {Element|null} */ field) =>
    field instanceof HTMLInputElement ? field.value.trim().replace(/\s+/g, " ").normalize("NFC") : "";
  const lines = LINES.map((name) => [name, value(section.querySelector(`[name=${name}]`)) || null]);
  const titles = [...section.querySelectorAll("[name=title]")]
    .map((field) => [/** @type {HTMLElement} */ (field).dataset.person, value(field)])
    .filter(([, title]) => title !== "");
  return {
    ...Object.fromEntries(lines),
    v: 1,
    kind: "texts",
    installation: frame().installation,
    lang: section.dataset.lang,
    titles: Object.fromEntries(titles),
  };
}

/** Show the texts that would be signed, and let them be. @param {HTMLElement} section */
async function look(section) {
  const texts = textsOf(section);
  const preview = copyOf("texts-preview");
  const usual = (/** @type {string} */ name) => word(`texts-usual-${name}`);
  for (const name of LINES) {
    fill(preview, `data-preview-${name}`, texts[name] ?? usual(name));
  }
  const titles = Object.entries(texts.titles).map(([person, title]) => {
    const item = document.createElement("li");
    item.textContent = `${person}: ${title}`;
    return item;
  });
  preview.querySelector("[data-preview-titles]")?.replaceChildren(...titles);
  section.querySelector("[data-texts-preview]")?.replaceChildren(preview);
  section.querySelector("[data-texts-sign]")?.removeAttribute("hidden");
}

/** The texts in the page's bytes, which must be the one spelling. @param {HTMLElement} section */
function textsOf(section) {
  const text = section.dataset.document ?? "";
  const texts = JSON.parse(text);
  const spelled = new TextDecoder().decode(canonical(texts));
  if (spelled !== text || texts.kind !== "texts" || texts.installation !== frame().installation) {
    throw new NotSigned("texts-not-genuine");
  }
  return texts;
}

/** @param {HTMLElement} section */
async function sign(section) {
  const [seed, locked] = [signingSeed(), untilLocked()];
  if (seed === null || locked === null) {
    throw new NotSigned("document-locked");
  }
  try {
    const texts = textsOf(section);
    const digest = hashOf(utf8(section.dataset.document ?? ""));
    const isNew = section.dataset.act === undefined;
    const act = isNew ? newAct(section, texts, digest) : proposed(section, texts, digest);
    const { signature } = signAct(act, frame().person, seed);
    const fields = isNew
      ? {
          document: section.dataset.document ?? "",
          act: new TextDecoder().decode(canonical(act)),
          signature,
        }
      : { signature };
    const path = isNew ? "/texts/proposals" : `/texts/proposals/${section.dataset.hash}`;
    await postAsSelf(path, fields, locked);
  } finally {
    seed.fill(0);
  }
  announce(word("texts-signed"));
  await refresh();
}

/** @param {HTMLElement} section @param {any} texts @param {string} digest */
function newAct(section, texts, digest) {
  const { today, installation } = frame();
  return buildAct({
    installation,
    subject: `texts/${texts.lang}`,
    act: ACT,
    data: { lang: texts.lang, text: digest },
    roster: section.dataset.roster,
    on: today,
    previous: section.dataset.previous || null,
  });
}

/** The act that another has signed, if it is about the texts shown. */
function proposed(section, texts, digest) {
  const act = parseAct(utf8(section.dataset.act ?? ""));
  const about = act.act === ACT && act.subject === `texts/${texts.lang}`;
  const same = act.data.text === digest && act.data.lang === texts.lang;
  if (!about || !same || act.installation !== frame().installation) {
    throw new NotSigned("texts-not-genuine");
  }
  if (actHash(act) !== section.dataset.hash) {
    throw new NotSigned("texts-not-genuine");
  }
  return act;
}

/** @param {HTMLElement} section */
async function decline(section) {
  await postAsSelf(`/texts/proposals/${section.dataset.hash}/decline`, {});
  announce(word("texts-declined"));
  await refresh();
}

/** @param {Element} inside @returns {HTMLElement} */
function part(inside) {
  return /** @type {HTMLElement} */ (inside.closest("[data-texts]"));
}

/** @param {HTMLElement} section */
function hide(section) {
  section.querySelector("[data-texts-preview]")?.replaceChildren();
  section.querySelector("[data-texts-sign]")?.setAttribute("hidden", "");
}

/** The page's word for why it did not work. @param {unknown} refused */
function reason(refused) {
  if (refused instanceof NotSigned) {
    return refused.word;
  }
  if (refused instanceof SignedOut) {
    return "document-signed-out";
  }
  if (refused instanceof CryptoError || refused instanceof SyntaxError) {
    return "texts-not-genuine";
  }
  if (refused instanceof Refused && refused.status === 409) {
    return "texts-moved";
  }
  if (refused instanceof Refused && refused.status === 422) {
    return "texts-refused";
  }
  return refused instanceof Refused && refused.status === 400 ? "texts-form" : "texts-trouble";
}
