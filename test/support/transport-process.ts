import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { eventually } from "./eventually.ts";

const PROGRAM = fileURLToPath(new URL("transport-node.js", import.meta.url));

/** What a node has said. */
class Said {
  /** By sender, by `dead sender`, and by receiver. */
  readonly received = new Map<string, number[]>();
  readonly adopted = new Map<string, number[]>();
  readonly returned = new Map<string, number[]>();
  /** How many it has sent to each, as of its latest report. */
  readonly sent = new Map<string, number>();
  readonly reports: number[] = [];
  isReady = false;

  hear(line: string): void {
    const words = line.split(" ");
    const number = Number(words.at(-1));
    const subject = words.slice(1, -1).join(" ");
    if (words[0] === "ready") this.isReady = true;
    if (words[0] === "reported") this.reports.push(number);
    if (words[0] === "sent") this.sent.set(subject, number);
    if (words[0] === "received") note(this.received, subject, number);
    if (words[0] === "adopted") note(this.adopted, subject, number);
    if (words[0] === "returned") note(this.returned, subject, number);
  }
}

/** A node in a process of its own (see `transport-node.ts`). It speaks into a file: what it has said outlives it, to the last word. */
export class TransportProcess {
  readonly incarnation: string;
  isAlive = true;
  readonly #said = new Said();
  readonly #folder = mkdtempSync(join(tmpdir(), "banyan-transport-"));
  readonly #file = join(this.#folder, "said");
  #heard = 0;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(url: string, incarnation: string) {
    this.incarnation = incarnation;
    const file = openSync(this.#file, "a");
    this.#child = spawn(process.execPath, [PROGRAM, url, incarnation], { stdio: ["pipe", file, "inherit"] });
    closeSync(file);
    this.#child.stdin?.on("error", () => {});
    this.#ended = once(this.#child, "close");
  }

  static async start(url: string, incarnation: string): Promise<TransportProcess> {
    const node = new TransportProcess(url, incarnation);
    await eventually(() => node.said.isReady, true, `${incarnation} is ready`);
    return node;
  }

  /** All that it has said so far. */
  get said(): Said {
    if (this.#heard === -1) return this.#said;
    const text = readFileSync(this.#file).subarray(this.#heard).toString();
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    this.#heard += Buffer.byteLength(whole);
    for (const line of whole.split("\n").slice(0, -1)) this.#said.hear(line);
    return this.#said;
  }

  do(command: string): void {
    this.#child.stdin?.write(`${command}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends at once. */
  async kill(): Promise<void> {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#child.kill("SIGKILL");
    await this.#ended;
    void this.said;
    this.#heard = -1;
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Has it say what it has sent; answers how much of it is not acknowledged. */
  async report(): Promise<number> {
    const before = this.said.reports.length;
    this.do("report");
    await eventually(() => this.said.reports.length > before, true);
    return this.said.reports.at(-1) ?? 0;
  }
}

/** From `first` to `last`. */
export function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}

/** Holds all that was said against what a transport promises; all have reported, and everything has come to rest. */
export function checkTransports(nodes: readonly TransportProcess[]): void {
  for (const from of nodes) for (const to of nodes) checkPair(from, to);
  const heirlooms = nodes.flatMap(({ said }) => [...said.adopted.values()]);
  for (const [first = 1, ...rest] of heirlooms) {
    assert.deepEqual([first, ...rest], numbers(first, first + rest.length), "in order, once");
  }
}

function checkPair(from: TransportProcess, to: TransportProcess): void {
  const pair = `${from.incarnation} to ${to.incarnation}`;
  const received = to.said.received.get(from.incarnation) ?? [];
  assert.deepEqual(received, numbers(1, received.length), `${pair}: in order, once, nothing left out`);
  if (!from.isAlive) return;
  const sent = from.said.sent.get(to.incarnation) ?? 0;
  if (to.isAlive) return assert.equal(received.length, sent, `${pair}: all of it`);
  const returned = from.said.returned.get(to.incarnation) ?? [];
  assert.deepEqual(returned, numbers(sent - returned.length + 1, sent), `${pair}: what is left comes back`);
  assert.ok(received.length + returned.length >= sent, `${pair}: received or returned`);
}

function note(lists: Map<string, number[]>, key: string, number: number): void {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  list.push(number);
}
