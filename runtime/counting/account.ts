import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

/** What becomes of a record: each that was read is exactly one of these. */
export const FATES = ["counted", "duplicate", "quarantined", "tooLate", "unparsable"] as const;
export type Fate = (typeof FATES)[number];

/** What became of everything that was read: `read` is the sum of all fates, at every moment. */
export type Account = Record<Fate, number> & { read: number };

/** One in which nothing has happened. */
export function newAccount(): Account {
  return { read: 0, counted: 0, duplicate: 0, quarantined: 0, tooLate: 0, unparsable: 0 };
}

/** Notes what became of so many records. */
export function note(account: Account, fate: Fate, count = 1): void {
  account.read += count;
  account[fate] += count;
}

/** Adds one account to another. */
export function addAccount(into: Account, more: Account): void {
  for (const fate of FATES) note(into, fate, more[fate]);
}

/** Writes it; what was read follows from the rest. */
export function writeAccount(writer: ByteWriter, account: Account): void {
  for (const fate of FATES) writer.whole(account[fate]);
}

/** Reads it back. @throws RangeError for bytes that are none */
export function readAccount(reader: ByteReader): Account {
  const account = newAccount();
  for (const fate of FATES) note(account, fate, reader.whole());
  return account;
}
