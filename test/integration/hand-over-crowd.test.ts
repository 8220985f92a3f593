import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { EchoClient } from "../support/echo-client.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { MovingHost } from "../support/moving-host.ts";

const CLIENTS = 500;
const SAY_EVERY_MS = 250;
const MEMBERS = 100;
const ROOM = "chat/on-the-move";
const PUBLICATIONS = 150;

let host: MovingHost;

before(async () => {
  host = await MovingHost.start();
});
after(() => host.stop());

describe("a crowd that is moved while it talks", () => {
  it("loses no message, no order and no connection", async () => {
    const url = `${host.urls.listeners["web"]?.replace("http", "ws")}/echo`;
    const clients: EchoClient[] = [];
    for (let index = 0; index < CLIENTS; index++) {
      const isTcp = index % 5 === 0;
      clients.push(
        isTcp ? await EchoClient.tcp(host.portOf("text-line"), "line") : await EchoClient.webSocket(url),
      );
    }
    let said = 0;
    const talking = setInterval(() => {
      for (const client of clients) client.say(`word ${said}`);
      said++;
    }, SAY_EVERY_MS);
    await pass(SAY_EVERY_MS);
    assert.deepEqual(await host.move(), { connections: CLIENTS, lost: 0 });
    assert.deepEqual(await host.move(), { connections: CLIENTS, lost: 0 });
    clearInterval(talking);
    const words = Array.from({ length: said }, (_, index) => `word ${index}`);
    await eventually(() => clients.filter(({ heard }) => heard.length >= said).length, CLIENTS);
    for (const { heard, end } of clients) {
      assert.deepEqual(heard, words);
      assert.equal(end, undefined);
    }
    for (const client of clients) client.destroy();
  });

  it("hears everything that is said in its room, once and in order", async () => {
    const url = `${host.urls.listeners["web"]?.replace("http", "ws")}/chatroom`;
    const members: FrameClient[] = [];
    for (let index = 0; index < MEMBERS; index++) {
      const name = `member ${index}`;
      members.push(
        index % 2 === 0
          ? await FrameClient.webSocket(name, url, index % 4 === 0 ? "json" : "msgpack")
          : await FrameClient.line(name, host.portOf("line")),
      );
      members[index]?.send({ kind: "subscribe", id: 0, room: ROOM });
      await members[index]?.next("subscribed");
    }
    const moving = host.move();
    for (let id = 1; id <= PUBLICATIONS; id++) {
      members[id % MEMBERS]?.send({ kind: "publish", id, room: ROOM, data: id });
      await pass(20);
    }
    assert.deepEqual(await moving, { connections: MEMBERS, lost: 0 });
    for (const { name, inbox } of members) {
      const offsets = (): number[] =>
        inbox.flatMap((frame) => (frame.kind === "publication" ? [frame.offset] : []));
      await eventually(() => offsets().length, PUBLICATIONS, name);
      assert.deepEqual(
        offsets(),
        Array.from({ length: PUBLICATIONS }, (_, index) => index + 1),
        name,
      );
      assert.deepEqual(
        inbox.filter(({ kind }) => kind === "left" || kind === "refused" || kind === "skipped"),
        [],
        name,
      );
    }
    for (const member of members) member.close();
  });
});
