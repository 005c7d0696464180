/**
 * What can go wrong with bytes that came from the world; the same tree as crypto/errors.py.
 *
 * Each class carries its name as text, because bundles are minified and a page or a vector asks
 * for the name. Messages are lower case and never contain a plaintext, a key or a receipt code.
 * A mistake of the programmer is a TypeError or a RangeError and is not in this tree.
 */

export class CryptoError extends Error {
  static called = "CryptoError";
  get name() {
    return this.constructor.called;
  }
}

/** The bytes are not in the one spelling that the format allows. */
export class Malformed extends CryptoError {
  static called = "Malformed";
}

/** An age header breaks the format. */
export class MalformedHeader extends Malformed {
  static called = "MalformedHeader";
}

/** A recipient or an identity is not well formed. */
export class MalformedKey extends Malformed {
  static called = "MalformedKey";
}

/** What was opened is not padded as everything of ours is. */
export class MalformedPadding extends Malformed {
  static called = "MalformedPadding";
}

/** A message does not have the fields of its kind. */
export class MalformedMessage extends Malformed {
  static called = "MalformedMessage";
}

/** A roster does not have the fields of a roster. */
export class MalformedRoster extends Malformed {
  static called = "MalformedRoster";
}

/** A receipt code as typed cannot be one; looksLike is "length" or "character". */
export class MalformedCode extends Malformed {
  static called = "MalformedCode";
  constructor(message, looksLike) {
    super(message);
    this.looksLike = looksLike;
  }
}

/** A signed note, or a key that signs or checks one, is not spelled as it must be. */
export class MalformedNote extends Malformed {
  static called = "MalformedNote";
}

/** The text of a note is not a checkpoint, or not in its one spelling. */
export class MalformedCheckpoint extends Malformed {
  static called = "MalformedCheckpoint";
}

/** A file of an inclusion or a consistency proof is not spelled as it must be. */
export class MalformedProof extends Malformed {
  static called = "MalformedProof";
}

/** A ledger entry does not have the fields of its type. */
export class MalformedEntry extends Malformed {
  static called = "MalformedEntry";
}

/** A deposit statement does not have the fields of one. */
export class MalformedStatement extends Malformed {
  static called = "MalformedStatement";
}

/** An act, or a list of signatures under one, does not have the fields of one. */
export class MalformedAct extends Malformed {
  static called = "MalformedAct";
}

/** A manifest of what is to go is not spelled as one. */
export class MalformedDisposition extends Malformed {
  static called = "MalformedDisposition";
}

/** A line or an act's value is no mark of a drill. */
export class MalformedMark extends Malformed {
  static called = "MalformedMark";
}

/** A request for a seat does not have the fields of one. */
export class MalformedEnrolment extends Malformed {
  static called = "MalformedEnrolment";
}

/** A file of a kept text with its nonce does not have the fields of one. */
export class MalformedKept extends Malformed {
  static called = "MalformedKept";
}

/** The file is sealed only in ways that we do not read; kinds holds the stanza types found. */
export class UnsupportedRecipient extends CryptoError {
  static called = "UnsupportedRecipient";
  constructor(message, kinds = []) {
    super(message);
    this.kinds = kinds;
  }
}

/** The file is sealed in a way that we read, and not to this identity. */
export class WrongIdentity extends CryptoError {
  static called = "WrongIdentity";
}

/** The header was changed after sealing: its authentication code does not match. */
export class HeaderTampered extends CryptoError {
  static called = "HeaderTampered";
}

/** The payload was changed, cut short or extended after sealing. */
export class PayloadTampered extends CryptoError {
  static called = "PayloadTampered";
}

/** The content does not fit the largest size that the format has; over is by how many bytes. */
export class TooLong extends CryptoError {
  static called = "TooLong";
  constructor(message, over = 0) {
    super(message);
    this.over = over;
  }
}

/** A signature does not verify under the key that should have made it. */
export class InvalidSignature extends CryptoError {
  static called = "InvalidSignature";
}

/** A proof does not lead from this leaf to this root. */
export class InvalidProof extends CryptoError {
  static called = "InvalidProof";
}

/** A tree is not shown to continue one that was seen before: something may be rewritten. */
export class InconsistentTree extends CryptoError {
  static called = "InconsistentTree";
}

/** A tree has fewer entries than one that was seen before. */
export class SmallerTree extends InconsistentTree {
  static called = "SmallerTree";
}

/** A checkpoint is of a ledger that is not known here. */
export class UnknownLedger extends CryptoError {
  static called = "UnknownLedger";
}

/** A note carries no signature by the key that should have made one. */
export class NotSigned extends CryptoError {
  static called = "NotSigned";
}

/** A text is not the one that an entry commits to. */
export class WrongText extends CryptoError {
  static called = "WrongText";
}

/** A message is genuine and belongs elsewhere: to another case, thread or position. */
export class WrongPlace extends CryptoError {
  static called = "WrongPlace";
}

/** After the exclusions fewer than two people could read the case. */
export class TooFewReaders extends CryptoError {
  static called = "TooFewReaders";
}

/** A roster is well formed and signed, and must not be used. */
export class RosterRejected extends CryptoError {
  static called = "RosterRejected";
}

/** The roster's last day has passed, or its first has not come. */
export class RosterExpired extends RosterRejected {
  static called = "RosterExpired";
}

/** The roster's epoch is lower than one already seen. */
export class RosterRolledBack extends RosterRejected {
  static called = "RosterRolledBack";
}

/** A demonstration's roster was offered to an installation that is none. */
export class RosterIsForDemo extends RosterRejected {
  static called = "RosterIsForDemo";
}

/** The passphrase does not open what it was given for. */
export class WrongPassphrase extends CryptoError {
  static called = "WrongPassphrase";
}
