/**
 * File names and sizes as a submitter gave them, made fit to show and to save.
 *
 * A name comes from a stranger: it may name a folder above, hide its ending behind characters
 * that turn the writing direction, or be a device of the reader's system. What this module
 * returns is one plain file name, and the console shows the very name it saves.
 */

const LONGEST = 120;
const LONGEST_ENDING = 16;
const FALLBACK = "attachment";

// C0 and C1 controls, soft hyphen, writing direction and zero-width characters, line and
// paragraph separators, variation selectors, unassigned tags, lone surrogates.
const UNSEEN = new RegExp(
  "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}" +
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]",
  "gu",
);
// Separators of paths and streams, and what one of the common systems refuses in a name.
const REFUSED = /[/\\:*?"<>|%\u2044\u2215\u29f8\uff0f\uff3c\uff1a]/gu;
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/iu;

/**
 * One file name that is safe to show and to save, whatever the submitter's file was called.
 *
 * @param {string} given
 * @returns {string} never empty, no separators, no leading dot, at most 120 characters
 */
export function savedName(given) {
  const seen = given.replace(UNSEEN, "").normalize("NFC").replace(REFUSED, "_");
  const name = trimmed(shortened(trimmed(seen.replace(/\s+/gu, " ")))).normalize("NFC");
  if (name === "") {
    return FALLBACK;
  }
  // Windows opens a device for "con" and for "con.txt" alike.
  const stem = name.split(".")[0].trimEnd();
  return DEVICE.test(stem) ? `_${name}` : name;
}

/** @param {string} name */
function trimmed(name) {
  return name.replace(/^[.\s~]+|[.\s]+$/gu, "");
}

/** Cut the middle, so that the ending still tells what kind of file it is. @param {string} name */
function shortened(name) {
  const letters = [...name];
  if (letters.length < LONGEST) {
    return name;
  }
  const dot = name.lastIndexOf(".");
  const ending = dot > 0 ? [...name.slice(dot)] : [];
  const kept = ending.length <= LONGEST_ENDING ? ending : [];
  return [...letters.slice(0, LONGEST - 1 - kept.length), ...kept].join("");
}

/**
 * A media type fit to show: only the plain `type/subtype` of its letters, else octet-stream.
 *
 * @param {string} given
 * @returns {string}
 */
export function shownType(given) {
  const type = given.toLowerCase().split(";")[0].trim();
  return /^[a-z]+\/[a-z0-9][a-z0-9.+-]{0,80}$/.test(type) ? type : "application/octet-stream";
}

/**
 * A size for people, such as `312 bytes` or `4.2 MB`; the units are the page's words.
 *
 * @param {number} bytes
 * @param {string} language a BCP 47 tag
 * @returns {string}
 */
export function shownSize(bytes, language = "en") {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const step = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const number = new Intl.NumberFormat(language, {
    style: "unit",
    unit: units[step],
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  });
  return number.format(bytes / 1000 ** step);
}
