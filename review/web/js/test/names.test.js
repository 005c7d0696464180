/** Attack 35: a saved name never leaves the folder it is saved in, and shows what it is. */
import assert from "node:assert/strict";
import path from "node:path";
import test from "node:test";

import { savedName, shownSize, shownType } from "../names.js";

const HOSTILE = [
  "../../.ssh/authorized_keys",
  "..\\..\\Windows\\System32\\drivers\\etc\\hosts",
  "/etc/passwd",
  "C:\\autoexec.bat",
  "file.txt:stream",
  "....//....//x",
  "..",
  ".",
  "",
  " ",
  ".bashrc",
  "~/.profile",
  "annexe\u202Efdp.exe",
  "a\u0000.txt",
  "a\r\nSet-Cookie: x=1.txt",
  "CON",
  "con.txt",
  "LPT9.tar.gz",
  "COM\u00b9",
  "nul .txt",
  "name. . .",
  "%2e%2e%2fx",
  "\uFF0E\uFF0E\uFF0Fx",
  "x".repeat(5000) + ".pdf",
  "\u{1F469}\u200D\u{1F4BB}".repeat(90) + ".png",
  "\uD800lone.txt",
  "<img src=x onerror=alert(1)>.png",
  "e\u0301.txt",
];
const FORBIDDEN = /[\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]/u;

/** A small fixed generator, so that a failing name can be found again from its number. */
function* numbers(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state;
  }
}

function assertSafe(given) {
  const name = savedName(given);
  const note = JSON.stringify({ given, name });
  assert.ok(name.length > 0, note);
  assert.ok([...name].length <= 121, note);
  assert.doesNotMatch(name, FORBIDDEN, note);
  assert.doesNotMatch(name, /^[.\s~]|[.\s]$/u, note);
  assert.doesNotMatch(name, /^(con|prn|aux|nul|(com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(\.|$)/iu, note);
  for (const system of [path.posix, path.win32]) {
    assert.equal(system.dirname(system.resolve("/folder", name)), system.resolve("/folder"), note);
    assert.equal(system.basename(name), name, note);
  }
  assert.equal(savedName(name), name, note);
}

test("hostile names become one plain name in the chosen folder", () => {
  for (const given of HOSTILE) assertSafe(given);
});

test("any string becomes one plain name in the chosen folder", () => {
  const draw = numbers(20261121);
  const alphabet = [..."./\\:~ %\u202e\u0000\u200b-conNUL1\u00b9.txt\u{1F469}", "\uD800", "\u0301"];
  for (let round = 0; round < 20000; round += 1) {
    const length = draw.next().value % 24;
    const pick = () =>
      draw.next().value % 3
        ? alphabet[(draw.next().value >>> 8) % alphabet.length]
        : String.fromCodePoint((draw.next().value >>> 4) % 0x11000);
    assertSafe(Array.from({ length }, pick).join(""));
  }
});

test("an ordinary name stays as it is", () => {
  for (const name of ["minutes.pdf", "Journal entry 4 (copy).xlsx", "Übersicht.txt", "a.tar.gz"]) {
    assert.equal(savedName(name), name);
  }
});

test("a long name keeps its ending", () => {
  assert.match(savedName("x".repeat(5000) + ".pdf"), /x\.pdf$/);
});

test("characters that turn the writing direction do not hide an ending", () => {
  assert.equal(savedName("annexe\u202Efdp.exe"), "annexefdp.exe");
});

test("a media type is shown only in its plain form", () => {
  assert.equal(shownType("Text/Plain; charset=utf-8"), "text/plain");
  assert.equal(shownType("<script>"), "application/octet-stream");
  assert.equal(shownType(""), "application/octet-stream");
});

test("sizes are for people", () => {
  assert.equal(shownSize(1), "1 byte");
  assert.equal(shownSize(312), "312 bytes");
  assert.equal(shownSize(4_200_000), "4.2 MB");
});
