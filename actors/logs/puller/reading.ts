import { PullFailure } from "../source.ts";
import type { Batch, Reader } from "../source.ts";
import type { PullerContext } from "./puller.ts";
import type { Ahead, PullerState } from "./puller-state.ts";

/** How long one read may take as a whole, in milliseconds: bytes that drip would look like progress for ever. */
const READ_WITHIN_MS = 8_000;
/** The most that is read at a time, in bytes. */
const READ_BYTES_MAX = 2 * 1_024 * 1_024;

/** A batch that was read, and what it holds of the budget. */
export interface ReadBatch {
  readonly batch: Batch;
  readonly bytes: number;
}

/** The next batch behind the cursor; undefined when the bytes for it are held by others. Rejects with PullFailure. */
export async function readNext(
  state: PullerState,
  cursor: string | undefined,
  context: PullerContext,
): Promise<ReadBatch | undefined> {
  const begun = state.ahead?.cursor === cursor ? state.ahead : undefined;
  if (begun === undefined && state.ahead !== undefined) startAfresh(state);
  const ahead = begun ?? begin(state, cursor, context);
  state.ahead = undefined;
  if (ahead === undefined) return undefined;
  try {
    return { batch: await ahead.batch, bytes: ahead.bytes };
  } catch (error) {
    state.host.budget.give(ahead.bytes);
    throw error;
  }
}

/**
 * Begins to read what comes after a batch, while that one is being stored. Where so many are read that a share does not hold two reads, the others fill the wait, and what is read ahead would
 * only take memory.
 */
export function readAhead(state: PullerState, cursor: string, context: PullerContext): void {
  const { budget } = state.host;
  if (budget.shareOf(state.account.key) < 2 * READ_BYTES_MAX) return;
  state.ahead = begin(state, cursor, context);
  // Whoever takes it hears of its failure; nobody may.
  state.ahead?.batch.catch(() => undefined);
}

/** Nobody wants what was begun. */
export function dropAhead(state: PullerState): void {
  const { ahead } = state;
  state.ahead = undefined;
  if (ahead === undefined) return;
  state.reading?.abort();
  const give = (batch?: Batch): void => {
    state.host.budget.give(ahead.bytes);
    batch?.release?.();
  };
  ahead.batch.then(give, () => give());
}

/** What was begun may still be under way in the reader, which reads one thing at a time: the next read is that of a fresh one. */
function startAfresh(state: PullerState): void {
  dropAhead(state);
  replace(state, state.reader);
}

function replace(state: PullerState, reader: Reader): void {
  reader.close();
  if (state.reader === reader) state.reader = state.source.open(state.partition);
}

function begin(state: PullerState, cursor: string | undefined, context: PullerContext): Ahead | undefined {
  const { host, account } = state;
  const bytes = host.budget.take(account.key, READ_BYTES_MAX);
  return bytes === 0 ? undefined : { cursor, bytes, batch: readWithin(state, cursor, { bytes, context }) };
}

interface ReadPlan {
  readonly bytes: number;
  readonly context: PullerContext;
}

/** Reads, but not for longer than it may take: then what the reader holds is given up, and the next read begins with a fresh one. */
async function readWithin(state: PullerState, cursor: string | undefined, plan: ReadPlan): Promise<Batch> {
  const { host, account, source, size, reader } = state;
  const { context, bytes } = plan;
  const { readWithinMs = READ_WITHIN_MS } = source;
  const controller = new AbortController();
  state.reading = controller;
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = host.clock.after(readWithinMs, () => {
      const text = `no answer to a read of ${size.units} in ${readWithinMs} ms; it was in the step "${account.step}"`;
      controller.abort();
      replace(state, reader);
      reject(new PullFailure("readTimeout", "shrink", text));
    });
  });
  const { signal } = controller;
  const onProgress = (step: string): void => {
    if (signal.aborted || context.signal.aborted) return;
    account.step = step;
    context.beat(step);
  };
  try {
    const reading = reader.read({ cursor, bytesMax: bytes, unitsMax: size.units, signal, onProgress });
    return await Promise.race([reading, late]);
  } finally {
    cancel();
  }
}
