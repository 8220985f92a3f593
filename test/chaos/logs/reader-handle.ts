import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type {
  PartitionAccount,
  PartitionCounts,
  ReaderCommand,
  ReaderOrder,
  ReaderWord,
} from "./reader-words.ts";

const PROGRAM = fileURLToPath(new URL("chaos-reader.js", import.meta.url));
/** Far longer than anything takes: a machine may be busy with other things. */
const BEGUN_WITHIN_MS = 60_000;
const LOOK_WITHIN_MS = 5_000;
const COUNTED_WITHIN_MS = 30_000;
const AGAIN_MS = 200;

/** A process that reads logs when it is told to. */
export class ReaderHandle {
  readonly loaded: Promise<void>;
  readonly ended: Promise<void>;
  isAlive = true;
  /** Somebody wants it to end. */
  isEnding = false;
  isPaused = false;
  /** It was frozen at some time: what it then says of itself may be old. */
  wasPaused = false;
  name = "";
  /** What it wrote when it ended without being told to. */
  complaints = "";
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (word: ReaderWord) => void>();
  #latestId = 0;

  constructor() {
    this.#child = fork(PROGRAM, [], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    this.#child.stderr?.on("data", (bytes: Buffer) => {
      this.complaints = (this.complaints + bytes.toString()).slice(-4_000);
    });
    this.#child.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.once("exit", () => {
        this.isAlive = false;
        resolve();
      });
    });
    this.loaded = new Promise((resolve) => {
      this.#child.on("message", (message) => {
        const word = message as ReaderWord;
        if (word.kind === "loaded") resolve();
        else this.#answers.get(word.id)?.(word);
      });
    });
  }

  /** It reads when this resolves; false when it was ended before. @throws Error when it cannot */
  async begin(order: ReaderOrder): Promise<boolean> {
    this.name = order.name;
    const word = await this.#ask((id) => ({ kind: "begin", id, order }), BEGUN_WITHIN_MS);
    if (word?.kind === "failed") throw new Error(`the reader does not begin: ${word.text}`);
    return word?.kind === "done";
  }

  /** Undefined when it does not answer. */
  async look(): Promise<readonly PartitionAccount[] | undefined> {
    const word = await this.#ask((id) => ({ kind: "look", id }), LOOK_WITHIN_MS);
    return word?.kind === "looked" ? word.accounts : undefined;
  }

  /** A node that was held to be dead refuses until it is a member again, so it is asked again. @throws Error when it does not answer */
  async count(): Promise<readonly PartitionCounts[]> {
    const endMs = performance.now() + COUNTED_WITHIN_MS;
    for (;;) {
      const word = await this.#ask((id) => ({ kind: "count", id }), COUNTED_WITHIN_MS);
      if (word?.kind === "counted") return word.partitions;
      const why = word?.kind === "failed" ? word.text : "no answer";
      if (word === undefined || performance.now() > endMs) {
        throw new Error(`the counts of ${this.name} cannot be read: ${why}`);
      }
      await pause(AGAIN_MS);
    }
  }

  double(partitions: readonly string[]): void {
    this.#send({ kind: "double", partitions });
  }

  /** Stops the node; the process can be another one then. False when it could not. */
  async end(): Promise<boolean> {
    const word = await this.#ask((id) => ({ kind: "end", id }), BEGUN_WITHIN_MS);
    return word?.kind === "done";
  }

  pause(): void {
    this.isPaused = this.wasPaused = true;
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.isPaused = false;
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.isEnding = true;
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  #send(command: ReaderCommand): void {
    if (this.isAlive && this.#child.connected) this.#child.send(command, () => undefined);
  }

  #ask(commandOf: (id: number) => ReaderCommand, withinMs: number): Promise<ReaderWord | undefined> {
    const id = ++this.#latestId;
    return new Promise((resolve) => {
      const end = (word: ReaderWord | undefined): void => {
        clearTimeout(limit);
        this.#answers.delete(id);
        resolve(word);
      };
      const limit = setTimeout(() => end(undefined), withinMs);
      void this.ended.then(() => end(undefined));
      this.#answers.set(id, end);
      this.#send(commandOf(id));
    });
  }
}
