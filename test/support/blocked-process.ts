import { join } from "node:path";
import Type from "typebox";
import { watchLoop } from "../../deploy/watch-loop.ts";
import { defineProtocol } from "../../protocols/protocol.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import { defineActor } from "../../runtime/actor/define-actor.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";

/**
 * A process whose actor blocks the event loop: `blocked-process.js FOLDER HOW FOR_MS KILL_AFTER_MS`. It prints `ready`,
 * then after the block what its system knows of stalls and quarantine, as JSON.
 */
const [folder = ".", how = "loop", forMs = "0", killAfterMs = "0"] = process.argv.slice(2);

const HolderProtocol = defineProtocol({
  name: "holder",
  version: 1,
  tell: {
    loop: { forMs: Type.Number(), poison: Type.String() },
    storm: { forMs: Type.Number() },
    quiet: { forMs: Type.Number() },
  },
});

const Holder = defineActor({
  protocol: HolderProtocol,
  initialState: () => ({}),
  handlers: {
    loop: (_state, message) => holdTheLoop(message.forMs),
    async storm(_state, message) {
      const endMs = performance.now() + message.forMs;
      while (performance.now() < endMs) await microtask();
    },
    quiet: (_state, message) => new Promise((resolve) => setTimeout(resolve, message.forMs)),
  },
});

function holdTheLoop(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs);
}

function microtask(): Promise<void> {
  return Promise.resolve();
}

const system = new ActorSystem({ name: "blocked" });
const holder = system.spawn(Holder, "holder");
const settings = {
  dataDir: join(folder),
  watchdog: { blockedAfterMs: 300, killAfterMs: Number(killAfterMs) },
} as NodeSettings;
const watchdog = watchLoop({ settings, system, log: SILENT });

// The thread needs a moment to start looking.
setTimeout(() => {
  process.stdout.write("ready\n");
  const message = { forMs: Number(forMs) };
  if (how === "loop") system.tell(holder, { kind: "loop", ...message, poison: "p-1" });
  else if (how === "storm") system.tell(holder, { kind: "storm", ...message });
  else system.tell(holder, { kind: "quiet", ...message });
  setTimeout(() => void finish(), Number(forMs) + 400);
}, 500);

async function finish(): Promise<void> {
  process.stdout.write(
    `${JSON.stringify({ stalls: system.stalls.recent(), held: system.quarantine.entries() })}\n`,
  );
  await watchdog.stop();
  await system.stop();
}
