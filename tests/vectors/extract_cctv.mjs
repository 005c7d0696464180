// Writes the vectors of the npm package cctv-age, one file each, into the folder named on the
// command line, or into tests/vectors/cctv/age. The package is the one that
// crypto/browser/package-lock.json pins.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const browser = join(here, "..", "..", "crypto", "browser", "package.json");
const entry = createRequire(browser).resolve("cctv-age");
const vectors = await import(pathToFileURL(entry));

const folder = process.argv[2] ?? join(here, "cctv", "age");
mkdirSync(folder, { recursive: true });
for (const [name, bytes] of Object.entries(vectors)) {
  writeFileSync(join(folder, name), bytes);
}
