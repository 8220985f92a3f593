import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ServerFrame } from "../../protocols/client-frames.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { RawClient } from "../support/raw-client.ts";

const ROOM = "chat/crowded";
/** Far more than the operating system keeps for a reader who sleeps, with what is left of it for the gateway to hold. */
const PUBLICATIONS = 1_000;
const DATA = "x".repeat(15_000);
const OUTBOUND_BYTES = 262_144;
/** What is written at once, besides what waits: a turn's batch and one frame. */
const WRITTEN_BYTES_MAX = 65_536 + 16_384;

const subscribe = JSON.stringify({ kind: "subscribe", id: 0, room: ROOM });

let running: GatewayNode;
let speaker: FrameClient;

before(async () => {
  running = await startGatewayNode((settings) => ({
    ...settings,
    limits: { ...settings.limits, messagesPerSecond: 100_000, burst: 100_000 },
  }));
  speaker = await FrameClient.line("speaker", running.linePort);
  speaker.send({ kind: "subscribe", id: 0, room: ROOM });
  await speaker.next("subscribed");
});
after(async () => {
  speaker.close();
  await running.stop();
});

/** What the tree says of a connection. */
interface Told {
  readonly name: string;
  readonly state: string;
  readonly bufferedBytes: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly subscriptions: Readonly<Record<string, string>>;
}

function connectionsOf({ node }: GatewayNode): Told[] {
  const told: Told[] = [];
  const visit = (path: string): void => {
    const actor = node.system.describe({ path, depth: 1 });
    for (const child of actor?.children ?? []) {
      if (child.details?.["bufferedBytes"] !== undefined) told.push(child.details as unknown as Told);
      visit(child.path);
    }
  };
  visit("/gateway");
  return told;
}

/** The one on WebSocket first. */
function sleepers(): Told[] {
  const asleep = connectionsOf(running).filter(({ name }) => name.startsWith("sleeper"));
  return asleep.toSorted((one, other) => other.name.localeCompare(one.name));
}

/** Comes into the room and stops reading. */
async function sleeper(door: "webSocket" | "line"): Promise<RawClient> {
  const isLine = door === "line";
  const client = isLine
    ? await RawClient.tcp(running.linePort, "line")
    : await RawClient.webSocket(`${running.webSocketUrl}/chatroom`);
  const end = isLine ? "\n" : "";
  client.say(`${JSON.stringify({ kind: "hello", version: 1, name: `sleeper ${door}` })}${end}`);
  client.say(`${subscribe}${end}`);
  await client.next("subscribed");
  client.socket.pause();
  return client;
}

/** What is announced later is left out for them, too. */
async function untilAnnounced(): Promise<void> {
  const announced = () =>
    speaker.inbox.flatMap((frame) => (frame.kind === "joined" ? frame.members.map(({ name }) => name) : []));
  const sleeping = () =>
    announced()
      .filter((name) => name.startsWith("sleeper"))
      .toSorted();
  await eventually(sleeping, ["sleeper line", "sleeper webSocket"]);
}

async function publishAll(): Promise<void> {
  for (let id = 1; id <= PUBLICATIONS; id++) {
    speaker.send({ kind: "publish", id, room: ROOM, data: DATA });
    await speaker.next("published");
  }
}

function skippedIn(frames: readonly ServerFrame[]): ServerFrame[] {
  return frames.filter((frame) => frame.kind === "skipped");
}

function isOf(data: string): (frame: ServerFrame) => boolean {
  return (frame) => frame.kind === "publication" && frame.data === data;
}

function firstOffsets(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

describe("members of a room who stop reading", () => {
  it("hold up nobody, cost no more than their limit, and hear once they read again where they have to catch up", async () => {
    const clients = [await sleeper("webSocket"), await sleeper("line")];
    await untilAnnounced();
    await publishAll();

    const heard = speaker.inbox.filter((frame) => frame.kind === "publication");
    assert.deepEqual(
      heard.map(({ offset }) => offset),
      firstOffsets(PUBLICATIONS),
    );
    for (const { name, state, bufferedBytes, drops, subscriptions } of sleepers()) {
      assert.equal(state, "congested", name);
      assert.ok(bufferedBytes <= OUTBOUND_BYTES + WRITTEN_BYTES_MAX, `${name} holds ${bufferedBytes} bytes`);
      assert.ok((drops[ROOM] ?? 0) > 0, `nothing was dropped for ${name}`);
      assert.deepEqual(subscriptions, { [ROOM]: "skipAndRecover" });
    }
    assert.equal(sleepers().length, 2);

    for (const client of clients) client.socket.resume();
    await eventually(() => clients.map((client) => skippedIn(client.inbox).length), [1, 1]);
    for (const [index, { inbox }] of clients.entries()) {
      const came = inbox.flatMap((frame) => (frame.kind === "publication" ? [frame.offset] : []));
      const { state, drops } = sleepers()[index] ?? assert.fail("is gone");
      assert.deepEqual(came, firstOffsets(PUBLICATIONS - (drops[ROOM] ?? 0)), "a gap before the word of it");
      assert.deepEqual(skippedIn(inbox), [{ kind: "skipped", room: ROOM, offset: PUBLICATIONS }]);
      assert.equal(state, "open");
    }

    speaker.send({ kind: "publish", id: 0, room: ROOM, data: "awake?" });
    const areAwake = () => clients.map(({ inbox }) => inbox.some(isOf("awake?")));
    await eventually(areAwake, [true, true]);
    // The one that is left would hear of the other's leaving.
    for (const client of clients) client.destroy();
    running.assertSound();
  });
});
