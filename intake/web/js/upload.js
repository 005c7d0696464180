/**
 * Files on their way: read, padded, sealed and sent slice by slice, each its own request.
 *
 * An upload remembers where it is, in the tab's memory only, and continues with the very bytes
 * that got no answer. It never holds more than one slice of a file.
 */

import { seal } from "../../../crypto/browser/src/age.js";
import { draw, toHex } from "../../../crypto/browser/src/bytes.js";
import {
  digestOfDigests,
  paddedSlice,
  sliceCount,
  sliceDigest,
  slicePlan,
} from "../../../crypto/browser/src/padding.js";
import { describe } from "./answers.js";
import { patiently, post } from "./requests.js";
import { Problem } from "./problem.js";

const NO_DIGEST = "0".repeat(64);
const SECRET_SIZE = 16;

/** The attachments of a message for these files, before their digests are known. */
export function plannedAttachments(files) {
  let first = 0;
  return files.map((file) => {
    const count = sliceCount(file.size);
    const planned = { ...describe(file), size: file.size, first, count, sha256: NO_DIGEST };
    first += count;
    return planned;
  });
}

/** The files of one deposit, all sealed to one recipient. */
export class Upload {
  #digests = [];
  #waiting = null;

  constructor(files, recipient) {
    this.files = files;
    this.recipient = recipient;
    this.planned = plannedAttachments(files);
    this.slices = this.planned.reduce((sum, each) => sum + each.count, 0);
    // Whoever names this secret says which slices are theirs; without files there is none.
    this.secret = files.length > 0 ? toHex(draw(SECRET_SIZE)) : "";
  }

  /** How many slices have been taken by the service. */
  get done() {
    return this.#digests.length;
  }

  /** The attachments of the message; only when every slice has been taken. */
  get attachments() {
    return this.planned.map((planned) => {
      const own = this.#digests.slice(planned.first, planned.first + planned.count);
      return { ...planned, sha256: digestOfDigests(own) };
    });
  }

  /**
   * Send what has not been sent. progress takes the number of slices done; before each slice the
   * promise of ready is waited for.
   *
   * Raises NoAnswer and Busy, after which it may be called again, and Problem.
   */
  async run(
    progress,
    send = (fields) => patiently(() => post("/sealed/slices", fields)),
    ready = () => Promise.resolve(),
  ) {
    while (this.done < this.slices) {
      await ready();
      this.#waiting ??= await this.#next();
      const { envelope, digest } = this.#waiting;
      await send({ upload: this.secret, index: this.done, envelope });
      this.#waiting = null;
      this.#digests.push(digest);
      progress(this.done);
    }
  }

  async #next() {
    const at = this.planned.findIndex((each) => this.done < each.first + each.count);
    const slice = await this.#read(this.files[at], this.done - this.planned[at].first);
    return { envelope: await seal(slice, [this.recipient]), digest: await sliceDigest(slice) };
  }

  async #read(file, index) {
    try {
      return await paddedSlice(file, index, slicePlan(file.size));
    } catch {
      // It was moved, changed or taken away since it was chosen.
      throw new Problem("file-unreadable", { values: { name: file.name }, field: "files" });
    }
  }
}
