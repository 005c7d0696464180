/**
 * What a step seals, as the text of a note: a line for each coded value, and then what was written.
 *
 * Any tool that opens a note shows it as it stands, so nothing more is needed to read it offline.
 *
 *     reliance: E3
 *     detriment_risk: D1
 *
 *     == plan
 *     Count hall 7 with somebody who was not there in September.
 */

const CODED = /^([a-z_]{1,32}): ([A-Za-z0-9_-]{1,40})$/;
const HEADING = /^== ([a-z_]{1,32})$/;

/**
 * The text of a note with these values; empty ones are left out. It is "" where nothing is left.
 *
 * @param {Record<string, string>} coded
 * @param {Record<string, string>} texts
 */
export function stepText(coded, texts) {
  const lines = filled(coded).map(([name, value]) => `${name}: ${value}`);
  const parts = filled(texts).map(([name, text]) => `== ${name}\n${text.trim().replace(/^==/gmu, " ==")}`);
  return [lines.join("\n"), ...parts].filter((part) => part !== "").join("\n\n");
}

/**
 * The values in such a text. A text that is none of ours is one text without a name.
 *
 * @param {string} text
 * @returns {{coded: [string, string][], texts: [string, string][]}}
 */
export function readStepText(text) {
  const [coded, texts] = [/** @type {[string, string][]} */ ([]), /** @type {[string, string][]} */ ([])];
  for (const line of text.split("\n")) {
    const [heading, value] = [HEADING.exec(line), CODED.exec(line)];
    if (heading !== null) {
      texts.push([heading[1], ""]);
    } else if (texts.length === 0 && value !== null) {
      coded.push([value[1], value[2]]);
    } else if (texts.length > 0) {
      texts[texts.length - 1][1] += `${line}\n`;
    } else if (line !== "") {
      return { coded: [], texts: [["", text]] };
    }
  }
  return { coded, texts: texts.map(([name, value]) => [name, value.trim()]) };
}

/** @param {Record<string, string>} values */
function filled(values) {
  return Object.entries(values).filter(([, value]) => value.trim() !== "");
}
