import { setTimeout as pause } from "node:timers/promises";
import type { NodeProcess } from "../support/node-process.ts";
import { isThere, processesBelow } from "../support/process-table.ts";
import type { ProcessRow } from "../support/process-table.ts";
import type { Complaints } from "./complaints.ts";

const LOOK_EVERY_MS = 500;
/** Looks in a row at which a process may be found ended and not yet buried. */
const UNBURIED_LOOKS_MAX = 6;
/** How long processes may outlive their host, in milliseconds. */
const GONE_WITHIN_MS = 10_000;
/** Nothing that the torments do gives a reason for any of these. */
const MISHAPS: ReadonlySet<string> = new Set([
  "actor.failed",
  "actor.stalled",
  "actor.restarted",
  "actor.escalated",
  "actor.gaveUp",
  "actor.stopTimedOut",
  "actor.notHandedOver",
  "actor.heirloomUnfit",
  "actor.loadFailed",
  "message.quarantined",
]);
/** What is graver than this is a mishap, whatever its name. */
const GRAVE: ReadonlySet<string> = new Set(["error", "fatal"]);

/** Looks after what becomes of the processes of a service: which there are, what they log, and whether all are gone at the end. */
export class Overseer {
  readonly #node: NodeProcess;
  readonly #complaints: Complaints;
  /** How often an event that would be a mishap is part of the plan. */
  readonly #expected = new Map<string, number>();
  readonly #seen = new Map<string, ProcessRow>();
  readonly #unburied = new Map<string, number>();
  #looking: NodeJS.Timeout | undefined = undefined;

  constructor(node: NodeProcess, complaints: Complaints) {
    this.#node = node;
    this.#complaints = complaints;
  }

  start(): void {
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#look();
  }

  /** What comes now is part of the plan: each of these events may be logged once more. */
  expect(events: readonly string[]): void {
    for (const event of events) this.#expected.set(event, (this.#expected.get(event) ?? 0) + 1);
  }

  /** How many processes there have been so far. */
  get processes(): number {
    return this.#seen.size;
  }

  /** Stops the service, and complains about whatever is left of it, or was said in its log. */
  async end(): Promise<void> {
    this.#look();
    clearInterval(this.#looking);
    const { code, signal, stdout } = await this.#node.stop();
    if (code !== 0) this.#complaints.add(`the service ended with ${code ?? signal}`);
    const endMs = performance.now() + GONE_WITHIN_MS;
    while (this.#left().length > 0 && performance.now() < endMs) await pause(LOOK_EVERY_MS / 5);
    for (const { pid, state } of this.#left()) this.#complaints.add(`process ${pid} (${state}) is left over`);
    for (const line of stdout.split("\n")) this.#judge(line);
  }

  #left(): ProcessRow[] {
    return [...this.#seen.values()].filter(isThere);
  }

  #look(): void {
    for (const row of processesBelow(this.#node.process.child.pid ?? 0)) {
      const key = `${row.pid} ${row.startedAt}`;
      this.#seen.set(key, row);
      const looks = row.state === "Z" ? (this.#unburied.get(key) ?? 0) + 1 : 0;
      this.#unburied.set(key, looks);
      if (looks === UNBURIED_LOOKS_MAX) this.#complaints.add(`process ${row.pid} stays a zombie`);
    }
  }

  #judge(line: string): void {
    if (!line.startsWith("{")) return;
    const { event = "", level = "" } = JSON.parse(line) as { event?: string; level?: string };
    if (!MISHAPS.has(event) && !GRAVE.has(level)) return;
    const expected = this.#expected.get(event) ?? 0;
    if (expected > 0) this.#expected.set(event, expected - 1);
    else this.#complaints.add(`log: ${line.slice(0, 600)}`);
  }
}
