import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Publication, ServerFrames } from "../../../protocols/client-frames.ts";
import { connect } from "../../../runtime/client/node-client.ts";
import type { Client } from "../../../runtime/client/node-client.ts";
import type { Roster } from "../../../runtime/client/roster.ts";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { FrameClient } from "../../support/frame-client.ts";
import { Pusher } from "../../support/pusher.ts";

const LIVE = "live/shared";
const CHAT = "chat/shared";
/** Longer than a lease and its removal, on a machine that has much else to do. */
const TAKEN_OVER_WITHIN_MS = 60_000;

let cluster: ClusterProcesses;
const clients: { close(): void }[] = [];
before(async () => {
  cluster = await ClusterProcesses.start("a", "b");
  await cluster.untilSeenBy("a", ["a up", "b up"]);
});
after(async () => {
  for (const client of clients) client.close();
  await cluster.stop();
});

const web = (name: string) => cluster.node(name).listeners["web"] ?? "";
const socketUrl = (name: string) => `${web(name).replace("http", "ws")}/chatroom`;
const pusherOf = (name: string) => new Pusher(web(name), cluster.node(name).dataDir);

/** What somebody who follows a room has heard, and what is missing. */
interface Heard {
  readonly client: Client;
  readonly offsets: number[];
  readonly data: unknown[];
  readonly gaps: unknown[];
  readonly notes: string[];
  roster: Roster;
}

/** Somebody at a node who follows a room. */
async function follow(node: string, room: string, name = node): Promise<Heard> {
  const client = connect({ url: socketUrl(node), name });
  clients.push(client);
  const heard: Heard = {
    client,
    offsets: [],
    data: [],
    gaps: [],
    notes: [],
    roster: { count: 0, members: [] },
  };
  const followed = client.room(room);
  followed.subscribe({
    publication: ({ offset, data }) => void (heard.offsets.push(offset), heard.data.push(data)),
    gap: (gap) => void heard.gaps.push(gap),
    joined: (members) => void heard.notes.push(...members.map((member) => `+${member.name}`)),
    left: (members) => void heard.notes.push(...members.map((member) => `-${member.name}`)),
    presence: (roster) => void (heard.roster = roster),
  });
  await eventually(() => followed.state.kind, "live");
  return heard;
}

/** Somebody who comes to a node with the position that it had at another one. */
async function comeBack(node: string, room: string, recover: { epoch: string; offset: number }) {
  const client = await FrameClient.webSocket("back", socketUrl(node));
  clients.push(client);
  client.send({ kind: "subscribe", id: 1, room, recover });
  return client.next("subscribed");
}

const namesOf = ({ roster }: Heard) => roster.members.map(({ name }) => name).toSorted();
const dataOf = ({ publications }: Pick<ServerFrames["subscribed"], "publications">) =>
  publications.map(({ data }) => data);

describe("rooms in a cluster", () => {
  const chat = new Map<string, Heard>();
  const said: string[] = [];

  it("know who is there on all nodes", async () => {
    for (const [node, name] of [
      ["a", "Ann"],
      ["b", "Bob"],
      ["b", "Bea"],
    ] as const) {
      chat.set(name, await follow(node, CHAT, name));
    }
    for (const heard of chat.values()) {
      await eventually(() => heard.roster.count, 3);
      await eventually(() => namesOf(heard), ["Ann", "Bea", "Bob"]);
    }
    await eventually(() => chat.get("Ann")?.notes.filter((note) => note !== "+Ann"), ["+Bob", "+Bea"]);
    const asked = await chat.get("Ann")?.client.room(CHAT).presence();
    assert.deepEqual([asked?.count, asked?.members.length], [3, 3]);
  });

  it("let everybody hear everybody, in one order with the same offsets", async () => {
    const all = [...chat.values()];
    await Promise.all(
      Array.from(chat, async ([name, { client }]) => {
        for (let count = 1; count <= 20; count++) await client.room(CHAT).publish(`${name} ${count}`);
      }),
    );
    for (const heard of all) await eventually(() => heard.data.length, 60);
    const [first, ...others] = all;
    said.push(...(first?.data as string[]));
    for (const heard of others) assert.deepEqual(heard.data, said);
    for (const heard of all) {
      assert.deepEqual(
        heard.offsets,
        Array.from({ length: 60 }, (_, index) => index + 1),
      );
    }
    for (const name of chat.keys()) {
      const own = said.filter((text) => text.startsWith(name));
      assert.deepEqual(
        own,
        Array.from({ length: 20 }, (_, index) => `${name} ${index + 1}`),
      );
    }
  });

  it("give who comes to another node what was missed", async () => {
    const there = await FrameClient.webSocket("there", socketUrl("a"));
    there.send({ kind: "subscribe", id: 1, room: CHAT });
    const { epoch, offset, members } = await there.next("subscribed");
    assert.equal(members, 4);
    there.close();
    await chat.get("Bob")?.client.room(CHAT).publish("meanwhile");
    said.push("meanwhile");
    const back = await comeBack("b", CHAT, { epoch, offset: offset - 1 });
    assert.deepEqual([back.recovered, dataOf(back)], [true, said.slice(-2)]);
    // Nobody else is in this room at either node: the second one has to ask for what the first has heard.
    const alone = await FrameClient.webSocket("alone", socketUrl("a"));
    alone.send({ kind: "subscribe", id: 1, room: "chat/alone" });
    const first = await alone.next("subscribed");
    alone.send({ kind: "publish", id: 2, room: "chat/alone", data: "one" });
    await alone.next("published");
    alone.close();
    const next = await comeBack("b", "chat/alone", { epoch: first.epoch, offset: 1 });
    assert.deepEqual([next.recovered, next.epoch, next.offset], [true, first.epoch, 1]);
  });

  it("are one live room: what is pushed at any node is heard at every node", async () => {
    const [atA, atB] = [await follow("a", LIVE), await follow("b", LIVE)];
    const pushed: string[] = [];
    const push = async (name: string, count: number): Promise<void> => {
      const id = `${name}-${count}`;
      const { offset } = await pusherOf(name).pushUntilTaken({ room: LIVE, data: id, id });
      pushed.push(id);
      assert.equal(offset, pushed.length);
    };
    for (let count = 1; count <= 40; count++) await push(count % 2 === 0 ? "a" : "b", count);
    for (const heard of [atA, atB]) {
      await eventually(() => heard.data.length, pushed.length);
      assert.deepEqual([heard.data, heard.gaps], [pushed, []]);
    }
    process.kill(cluster.pidOf("a"), "SIGKILL");
    for (const count of [41, 42]) await push("b", count);
    await eventually(() => atB.data.length, pushed.length, undefined, TAKEN_OVER_WITHIN_MS);
    assert.deepEqual([atB.data, atB.gaps], [pushed, []]);
    const answer = await fetch(`${web("b")}/chatroom/live/history?room=${LIVE}&limit=200`);
    const { publications } = (await answer.json()) as { publications: Publication[] };
    assert.deepEqual(
      publications.map(({ data }) => data),
      pushed,
    );
  });

  it("go on without a node that has died, and without those who were there", async () => {
    const [bob, bea] = [chat.get("Bob"), chat.get("Bea")];
    assert.ok(bob && bea);
    await eventually(() => namesOf(bob), ["Bea", "Bob", "back"], undefined, TAKEN_OVER_WITHIN_MS);
    await eventually(() => bob.roster.count, 3);
    await eventually(() => bob.notes.includes("-Ann"), true);
    const words = "still here";
    await eventually(
      () =>
        bea.client
          .room(CHAT)
          .publish(words)
          .then(
            () => "published",
            (error: unknown) => String(error),
          ),
      "published",
      undefined,
      TAKEN_OVER_WITHIN_MS,
    );
    await eventually(() => bob.data.includes(words), true);
    assert.deepEqual(bob.gaps, []);
    assert.deepEqual(bob.data.slice(0, said.length), said);
  });
});
