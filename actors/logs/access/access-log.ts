import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { AccessRecord } from "../../../runtime/net/access-tap.ts";
import type { Logger } from "../../../runtime/telemetry/logger.ts";
import type { Clock } from "../../../runtime/time/clock.ts";
import { accessLine, lossLine } from "./access-line.ts";

/** How long a record may wait to be written, in milliseconds: so much is lost when the process is killed. */
const WRITE_EVERY_MS = 50;
/** The most that waits to be written, in letters; what comes then is counted and not kept. */
const WAITING_MAX = 4 * 1_024 * 1_024;
/** A file that is larger gets another name, in bytes. */
const FILE_BYTES_MAX = 16 * 1_024 * 1_024;
/** How many files are kept besides the one that is written to. */
const OLDER_FILES = 3;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const NEWLINE = 10;

/** What the records of a gateway are written with. */
export interface AccessLogParts {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** A file that is larger gets another name, in bytes; 16 MiB unless given. */
  readonly fileBytesMax?: number;
}

/**
 * Writes the records of a gateway to a file, in which they survive its process. What is told it costs the gateway a text; it is written by another thread, many at a time. When the disk
 * does not keep up, records are counted instead of kept, and the file says how many. Several processes may write to one file.
 */
export class AccessLog {
  readonly #parts: AccessLogParts;
  #file: number | undefined = undefined;
  #waiting = "";
  #lost = 0;
  #lostInAll = 0;
  #written = 0;
  #isDue = false;
  #isWriting = false;
  #isFailing = false;
  #isClosed = false;
  /** The file ends in half a line. */
  #isTorn = false;

  constructor(parts: AccessLogParts) {
    this.#parts = parts;
    mkdirSync(dirname(parts.path), { recursive: true, mode: FOLDER_MODE });
  }

  /** How many records were taken, and how many of them were not kept. */
  get counts(): { readonly written: number; readonly lost: number } {
    return { written: this.#written, lost: this.#lostInAll };
  }

  readonly add = (record: AccessRecord): void => {
    const { clock } = this.#parts;
    this.#keep(accessLine(record, clock.wallMs()));
    if (this.#isDue || this.#isClosed) return;
    this.#isDue = true;
    clock.after(WRITE_EVERY_MS, this.#writeDue);
  };

  /** Writes what waits, and nothing after that. */
  close(): void {
    this.#isClosed = true;
    // What another thread is writing now stays in front of it: they are of one file, and each is written as a whole.
    const taken = this.#take();
    try {
      if (taken.bytes.length > 0) writeSync(this.#open(), taken.bytes);
    } catch (error) {
      this.#failed(error, taken, 0);
    }
    if (this.#file !== undefined && !this.#isWriting) closeSync(this.#file);
    this.#file = undefined;
  }

  #keep(line: string): void {
    if (this.#waiting.length + line.length > WAITING_MAX) {
      this.#lost++;
      this.#lostInAll++;
      return;
    }
    this.#waiting += line;
    this.#written++;
  }

  readonly #writeDue = (): void => {
    this.#isDue = false;
    if (this.#isWriting || this.#isClosed) return;
    const taken = this.#take();
    if (taken.bytes.length > 0) this.#write(taken, 0);
  };

  #take(): Taken {
    const lost = this.#lost;
    const loss = lost === 0 ? "" : lossLine(lost, this.#parts.clock.wallMs());
    const text = this.#waiting + loss;
    // Half a line that a full disk has taken ends where the next one begins.
    const bytes = Buffer.from(this.#isTorn && text !== "" ? `\n${text}` : text);
    this.#waiting = "";
    this.#lost = 0;
    return { bytes, lost };
  }

  #write(taken: Taken, from: number): void {
    const { bytes } = taken;
    let file: number;
    try {
      file = this.#open();
    } catch (error) {
      return this.#failed(error, taken, from);
    }
    this.#isWriting = true;
    write(file, bytes, from, bytes.length - from, null, (error, count) => {
      this.#isWriting = false;
      if (error !== null) return this.#failed(error, taken, from);
      this.#isFailing = false;
      if (from + count < bytes.length) return this.#write(taken, from + count);
      this.#isTorn = false;
      // What came meanwhile has waited for as long as it may.
      if (this.#waiting !== "") this.#writeDue();
    });
  }

  /** The file to write to now: another one when somebody has renamed it, or when it is large enough. */
  #open(): number {
    const { path, fileBytesMax = FILE_BYTES_MAX } = this.#parts;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && found.size >= fileBytesMax) renameOlder(path);
    else if (this.#file !== undefined && found?.ino === fstatSync(this.#file).ino) return this.#file;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
    this.#file = openSync(path, "a", FILE_MODE);
    return this.#file;
  }

  /** What could not be written is counted: the file says so once there is room again. */
  #failed(error: unknown, { bytes, lost }: Taken, from: number): void {
    this.#isTorn = from === 0 ? bytes[0] === NEWLINE : bytes[from - 1] !== NEWLINE;
    // Half a line is read as one that makes no sense, and is known by that.
    const known = (this.#isTorn ? 1 : 0) + (lost > 0 ? 1 : 0);
    const records = Math.max(0, linesIn(bytes.subarray(from)) - known);
    this.#lost += records + lost;
    this.#lostInAll += records;
    this.#written -= records;
    // Once for each failure that lasts: the disk may be full for hours.
    if (!this.#isFailing) this.#parts.log.error("access.notWritten", { path: this.#parts.path, err: error });
    this.#isFailing = true;
  }
}

/** What is written in one go. */
interface Taken {
  readonly bytes: Buffer;
  /** How many records its last line says were lost; 0 where there is no such line. */
  readonly lost: number;
}

function linesIn(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/** `access.log` becomes `access.log.1`, that one `.2`, and so on; the oldest goes. */
function renameOlder(path: string): void {
  for (let number = OLDER_FILES; number > 0; number--) {
    const older = number === 1 ? path : `${path}.${number - 1}`;
    if (statSync(older, { throwIfNoEntry: false }) !== undefined) renameSync(older, `${path}.${number}`);
  }
}
