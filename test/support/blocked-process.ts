import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Type from "typebox";
import { BLOCKS_FILE } from "../../deploy/data-directory.ts";
import { watchLoop } from "../../deploy/watch-loop.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { TellKind } from "../../protocols/protocol.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { LoopBeats } from "../../runtime/supervision/watchdog/loop-beats.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";

/**
 * A process whose actor blocks the event loop: `blocked-process.js FOLDER HOW FOR_MS KILL_AFTER_MS`, at least for the time
 * given and until somebody has written down that it does. It prints `ready`, then after the block what its system knows of
 * stalls and quarantine, as JSON.
 */
const [folder = ".", how = "loop", forMs = "0", killAfterMs = "0"] = process.argv.slice(2);
const BLOCKED_AFTER_MS = 500;
/** Whoever has not named the loop by then never will, in milliseconds. */
const HELD_MAX_MS = 30_000;
/** An expected block that is shorter than what becomes of it. */
const EXPECTED_MS = 500;
/** How long stalls are waited for after the block, in milliseconds. */
const TOLD_WITHIN_MS = 5_000;
const RECORD = join(folder, BLOCKS_FILE);
const startedAtMs = performance.now();

const HolderProtocol = defineProtocol({
  name: "holder",
  version: 1,
  tell: {
    loop: { forMs: Type.Number(), poison: Type.String() },
    storm: { forMs: Type.Number() },
    tickStorm: { forMs: Type.Number() },
    lateLoop: { forMs: Type.Number() },
    native: { forMs: Type.Number() },
    expected: { forMs: Type.Number() },
    tooLong: { forMs: Type.Number() },
    quiet: { forMs: Type.Number() },
  },
});

const Holder = defineActor({
  protocol: HolderProtocol,
  initialState: () => ({}),
  handlers: {
    loop: (_state, message) => holdTheLoop(message.forMs),
    async storm(_state, message) {
      while (isToBlock(message.forMs)) await microtask();
    },
    tickStorm: (_state, message) => tickWhile(() => isToBlock(message.forMs)),
    async lateLoop(_state, message) {
      await microtask();
      holdTheLoop(message.forMs);
    },
    native: (_state, message) => waitNatively(message.forMs),
    expected: (_state, message) => {
      const done = beats.expect("a test", message.forMs);
      holdFor(message.forMs);
      done();
    },
    tooLong: (_state, message) => {
      const done = beats.expect("a test", EXPECTED_MS);
      holdTheLoop(message.forMs);
      done();
    },
    quiet: (_state, message) => new Promise((resolve) => setTimeout(resolve, message.forMs)),
  },
});

/** Whether the time is not over, or nobody has named the actor yet. */
function isToBlock(durationMs: number): boolean {
  const heldMs = performance.now() - toldAtMs;
  if (heldMs > HELD_MAX_MS + durationMs) return false;
  return heldMs < durationMs || !isNamed();
}

/** A slow start may have been written down before; it is nobody's concern. */
function isNamed(): boolean {
  if (!existsSync(RECORD)) return false;
  const text = readFileSync(RECORD, "utf8");
  return text.includes(`"kind":"${how}"`) || text.includes(`"${how} (`);
}

function holdTheLoop(durationMs: number): void {
  while (isToBlock(durationMs));
}

function holdFor(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

function microtask(): Promise<void> {
  return Promise.resolve();
}

function tickWhile(isToGoOn: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const tickStorm = (): void => {
      if (isToGoOn()) process.nextTick(tickStorm);
      else resolve();
    };
    tickStorm();
  });
}

function waitNatively(durationMs: number): void {
  while (isToBlock(durationMs)) execFileSync("sleep", ["0.7"]);
}

const system = new ActorSystem({ name: "blocked" });
const holder = system.spawn(Holder, "holder");
const settings = {
  dataDir: folder,
  watchdog: { blockedAfterMs: BLOCKED_AFTER_MS, killAfterMs: Number(killAfterMs) },
} as NodeSettings;
const beats = new LoopBeats();
const watchdog = watchLoop({ settings, system, log: SILENT, beats, hasHost: false });
let toldAtMs = startedAtMs;

// The thread needs a moment to start looking.
setTimeout(() => {
  rmSync(RECORD, { force: true });
  const earlier = system.stalls.total;
  process.stdout.write("ready\n");
  const kind = how as Exclude<TellKind<typeof HolderProtocol>, "loop">;
  const message = { forMs: Number(forMs) };
  toldAtMs = performance.now();
  if (how === "loop") system.tell(holder, { kind: "loop", ...message, poison: "p-1" });
  else system.tell(holder, { kind, ...message });
  setTimeout(() => void finish(earlier), Number(forMs) + 400);
}, 1_000);

async function finish(earlier: number): Promise<void> {
  const isQuiet = how === "quiet" || how === "expected";
  const endMs = performance.now() + TOLD_WITHIN_MS;
  while (!isQuiet && system.stalls.total === earlier && performance.now() < endMs) await sleep(20);
  const told = {
    stalls: system.stalls.recent(system.stalls.total - earlier),
    held: system.quarantine.entries(),
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
  await watchdog.stop();
  await system.stop();
}
