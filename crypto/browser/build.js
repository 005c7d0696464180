/**
 * Bundles the pages' scripts: node crypto/browser/build.js [--check]
 *
 * Each page gets one classic script with everything in it, because a page may load scripts only
 * from its own origin and by their hashes. The same sources and the locked packages give the same
 * bytes on every machine; --check builds into memory and fails on any difference from the files
 * that are committed. The licences of what is bundled stand beside, in LICENSES.txt.
 */

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const BUNDLES = [
  ["intake/web/js/early.js", "intake/web/static/early.js"],
  ["intake/web/js/submit.js", "intake/web/static/submit.js"],
  ["intake/web/js/followup.js", "intake/web/static/followup.js"],
  ["intake/web/js/proof.js", "intake/web/static/proof.js"],
  ["review/web/js/console.js", "review/web/static/console.js"],
  ["review/web/js/signin.js", "review/web/static/sign-in.js"],
];
const BUNDLED = [
  "@noble/ciphers",
  "@noble/curves",
  "@noble/hashes",
  "@noble/post-quantum",
  "@scure/base",
  "age-encryption",
];
const LICENSES = "crypto/browser/LICENSES.txt";

async function bundle(source) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
  refuseStrangers(Object.keys(metafile.inputs));
  return outputFiles[0].contents;
}

/** A package that is bundled without its licence in LICENSES.txt is a mistake of ours. */
function refuseStrangers(inputs) {
  const packages = inputs
    .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter(Boolean);
  const strange = packages.filter((name) => !BUNDLED.includes(name));
  if (strange.length > 0) {
    throw new Error(`bundled without a licence here: ${[...new Set(strange)].join(", ")}`);
  }
}

async function licenses() {
  const parts = BUNDLED.map(async (name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const text = await readFile(join(folder, "LICENSE"), "utf8");
    return `${name} ${version}${license ? ` (${license})` : ""}\n\n${text.trim()}\n`;
  });
  return Buffer.from((await Promise.all(parts)).join(`\n${"-".repeat(72)}\n\n`));
}

async function built() {
  const bundles = BUNDLES.map(async ([source, target]) => [target, await bundle(source)]);
  return Promise.all([...bundles, licenses().then((text) => [LICENSES, text])]);
}

async function differs([target, contents]) {
  const committed = await readFile(join(root, target)).catch(() => null);
  return committed === null || !committed.equals(contents);
}

async function check(files) {
  const answers = await Promise.all(files.map(differs));
  const stale = files.filter((_, at) => answers[at]).map(([target]) => target);
  if (stale.length > 0) {
    console.error(`build: not what the sources give: ${stale.join(", ")}`);
    process.exitCode = 1;
  }
}

const files = await built();
if (process.argv.includes("--check")) {
  await check(files);
} else {
  await Promise.all(files.map(([target, contents]) => writeFile(join(root, target), contents)));
}
