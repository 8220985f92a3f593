import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { FaultProxy } from "./fault-proxy.ts";
import { OUT_OF_TIME } from "./node-words.ts";
import type {
  EndedWord,
  NodeCommand,
  NodeReport,
  NodeWord,
  RoundsReport,
  SaidWord,
  Tallies,
} from "./node-words.ts";

const PROGRAM = fileURLToPath(new URL("chaos-node.js", import.meta.url));
const READY_WITHIN_MS = 120_000;
const REPORT_WITHIN_MS = 30_000;

/** Who hears what nodes say. */
export interface NodeListener {
  readonly happened: (words: readonly (SaidWord | EndedWord)[], atMs: number) => void;
  /** It has ended, and nobody wanted that. */
  readonly died: (node: NodeHandle, how: string) => void;
}

/** Where a node is started. */
export interface NodePlace {
  readonly name: string;
  readonly folder: string;
  /** The port of the store; the node has a way of its own to it. */
  readonly storePort: number;
  readonly listener: NodeListener;
  /** As `name=value`. */
  readonly settings?: readonly string[];
}

/** What a probe of a node has found. */
export interface Probed {
  readonly silent: readonly string[];
  readonly ms: number;
}

/** A node in a process of its own, with its way to the store. */
export class NodeHandle {
  readonly name: string;
  readonly way: FaultProxy;
  /** Of each of its lives in the cluster. */
  readonly incarnations: string[] = [];
  isAlive = true;
  /** Whether something is being done to it: two things at a time are not undone. */
  isTaken = false;
  /** Whether it is known to end. */
  isLeaving = false;
  isPaused = false;
  /** Whether it has ended in order: nothing was in its memory any more. */
  hasLeft = false;
  /** What it has said of itself last. */
  lastReport: NodeReport | undefined = undefined;
  readonly #listener: NodeListener;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #answers = new Map<number, (word: NodeWord) => void>();
  #isReady = false;
  #latestId = 0;

  private constructor({ name, folder, listener, settings = [] }: NodePlace, way: FaultProxy) {
    this.name = name;
    this.way = way;
    this.#listener = listener;
    const file = openSync(join(folder, `${name}.out`), "a");
    this.#child = fork(PROGRAM, [name, way.url, folder, ...settings], {
      stdio: ["ignore", file, file, "ipc"],
    });
    closeSync(file);
    this.#child.on("message", (word) => this.#hear(word as NodeWord));
    this.#child.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      this.#child.once("close", (code, signal) => {
        this.isAlive = false;
        this.hasLeft = code === 0;
        const isWanted = this.isLeaving && (code === 0 || code === OUT_OF_TIME || signal !== null);
        // Whoever starts one hears that it does not.
        if (this.#isReady && !isWanted) listener.died(this, `${code ?? signal}`);
        resolve();
      });
    });
  }

  /** Starts one; it serves when this resolves. @throws Error when it does not, or ends before */
  static async start(place: NodePlace): Promise<NodeHandle> {
    const node = new NodeHandle(place, await FaultProxy.open(place.storePort));
    const endMs = performance.now() + READY_WITHIN_MS;
    while (!node.#isReady) {
      if (!node.isAlive || performance.now() > endMs) {
        await node.kill();
        throw new Error(`node ${place.name} does not start: see ${join(place.folder, `${place.name}.out`)}`);
      }
      await pause(10);
    }
    return node;
  }

  do(command: NodeCommand): void {
    if (this.isAlive && this.#child.connected) this.#child.send(command, () => undefined);
  }

  /** Undefined when it ends, or does not answer in time. */
  async report(): Promise<NodeReport | undefined> {
    const word = await this.#ask((id) => ({ kind: "report", id }), REPORT_WITHIN_MS);
    return word?.kind === "report" ? word.report : undefined;
  }

  /** Asks all tallies until they have answered. */
  async probe(tallies: Tallies, withinMs: number): Promise<Probed> {
    const asked = await this.#ask((id) => ({ kind: "probe", id, tallies, withinMs }), withinMs * 2);
    return asked?.kind === "probed" ? asked : { silent: tallies.ids, ms: withinMs };
  }

  /** Ends asking around, once all questions have ended. @throws Error when the node does not answer */
  async stopRounds(): Promise<RoundsReport> {
    const ended = await this.#ask((id) => ({ kind: "stopRounds", id }), REPORT_WITHIN_MS);
    if (ended?.kind !== "roundsEnded") throw new Error(`node ${this.name} does not say what came of it`);
    return ended.report;
  }

  pause(): void {
    this.isPaused = true;
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.isPaused = false;
    this.#child.kill("SIGCONT");
  }

  /** Leaves in order. */
  async leave(): Promise<void> {
    this.isLeaving = true;
    this.#child.kill("SIGTERM");
    await this.#ended;
    await this.way.close();
  }

  /** Asks it to leave, and does not wait. */
  beginToLeave(): void {
    this.isLeaving = true;
    this.#child.kill("SIGTERM");
  }

  async kill(): Promise<void> {
    this.isLeaving = true;
    this.#child.kill("SIGKILL");
    await this.#ended;
    await this.way.close();
  }

  #ask(commandOf: (id: number) => NodeCommand, withinMs: number): Promise<NodeWord | undefined> {
    const id = ++this.#latestId;
    return new Promise((resolve) => {
      const end = (word: NodeWord | undefined): void => {
        clearTimeout(limit);
        this.#answers.delete(id);
        resolve(word);
      };
      const limit = setTimeout(() => end(undefined), withinMs);
      void this.#ended.then(() => end(undefined));
      this.#answers.set(id, end);
      this.do(commandOf(id));
    });
  }

  #hear(word: NodeWord): void {
    switch (word.kind) {
      case "ready":
        this.#isReady = true;
        return;
      case "incarnation":
        this.incarnations.push(word.incarnation);
        return;
      case "happened":
        return this.#listener.happened(word.words, word.atMs);
      case "report":
        this.lastReport = word.report;
        return this.#answers.get(word.id ?? 0)?.(word);
      case "roundsEnded":
      case "probed":
        return this.#answers.get(word.id)?.(word);
    }
  }
}
