import { cleanBlocks, committedBlocks, committedCounts } from "./committed-counts.ts";
import type { BlockBytes } from "./committed-counts.ts";
import { fatesOf, plainCounts } from "./plain-counter.ts";
import type { PlainCounts, PutUnit } from "./plain-counter.ts";
import type { PartitionAccount, PartitionCounts } from "./reader-words.ts";

/** Differences that are told in words; there may be thousands. */
const TOLD_MAX = 3;

/** L1, at every look: each record that was read has exactly one fate. Pure. */
export function checkIdentity(accounts: readonly PartitionAccount[]): string[] {
  return accounts.flatMap(({ partition, read, counted, duplicate, quarantined, tooLate, unparsable }) => {
    const sum = counted + duplicate + quarantined + tooLate + unparsable;
    return sum === read ? [] : [`L1 ${partition}: ${read} were read, and ${sum} are accounted for`];
  });
}

/** L2, at every look: what was shown once is never taken back, also not by a death. Pure. */
export function checkNeverBack(
  before: ReadonlyMap<string, PartitionAccount>,
  accounts: readonly PartitionAccount[],
): string[] {
  return accounts.flatMap((now) => {
    const was = before.get(now.partition);
    if (was === undefined) return [];
    const isBack = now.read < was.read || now.batches < was.batches || now.lost < was.lost;
    const words = ({ read, batches, lost }: PartitionAccount): string =>
      `${read} in ${batches}, ${lost} lost`;
    return isBack ? [`L2 ${now.partition} went back: from ${words(was)} to ${words(now)}`] : [];
  });
}

/** L3: what became of the records is what had to. Pure. */
export function checkAccount(account: PartitionAccount, units: readonly PutUnit[]): string[] {
  const fates: Readonly<Record<string, number>> = { duplicate: 0, ...fatesOf(units) };
  const read = units.flat().length;
  const wrong = Object.entries({ ...fates, read }).filter(
    ([fate, count]) => account[fate as "read" | "counted"] !== count,
  );
  return wrong.map(
    ([fate, count]) =>
      `L3 ${account.partition}: ${account[fate as "read"]} ${fate}, and it has to be ${count}`,
  );
}

/** L4: each number is the one of the plain counter, and each block has the bytes that it has when nothing goes wrong. Pure. */
export function checkCounts(committed: PartitionCounts, units: readonly PutUnit[]): string[] {
  const counts = differences(plainCounts(units), committedCounts(committed));
  const bytes = differentBlocks(cleanBlocks(units), committedBlocks(committed));
  return [...counts, ...bytes].map((text) => `L4 ${committed.partition}: ${text}`);
}

/** L5: what is stored reads back as it was, after a death. Pure. */
export function checkStored(before: readonly PartitionCounts[], after: readonly PartitionCounts[]): string[] {
  return before.flatMap(({ partition, counts }) => {
    const again = after.find((one) => one.partition === partition)?.counts ?? {};
    const changed = Object.keys(counts).filter(
      (metric) => Buffer.compare(Buffer.from(counts[metric] ?? []), Buffer.from(again[metric] ?? [])) !== 0,
    );
    return changed.length === 0 ? [] : [`L5 ${partition}: ${changed.join(", ")} read back as something else`];
  });
}

function differences(wanted: PlainCounts, found: PlainCounts): string[] {
  const names = [...new Set([...wanted.keys(), ...found.keys()])].filter(
    (name) => (wanted.get(name) ?? 0) !== (found.get(name) ?? 0),
  );
  const told = names
    .slice(0, TOLD_MAX)
    .map((name) => `${name} is ${found.get(name) ?? 0}, not ${wanted.get(name) ?? 0}`);
  return names.length > TOLD_MAX ? [...told, `and ${names.length - TOLD_MAX} more numbers are wrong`] : told;
}

function differentBlocks(wanted: BlockBytes, found: BlockBytes): string[] {
  const names = [...new Set([...wanted.keys(), ...found.keys()])].filter((name) => {
    const [one, other] = [wanted.get(name), found.get(name)];
    return one === undefined || other === undefined || !one.equals(other);
  });
  return names.length === 0 ? [] : [`${names.length} blocks have other bytes, such as ${names[0]}`];
}
