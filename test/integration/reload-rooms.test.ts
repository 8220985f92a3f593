import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { connect } from "../../runtime/client/node-client.ts";
import type { Client } from "../../runtime/client/node-client.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { RawClient } from "../support/raw-client.ts";
import { ReloadingNode } from "../support/reloading-node.ts";
import { RoomTalk } from "../support/room-talk.ts";

const RELOADS = 2;
/** Long enough for the first part of a frame to have been read before its connection moves, in milliseconds. */
const READ_MS = 300;

let running: ReloadingNode;
let talk: RoomTalk | undefined;
before(async () => {
  running = await ReloadingNode.start();
});
afterEach(() => talk?.close());
after(() => running.stop());

interface Listed {
  readonly listener: string;
  readonly id: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What operators see of the connections, by the name of the client. */
async function connections(): Promise<ReadonlyMap<unknown, Listed>> {
  const { body } = await running.node.get("/v1/connections");
  const listed = (body as { connections: Listed[] }).connections;
  return new Map(listed.map((connection) => [connection.details["name"], connection]));
}

describe("members of a room whose node is reloaded", () => {
  it("hear everything once and in order, nobody is announced, and what they say is answered", async () => {
    talk = await RoomTalk.open(running, "chat/steady");
    await talk.during(20, async () => {
      for (let count = 0; count < RELOADS; count++) await running.reload();
    });
    await talk.assertHeard();
    assert.ok(talk.said > RELOADS);
  });

  it("lose nothing of a burst in the middle of which the node is reloaded", async () => {
    talk = await RoomTalk.open(running, "chat/burst");
    const reloading = running.reload();
    let isOver = false;
    void reloading.finally(() => (isOver = true));
    while (!isOver) {
      talk.burst(30);
      await pass(150);
    }
    await reloading;
    await talk.assertHeard();
  });

  it("are the same connections for operators, with what has passed through them", async () => {
    talk = await RoomTalk.open(running, "chat/seen");
    talk.burst(3);
    await talk.assertHeard();
    const seenBefore = await connections();
    await running.reload();
    talk.burst(3);
    await talk.assertHeard();
    // Three publications, and the answer to the one that each has said itself; a ping may have come as well.
    const passed = async (frames: "framesOut" | "framesIn"): Promise<number> => {
      const now = await connections();
      const grown = Array.from(now, ([name, { details }]) => {
        return Number(details[frames]) - Number(seenBefore.get(name)?.details[frames]);
      });
      return Math.min(...grown);
    };
    await eventually(async () => (await passed("framesOut")) >= 4, true);
    await eventually(async () => (await passed("framesIn")) >= 1, true);
    const seenAfter = await connections();
    for (const name of ["json", "msgpack", "line"]) {
      const [old, now] = [seenBefore.get(name), seenAfter.get(name)];
      assert.ok(old !== undefined && now !== undefined, name);
      assert.deepEqual([now.listener, now.id], [old.listener, old.id]);
      assert.equal(now.details["openedAtMs"], old.details["openedAtMs"]);
    }
  });

  it("may recover afterwards what was said before", async () => {
    talk = await RoomTalk.open(running, "chat/recovered");
    const late = await FrameClient.webSocket("late", running.chatroom);
    late.send({ kind: "subscribe", id: 1, room: "chat/recovered" });
    const { epoch } = await late.next("subscribed");
    talk.burst(5);
    await eventually(() => late.inbox.filter(({ kind }) => kind === "publication").length, 5);
    await running.reload();
    late.send({ kind: "subscribe", id: 2, room: "chat/recovered", recover: { epoch, offset: 2 } });
    const again = await late.next("subscribed");
    late.close();
    assert.equal(again.epoch, epoch);
    assert.equal(again.members, 4);
    assert.ok(again.recovered);
    assert.deepEqual(
      again.publications.map(({ offset }) => offset),
      [3, 4, 5],
    );
  });

  it("leave in the ordinary way when they go after the reload", async () => {
    talk = await RoomTalk.open(running, "chat/left");
    await running.reload();
    const [json, msgpack, line] = talk.members;
    json?.close();
    for (const member of [msgpack, line]) {
      const left = await member?.next("left");
      assert.deepEqual([left?.members.map(({ name }) => name), left?.count], [["json"], 2]);
    }
  });
});

describe("a frame that is sent in two parts, with a reload between", () => {
  it("arrives as one", async () => {
    const raw = await RawClient.tcp(running.linePort, "line");
    const frame = `${JSON.stringify({ kind: "hello", version: 1, name: "Halves" })}\n`;
    raw.say(frame.slice(0, 20));
    await pass(READ_MS);
    await running.reload();
    raw.say(frame.slice(20));
    assert.equal((await raw.next("welcome")).name, "Halves");
    raw.socket.destroy();
  });
});

describe("clients of the SDK whose node is reloaded", () => {
  const clients: Client[] = [];
  afterEach(() => clients.splice(0).forEach((client) => client.close()));

  it("notice nothing, in either format", async () => {
    const log: unknown[] = [];
    const heard: Record<string, number[]> = { json: [], msgpack: [] };
    for (const format of ["json", "msgpack"] as const) {
      const client = connect({ url: running.chatroom, name: format, format });
      clients.push(client);
      const room = client.room("chat/sdk");
      room.subscribe({
        publication: ({ offset }) => void heard[format]?.push(offset),
        gap: (gap) => log.push([format, gap]),
        state: ({ kind }) => log.push([format, kind]),
      });
      await eventually(() => room.state.kind, "live");
      client.onState(({ kind }) => log.push([format, kind]));
    }
    log.length = 0;
    const said: number[] = [];
    let isOver = false;
    const talking = (async () => {
      while (!isOver) {
        for (const client of clients) said.push((await client.room("chat/sdk").publish("word")).offset);
      }
    })();
    await running.reload();
    isOver = true;
    await talking;
    for (const format of ["json", "msgpack"]) await eventually(() => heard[format]?.length, said.length);
    const offsets = Array.from(said, (_, index) => index + 1);
    assert.deepEqual([heard["json"], heard["msgpack"], said], [offsets, offsets, offsets]);
    assert.deepEqual(log, []);
  });
});

describe("the node", () => {
  it("has complained of nothing, apart from the machine's being slow", () => {
    const trouble = running.node.process.stdout
      .split("\n")
      .filter((line) => /"level":"(warn|error|fatal)"/.test(line))
      .filter((line) => !/"event":"(loop|alarm|mailbox)\./.test(line));
    assert.deepEqual(trouble, []);
  });
});
