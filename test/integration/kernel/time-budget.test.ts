import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { script, work } from "../../support/script.ts";
import type { ScriptRef, Work } from "../../support/script.ts";

/** How long the flood is watched, in milliseconds. */
const WATCH_MS = 400;

test("a flood of messages that never ends starves neither timers nor I/O", async () => {
  const system = new ActorSystem({ name: "flood" });
  const actors = Array.from({ length: 10 }, (_, index) => system.spawn(script(), `a${index}`));
  let messages = 0;
  const next = (index: number): ScriptRef => actors[(index + 1) % actors.length] as ScriptRef;
  const floodFrom = (index: number): Work =>
    function flood(context) {
      messages++;
      context.tell(next(index), work(floodFrom((index + 1) % actors.length)));
    };
  actors.forEach((actor, index) => system.tell(actor, work(floodFrom(index))));

  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  const echoes = await countEchoes(WATCH_MS);
  clearInterval(ticking);
  await system.stop();

  assert.ok(messages > 10_000, `${messages} messages: it was a flood`);
  assert.ok(ticks >= 10, `${ticks} ticks of a timer of 5 ms in ${WATCH_MS} ms`);
  assert.ok(echoes >= 10, `${echoes} echoes over a socket in ${WATCH_MS} ms`);
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

/** How many times a byte goes to a server of this process and back in a time. */
async function countEchoes(durationMs: number): Promise<number> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let echoes = 0;
  socket.on("data", () => {
    echoes++;
    socket.write("x");
  });
  socket.write("x");
  await sleep(durationMs);
  socket.removeAllListeners("data").resume().end();
  await once(socket, "close");
  server.close();
  await once(server, "close");
  return echoes;
}
