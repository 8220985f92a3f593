import { pace } from "./pace.ts";

/** Messages told in one go; half of what a mailbox of ours takes before it answers `busy`. */
const FLOOD = 5_000;

/** One message that counts, made once: the sender's work is no part of what is compared. */
export const ADD = { kind: "add" } as const;

/** Two ways to one counter: one more, and call back with the count when everything before is handled. */
export interface Tap {
  readonly add: () => void;
  readonly mark: (done: (count: number) => void) => void;
}

/** Floods one counter and waits until it has counted all. Answers its count. */
export function pour({ add, mark }: Tap): Promise<number> {
  return new Promise((done) => {
    for (let sent = 0; sent < FLOOD; sent++) add();
    mark(done);
  });
}

/** Floods one counter again and again. Answers messages a second. */
export async function flood(tap: Tap, quick: boolean): Promise<{ perSecond: number }> {
  let told = 0;
  const perSecond = await pace(FLOOD, quick, async () => {
    const counted = await pour(tap);
    told += FLOOD;
    if (counted !== told) throw new RangeError(`told ${told}, counted ${counted}`);
  });
  return { perSecond };
}
