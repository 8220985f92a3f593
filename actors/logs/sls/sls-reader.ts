import type { Pull } from "../../../runtime/sls/read-pull.ts";
import type { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { cursorAt, groupsBetween, sequenceOf } from "../../../runtime/sls/sls-cursor.ts";
import { SlsError } from "../../../runtime/sls/sls-error.ts";
import type { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import type { Batch, Gap, HandedOver, Reader, ReadRequest } from "../source.ts";
import { LazyLine } from "./lazy-line.ts";
import type { RowScanner } from "./row-scanner.ts";
import { SlsBatch } from "./sls-batch.ts";
import type { SlsBatchParts } from "./sls-batch.ts";
import { asPullFailure } from "./sls-failure.ts";
import type { ShardStart } from "./sls-group.ts";

/** The most groups that the service gives out at a time. */
export const GROUPS_MAX = 1_000;
/** What a group is taken to weigh before one was seen, in bytes: one of 200 logs of nginx. */
const GROUP_BYTES = 93_000;
/** How much the latest pull says about the weight of the next. */
const LATEST_SHARE = 0.2;
/** A group whose answer made no sense so often is passed over. */
const BAD_ANSWERS_MAX = 5;

/** A logstore over a socket of one's own. */
export interface SlsLine {
  readonly logstore: SlsLogstore;
  /** The names of some logstores of the project. */
  logstores(signal: AbortSignal): Promise<readonly string[]>;
  /** Ends the socket, and what is under way on it. */
  close(): void;
}

/** What a reader of one shard is made of. */
export interface SlsReaderParts {
  readonly shard: number;
  /** Opens a line of its own; it says each sign of life. */
  readonly connect: (onProgress: () => void) => Promise<SlsLine>;
  readonly clock: ServerClock;
  /** What finds fields in log groups. */
  readonly scannerOf: (fields: readonly string[]) => RowScanner;
  /** Where reading begins the first time. */
  readonly from: () => "begin" | "end";
  /** Where reading goes on of what is counted up to a cursor, where others read the logstore too. */
  readonly startOf?: ((counted: string | undefined, signal: AbortSignal) => Promise<ShardStart>) | undefined;
  /** Whether nothing is put into the shard any more. */
  readonly isReadonly: () => boolean;
  /** It is readonly, and was read to its end. */
  readonly onOver: () => void;
}

/** What was pulled, from where, and what lay before it. */
interface Pulled {
  readonly pull: Pull;
  /** How many groups were asked for. */
  readonly asked: number;
  readonly from: string;
  readonly gap: Gap | undefined;
}

/** Reads one shard of a logstore over a socket of its own. */
export class SlsReader implements Reader {
  readonly #parts: SlsReaderParts;
  readonly #line: LazyLine<SlsLine>;
  #isClosed = false;
  #onProgress: (step: string) => void = () => undefined;
  /** What a group weighs, as far as it was seen. */
  #groupBytes: number | undefined = undefined;
  #badAnswers = 0;
  /** What others have read before the present read. */
  #handedOver: HandedOver | undefined = undefined;

  constructor(parts: SlsReaderParts) {
    this.#parts = parts;
    this.#line = new LazyLine(() => parts.connect(() => this.#onProgress("receives")));
  }

  async read(wanted: ReadRequest): Promise<Batch> {
    this.#onProgress = wanted.onProgress;
    const { shard, from } = this.#parts;
    let request = wanted;
    try {
      request = { ...wanted, cursor: await this.#start(wanted) };
      const { logstore } = await this.#opened();
      const cursor = request.cursor ?? (await logstore.cursor(shard, from(), request.signal));
      const pulled = await this.#pullOrRestart(logstore, cursor, request);
      this.#badAnswers = 0;
      return await this.#batchOf(logstore, pulled, request.signal);
    } catch (error) {
      const passed = this.#passBadGroup(error, request);
      if (passed !== undefined) return passed;
      throw asPullFailure(error);
    }
  }

  /** Where it is really read from. */
  async #start({ cursor, signal }: ReadRequest): Promise<string | undefined> {
    const { startOf } = this.#parts;
    if (startOf === undefined) return cursor;
    const start = await startOf(cursor, signal);
    this.#handedOver = start.handedOver;
    return start.cursor;
  }

  close(): void {
    this.#isClosed = true;
    this.#line.close();
  }

  /** A read that goes on behind the end of its reader opens nothing any more. */
  async #opened(): Promise<SlsLine> {
    if (this.#isClosed) throw SlsError.failed("aborted", "the reader was closed");
    return this.#line.open();
  }

  /** What is not kept any more is lost, and counted; what is kept is read. */
  async #pullOrRestart(logstore: SlsLogstore, cursor: string, request: ReadRequest): Promise<Pulled> {
    const { shard } = this.#parts;
    try {
      return { ...(await this.#pull(logstore, cursor, request)), from: cursor, gap: undefined };
    } catch (error) {
      if (!(error instanceof SlsError) || error.remedy !== "restartAtOldest") throw error;
      const begin = await logstore.cursor(shard, "begin", request.signal);
      const pulled = await this.#pull(logstore, begin, request);
      return { ...pulled, from: begin, gap: gapBetween(cursor, begin) };
    }
  }

  async #pull(
    logstore: SlsLogstore,
    cursor: string,
    { bytesMax, unitsMax, signal }: ReadRequest,
  ): Promise<Pick<Pulled, "pull" | "asked">> {
    const fitting = Math.floor(bytesMax / (this.#groupBytes ?? GROUP_BYTES));
    const asked = Math.max(1, Math.min(unitsMax, GROUPS_MAX, fitting));
    return { pull: await logstore.pull(this.#parts.shard, { cursor, count: asked }, signal), asked };
  }

  async #batchOf(logstore: SlsLogstore, pulled: Pulled, signal: AbortSignal): Promise<Batch> {
    const { pull, asked: groupsAsked, from, gap } = pulled;
    const { clock } = this.#parts;
    const { next: to, groups, body, release, isAtEnd, receivedAtMs } = pull;
    if (groups > 0) this.#weigh(body.length / groups);
    const nowMs = clock.nowMs();
    const isOver = to === from && (await this.#isOver(logstore, to, signal));
    return this.#batch({
      to,
      groups,
      groupsAsked,
      body,
      release,
      isAtEnd,
      isOver,
      gap,
      endTimeMs: isAtEnd ? nowMs : (receivedAtMs ?? nowMs),
      lagMs: isAtEnd || receivedAtMs === undefined ? 0 : Math.max(0, nowMs - receivedAtMs),
    });
  }

  #weigh(groupBytes: number): void {
    const before = this.#groupBytes ?? groupBytes;
    this.#groupBytes = Math.max(1, before + LATEST_SHARE * (groupBytes - before));
  }

  async #isOver(logstore: SlsLogstore, cursor: string, signal: AbortSignal): Promise<boolean> {
    const { shard, isReadonly, onOver } = this.#parts;
    if (!isReadonly()) return false;
    const isOver = (await logstore.cursor(shard, "end", signal)) === cursor;
    if (isOver) onOver();
    return isOver;
  }

  /** A group that cannot be brought in any way is passed over; undefined while there is hope. */
  #passBadGroup(error: unknown, { cursor, unitsMax }: ReadRequest): Batch | undefined {
    if (!(error instanceof SlsError) || error.code !== "badAnswer" || unitsMax > 1) return undefined;
    const sequence = cursor === undefined ? undefined : sequenceOf(cursor);
    if (sequence === undefined || ++this.#badAnswers < BAD_ANSWERS_MAX) return undefined;
    this.#badAnswers = 0;
    const nowMs = this.#parts.clock.nowMs();
    return this.#batch({
      to: cursorAt(sequence + 1n),
      unpulled: [`group ${sequence}: ${error.message}`],
      endTimeMs: nowMs,
    });
  }

  #batch(parts: Partial<SlsBatchParts> & Pick<SlsBatchParts, "to" | "endTimeMs">): Batch {
    return new SlsBatch({
      groups: 0,
      groupsAsked: 1,
      body: new Uint8Array(0),
      isAtEnd: false,
      isOver: false,
      lagMs: 0,
      gap: undefined,
      handedOver: this.#handedOver,
      unpulled: [],
      scannerOf: this.#parts.scannerOf,
      ...parts,
    });
  }
}

function gapBetween(from: string, to: string): Gap {
  const groups = groupsBetween(from, to);
  if (groups === undefined || groups < 0n) {
    return {
      lost: undefined,
      text: "the cursor is of another shard or logstore; what was missed cannot be known",
    };
  }
  const text = `${groups} log groups were not kept for long enough; they cannot be read any more`;
  return { lost: Number(groups), text };
}
