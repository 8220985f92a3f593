import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { script, work } from "../../support/script.ts";
import type { ScriptRef, Work } from "../../support/script.ts";

/** How often a timer and an echo must come through the flood. */
const TURNS = 10;
/** A flood that lets nothing through ends by itself after so long, in milliseconds. */
const FLOOD_MAX_MS = 20_000;

test("a flood of messages that never ends starves neither timers nor I/O", async () => {
  const system = new ActorSystem({ name: "flood" });
  const actors = Array.from({ length: 10 }, (_, index) => system.spawn(script(), `a${index}`));
  let messages = 0;
  const endMs = performance.now() + FLOOD_MAX_MS;
  let isFlooding = true;
  const next = (index: number): ScriptRef => actors[(index + 1) % actors.length] as ScriptRef;
  const floodFrom = (index: number): Work =>
    function flood(context) {
      messages++;
      isFlooding &&= performance.now() < endMs;
      if (isFlooding) context.tell(next(index), work(floodFrom((index + 1) % actors.length)));
    };
  actors.forEach((actor, index) => system.tell(actor, work(floodFrom(index))));

  await Promise.all([ticks(TURNS), echoes(TURNS)]);
  assert.equal(isFlooding, true, "they did not have to wait for its end");
  assert.ok(messages > 1_000, `${messages} messages: it was a flood`);
  isFlooding = false;
  await system.stop();
});

test("a system that was stopped holds no timer: the process can end", async () => {
  const before = process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const system = new ActorSystem({ name: "timers" });
  const actor = system.spawn(script(), "a");
  system.tell(
    actor,
    work((context) => context.startTimer("far", 3_600_000, { kind: "own", text: "never" })),
  );
  const asked = system
    .ask(actor, { kind: "question", run: (context) => void context.replyLater() })
    .catch(() => {});
  await sleep(20);
  assert.ok(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length > before);
  await system.stop();
  await asked;
  assert.equal(process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length, before);
});

/** Resolves when a timer has ticked so often. */
async function ticks(count: number): Promise<void> {
  for (let tick = 0; tick < count; tick++) await sleep(5);
}

/** Resolves when a byte has gone to a server of this process and back so often. */
async function echoes(count: number): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  for (let echo = 0; echo < count; echo++) {
    socket.write("x");
    await once(socket, "data");
  }
  socket.end();
  await once(socket, "close");
  server.close();
  await once(server, "close");
}
