/**
 * What a person typed and chose, as the answers of a message; the same as intake/submission.py
 * makes of the same form, so that what is stored does not show which of the two did.
 */

import { CHOICES, TEXTS } from "../../../crypto/browser/src/answers.js";
import { fitName } from "../../../crypto/browser/src/message.js";
import { Problem } from "./problem.js";

// What stands for a question that was left alone.
const UNANSWERED = { kind: "concern", relation: "undisclosed", ongoing: "unknown" };
const MAX_TYPE = 100;
const MEBIBYTE = 1024 * 1024;
// What a person cannot see in a file's name: control characters, and every space but one.
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

/** The body of a submission and the ids of the people who may not read it, from a FormData. */
export function readSubmission(data) {
  const body = Object.fromEntries(TEXTS.map((name) => [name, textOf(data, name)]));
  if (body.what.trim() === "") {
    throw new Problem("what-empty", { field: "what" });
  }
  for (const name of Object.keys(CHOICES)) {
    body[name] = data.get(name) || UNANSWERED[name];
  }
  body.reply_wanted = data.get("reply_wanted") !== "no";
  return { body, excluded: [...new Set(data.getAll("excluded"))].sort() };
}

/** The body of a follow-up. */
export function readFollowUp(data) {
  const body = { text: textOf(data, "text") };
  if (body.text.trim() === "") {
    throw new Problem("text-empty", { field: "text" });
  }
  return body;
}

/** The chosen files, if their number and sizes are within the limits of the page. */
export function readFiles(data, { maxFiles, maxFileBytes, maxTotalBytes }) {
  // A field without a choice gives one empty file without a name.
  const files = data.getAll("files").filter((file) => file.name !== "" || file.size > 0);
  if (files.length > maxFiles) {
    throw new Problem("too-many-files", { values: { max: maxFiles }, field: "files" });
  }
  const large = files.find((file) => file.size > maxFileBytes);
  if (large) {
    throw new Problem("file-too-large", { values: { name: large.name }, field: "files" });
  }
  if (files.reduce((sum, file) => sum + file.size, 0) > maxTotalBytes) {
    const values = { max: Math.floor(maxTotalBytes / MEBIBYTE) };
    throw new Problem("files-too-large", { values, field: "files" });
  }
  return files;
}

/** What the message says a file is called and of which type it is. */
export function describe(file) {
  // Without scripts a browser calls a type that it does not know by this name.
  const known = file.type !== "application/octet-stream" && file.type.length <= MAX_TYPE;
  return { name: fitName(plainName(file.name)), type: known ? file.type : "" };
}

function plainName(name) {
  const last = name.replaceAll("\\", "/").split("/").at(-1);
  return last.replace(UNPRINTABLE, "").trim();
}

function textOf(data, name) {
  const text = (data.get(name) ?? "").replaceAll("\r\n", "\n");
  // A keyboard can leave half a character behind, which no message may hold.
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}
