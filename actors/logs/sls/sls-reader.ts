import { LogGroupScanner } from "../../../runtime/sls/log-group-scanner.ts";
import type { Pull } from "../../../runtime/sls/read-pull.ts";
import type { ServerClock } from "../../../runtime/sls/server-clock.ts";
import { cursorAt, groupsBetween, sequenceOf } from "../../../runtime/sls/sls-cursor.ts";
import { SlsError } from "../../../runtime/sls/sls-error.ts";
import type { SlsLogstore } from "../../../runtime/sls/sls-logstore.ts";
import type { Batch, Gap, Reader, ReadRequest } from "../source.ts";
import { SlsBatch } from "./sls-batch.ts";
import type { SlsBatchParts } from "./sls-batch.ts";
import { asPullFailure } from "./sls-failure.ts";

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
  /** Ends the socket, and what is under way on it. */
  close(): void;
}

/** What a reader of one shard is made of. */
export interface SlsReaderParts {
  readonly shard: number;
  /** Opens a line of its own; it says each sign of life. */
  readonly connect: (onProgress: () => void) => Promise<SlsLine>;
  readonly clock: ServerClock;
  /** Where reading begins the first time. */
  readonly from: () => "begin" | "end";
  /** Whether nothing is put into the shard any more. */
  readonly isReadonly: () => boolean;
  /** It is readonly, and was read to its end. */
  readonly onOver: () => void;
}

/** What was pulled, from where, and what lay before it. */
interface Pulled {
  readonly pull: Pull;
  readonly from: string;
  readonly gap: Gap | undefined;
}

/** Reads one shard of a logstore over a socket of its own. */
export class SlsReader implements Reader {
  readonly #parts: SlsReaderParts;
  #line: SlsLine | undefined = undefined;
  #isClosed = false;
  #onProgress: (step: string) => void = () => undefined;
  #groupBytes = GROUP_BYTES;
  #badAnswers = 0;
  #scanner: { readonly fields: readonly string[]; readonly scanner: LogGroupScanner } | undefined = undefined;

  constructor(parts: SlsReaderParts) {
    this.#parts = parts;
  }

  async read(request: ReadRequest): Promise<Batch> {
    this.#onProgress = request.onProgress;
    const { shard, from } = this.#parts;
    try {
      const { logstore } = await this.#connected();
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

  close(): void {
    this.#isClosed = true;
    this.#line?.close();
  }

  async #connected(): Promise<SlsLine> {
    this.#line ??= await this.#parts.connect(() => this.#onProgress("receives"));
    if (this.#isClosed) this.#line.close();
    return this.#line;
  }

  /** What is not kept any more is lost, and counted; what is kept is read. */
  async #pullOrRestart(logstore: SlsLogstore, cursor: string, request: ReadRequest): Promise<Pulled> {
    const { shard } = this.#parts;
    try {
      return { pull: await this.#pull(logstore, cursor, request), from: cursor, gap: undefined };
    } catch (error) {
      if (!(error instanceof SlsError) || error.remedy !== "restartAtOldest") throw error;
      const begin = await logstore.cursor(shard, "begin", request.signal);
      return {
        pull: await this.#pull(logstore, begin, request),
        from: begin,
        gap: gapBetween(cursor, begin),
      };
    }
  }

  #pull(logstore: SlsLogstore, cursor: string, { bytesMax, unitsMax, signal }: ReadRequest): Promise<Pull> {
    const fitting = Math.floor(bytesMax / this.#groupBytes);
    const count = Math.max(1, Math.min(unitsMax, GROUPS_MAX, fitting));
    return logstore.pull(this.#parts.shard, { cursor, count }, signal);
  }

  async #batchOf(logstore: SlsLogstore, { pull, from, gap }: Pulled, signal: AbortSignal): Promise<Batch> {
    const { clock } = this.#parts;
    const { next: to, groups, body, isAtEnd, receivedAtMs } = pull;
    if (groups > 0) {
      this.#groupBytes += LATEST_SHARE * (Math.max(1, body.length / groups) - this.#groupBytes);
    }
    const nowMs = clock.nowMs();
    const isOver = to === from && (await this.#isOver(logstore, to, signal));
    return this.#batch({
      to,
      groups,
      body,
      isAtEnd,
      isOver,
      gap,
      endTimeMs: isAtEnd ? nowMs : (receivedAtMs ?? nowMs),
      lagMs: isAtEnd || receivedAtMs === undefined ? 0 : Math.max(0, nowMs - receivedAtMs),
    });
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
      body: new Uint8Array(0),
      isAtEnd: false,
      isOver: false,
      lagMs: 0,
      gap: undefined,
      unpulled: [],
      scannerOf: (fields) => this.#scannerOf(fields),
      ...parts,
    });
  }

  #scannerOf(fields: readonly string[]): LogGroupScanner {
    if (this.#scanner?.fields !== fields) this.#scanner = { fields, scanner: new LogGroupScanner(fields) };
    return this.#scanner.scanner;
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
