import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import type { Route } from "../../../../runtime/net/route.ts";
import { action, route } from "../../../../runtime/net/route.ts";
import { ConnectedClient, PING_EVERY_MS } from "../../../support/connected-client.ts";

const REST_WITHIN_MS = 5_000;

/** A listener with rooms and an action whose answer comes when the test says so. */
function slowRoute() {
  let finish = (_body: unknown): void => assert.fail("nobody has called");
  const routes: readonly [Route] = [
    route("/chatroom", {
      rooms: ["chat"],
      actions: {
        slow: action({
          summary: "slow",
          body: {},
          handle: () =>
            new Promise((resolve) => {
              finish = (body) => resolve({ kind: "answered", body });
            }),
        }),
      },
    }),
  ];
  return { routes, finish: (body: unknown) => finish(body) };
}
const CALL = { kind: "call", id: 8, route: "/chatroom", action: "slow" } as const;

/** Whether a promise has settled, as far as it can by now. */
async function isSettled(promise: Promise<unknown>, { kit }: ConnectedClient): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await kit.idle();
  return settled;
}

describe("a connection that is to move", () => {
  it("says whether it is in a room, and rests at once when nothing is open", async () => {
    const client = new ConnectedClient();
    assert.deepEqual(await client.kit.ask({ kind: "rest" }), { kind: "resting", isSubscribed: false });
    const member = new ConnectedClient();
    await member.joins("chat/a");
    assert.deepEqual(await member.kit.ask({ kind: "rest" }), { kind: "resting", isSubscribed: true });
  });

  it("waits for the answers of rooms and actions before it rests", async () => {
    const { routes, finish } = slowRoute();
    const client = new ConnectedClient({ routes });
    await client.joins("chat/a");
    client.says({ kind: "publish", id: 7, room: "chat/a", data: 1 }, CALL);
    const resting = client.kit.ask({ kind: "rest" });
    client.takeFrames();
    client.room.question("publish").answer({ kind: "published", epoch: "e", offset: 1 });
    assert.equal(await isSettled(resting, client), false);
    finish("done");
    await resting;
    assert.deepEqual(client.takeFrames(), [
      { kind: "published", id: 7, offset: 1 },
      { kind: "answered", id: 8, body: "done" },
    ]);
  });

  it("waits for a room that is still being looked for, and for the way into it", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "subscribe", id: 1, room: "chat/a" });
    const resting = client.kit.ask({ kind: "rest" });
    client.rooms.question("open").answer({ kind: "opened", room: client.room });
    assert.equal(await isSettled(resting, client), false);
    client.room.question("join").answer({ kind: "joined", epoch: "e", offset: 0 });
    assert.deepEqual(await resting, { kind: "resting", isSubscribed: true });
  });

  it("keeps back what is said to rooms and actions from then on, and what follows it", async () => {
    const { routes } = slowRoute();
    const client = new ConnectedClient({ routes });
    await client.joins("chat/a");
    await client.kit.ask({ kind: "rest" });
    client.takeFrames();
    const said = [
      { kind: "publish", id: 1, room: "chat/a", data: 1 },
      { kind: "presence", id: 2, room: "chat/b" },
      CALL,
      { kind: "hello", version: 1, name: "Ada" },
    ] as const;
    client.says(...said, { kind: "pong" });
    assert.deepEqual(client.takeFrames(), []);
    assert.deepEqual((await client.handsOver()).held, said);
  });

  it("still answers what needs neither rooms nor actions", async () => {
    const client = new ConnectedClient();
    await client.kit.ask({ kind: "rest" });
    client.takeFrames();
    client.says({ kind: "hello", version: 1, name: "Ada" });
    assert.deepEqual(
      client.takeFrames().map(({ kind }) => kind),
      ["welcome"],
    );
  });

  it("has its client wait as soon as it has kept something back", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    await client.kit.ask({ kind: "rest" });
    client.outlet.takeTold();
    for (const id of [1, 2]) client.says({ kind: "publish", id, room: "chat/a", data: id });
    assert.deepEqual(client.outlet.takeTold(), [{ kind: "restReading" }]);
  });

  it("refuses what is more than it can keep back", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    await client.kit.ask({ kind: "rest" });
    client.takeFrames();
    for (let id = 0; id <= 1_000; id++) client.says({ kind: "publish", id, room: "chat/a", data: id });
    const text = "too many frames wait while the connection moves";
    assert.deepEqual(client.takeFrames(), [
      { kind: "refused", id: 1_000, code: "busy", text, retryAfterMs: 1_000 },
    ]);
    assert.equal((await client.handsOver()).held.length, 1_000);
  });

  it("goes on with what it has kept back, in order, when the hand-over is off", async () => {
    const client = new ConnectedClient();
    await client.joins("chat/a");
    await client.kit.ask({ kind: "rest" });
    client.says(
      { kind: "publish", id: 1, room: "chat/a", data: "first" },
      { kind: "publish", id: 2, room: "chat/a", data: "second" },
    );
    client.kit.takeEffects();
    client.kit.tell({ kind: "goOn" });
    client.says({ kind: "publish", id: 3, room: "chat/a", data: "third" });
    const asked = client.kit
      .takeEffects()
      .flatMap((effect) => (effect.kind === "asked" ? effect.message : []));
    assert.deepEqual(
      asked.map(({ data }) => data),
      ["first", "second", "third"],
    );
  });
});

describe("a connection that hands itself over", () => {
  it("gives out all that it knows, as plain data", async () => {
    const client = new ConnectedClient();
    client.says({ kind: "hello", version: 1, name: "Ada" });
    await client.joins("chat/a");
    client.kit.tell({ kind: "malformed", refusal: { code: "notJson", text: "no" } });
    client.kit.tell({ kind: "tooFast", refusal: { code: "tooFast", text: "slow down" } });
    client.kit.advance(40);
    client.kit.tell({ kind: "pingDue" });
    client.kit.tell({ kind: "pingDue" });
    assert.deepEqual(await client.handsOver(), {
      version: 1,
      member: { id: "c-1", name: "Ada" },
      openedAtMs: 1_000,
      malformed: 1,
      tooFast: 1,
      tooFastAgoMs: 40,
      isHeard: false,
      silentPings: 1,
      rooms: [{ room: "chat/a", epoch: "e" }],
      held: [],
      route: undefined,
    });
  });

  it("ends without a word to the client, and its route does not see it close", async () => {
    const routes = [
      route("/chatroom", { rooms: ["chat"], onClose: () => assert.fail("it goes on elsewhere") }),
    ] as const;
    const client = new ConnectedClient({ routes });
    await client.joins("chat/a");
    client.outlet.takeTold();
    client.room.takeTold();
    await client.handsOver();
    await client.kit.idle();
    assert.ok(client.kit.isStopped);
    assert.deepEqual(client.outlet.takeTold(), []);
    assert.deepEqual(client.room.takeTold(), []);
  });

  it("takes along what its route keeps of it", async () => {
    const texts: string[] = [];
    const routes = [
      route("/echo", {
        protocol: "text",
        onMessage: (_connection, text) => void texts.push(text),
        handOver: { dump: ({ id }) => ({ id, texts }), load: () => assert.fail("it leaves") },
      }),
    ] as const;
    const client = new ConnectedClient({ routes });
    client.kit.tell({ kind: "text", text: "one" });
    assert.deepEqual((await client.handsOver()).route, { id: "c-1", texts: ["one"] });
  });

  it("does not wait for ever: what was asked for is refused, and what was not yet asked for goes along", async () => {
    const { routes } = slowRoute();
    const client = new ConnectedClient({ routes });
    await client.joins("chat/a");
    client.says(
      CALL,
      { kind: "subscribe", id: 1, room: "chat/b" },
      { kind: "publish", id: 2, room: "chat/b", data: 1 },
    );
    client.rooms.question("open");
    client.takeFrames();
    const handingOver = client.handsOver();
    client.says({ kind: "publish", id: 3, room: "chat/a", data: 2 });
    client.kit.advance(REST_WITHIN_MS - 1);
    assert.equal(await isSettled(handingOver, client), false);
    client.kit.advance(1);
    const { held, rooms } = await handingOver;
    assert.deepEqual(
      held.map((frame) => "id" in frame && frame.id),
      [1, 2, 3],
    );
    assert.deepEqual(rooms, [{ room: "chat/a", epoch: "e" }]);
    assert.deepEqual(client.takeFrames(), [
      {
        kind: "refused",
        id: 8,
        code: "askTimeout",
        text: "no answer before the deadline",
        retryAfterMs: 1_000,
      },
    ]);
  });
});

describe("a connection that has come from another process", () => {
  /** What one process hands over, and the same connection in the next. */
  async function moved(before: ConnectedClient, setting = {}): Promise<ConnectedClient> {
    return new ConnectedClient({ ...setting, data: await before.handsOver() });
  }

  it("is not announced to its route, which hears of its end", async () => {
    const log: string[] = [];
    const routes = [
      route("/echo", {
        protocol: "text",
        onOpen: () => assert.fail("it was open already"),
        onMessage: (_connection, text) => void log.push(text),
        onClose: (_connection, { code }) => void log.push(`closed ${code}`),
      }),
    ] as const;
    const client = await moved(new ConnectedClient(), { routes });
    client.kit.tell({ kind: "text", text: "two" });
    client.kit.tell({ kind: "closed", end: { code: 1000, text: "" } });
    assert.deepEqual(log, ["two", "closed 1000"]);
  });

  it("sends nothing to its client, lets it be read, and goes on asking for signs of life", async () => {
    const before = new ConnectedClient();
    before.says({ kind: "hello", version: 1, name: "Ada" });
    before.kit.tell({ kind: "pingDue" });
    before.kit.tell({ kind: "pingDue" });
    const client = await moved(before);
    assert.deepEqual(client.outlet.takeTold(), [
      { kind: "open", connection: client.kit.self },
      { kind: "expectSigns", firstMs: PING_EVERY_MS * (17 / 32), everyMs: PING_EVERY_MS },
    ]);
    const identified = await client.kit.ask({ kind: "identify" });
    assert.deepEqual([identified.summary.name, identified.summary.connectedAtMs], ["Ada", 1_000]);
    client.kit.tell({ kind: "pingDue" });
    assert.equal(client.takeClose(), "noProgress", "the pings of the other process count");
  });

  it("goes on counting what its client does against the rules", async () => {
    const before = new ConnectedClient();
    const malformed = { kind: "malformed", refusal: { code: "notJson", text: "no" } } as const;
    for (let count = 0; count < 9; count++) before.kit.tell(malformed);
    const client = await moved(before);
    client.kit.tell(malformed);
    assert.equal(client.takeClose(), "malformed");
  });

  it("comes back to its rooms without a word, and only then says what was kept back", async () => {
    const before = new ConnectedClient();
    await before.joins("chat/a");
    await before.kit.ask({ kind: "rest" });
    before.says({ kind: "publish", id: 2, room: "chat/a", data: "kept" });
    const client = await moved(before);
    client.takeFrames();
    client.says({ kind: "publish", id: 3, room: "chat/a", data: "new" });
    const finding = client.rooms.question("find");
    assert.deepEqual(finding.message, { kind: "find", room: "chat/a" });
    finding.answer({ kind: "found", room: client.room });
    await client.kit.idle();
    const resuming = client.room.question("resume");
    const place = { outlet: client.outlet, connection: client.kit.self };
    assert.deepEqual(resuming.message, { kind: "resume", member: "c-1", epoch: "e", ...place });
    client.kit.takeEffects();
    resuming.answer({ kind: "resumed" });
    await client.kit.idle();
    const asked = client.kit
      .takeEffects()
      .flatMap((effect) => (effect.kind === "asked" ? effect.message : []));
    assert.deepEqual(
      asked.map(({ kind, data }) => [kind, data]),
      [
        ["publish", "kept"],
        ["publish", "new"],
      ],
    );
    assert.deepEqual(client.takeFrames(), []);
  });

  for (const [why, answer] of [
    ["is not there", (client: ConnectedClient) => client.rooms.question("find").answer({ kind: "absent" })],
    [
      "has restarted",
      async (client: ConnectedClient) => {
        client.rooms.question("find").answer({ kind: "found", room: client.room });
        await client.kit.idle();
        client.room.question("resume").answer({ kind: "lost" });
      },
    ],
    [
      "does not answer",
      (client: ConnectedClient) => client.rooms.question("find").refuse(new Fault("askTimeout")),
    ],
  ] as const) {
    it(`tells its client to subscribe again when a room ${why}`, async () => {
      const before = new ConnectedClient();
      await before.joins("chat/a");
      const client = await moved(before);
      client.takeFrames();
      await answer(client);
      await client.kit.idle();
      assert.deepEqual(client.takeFrames(), [{ kind: "skipped", room: "chat/a", offset: 0 }]);
      client.says({ kind: "publish", id: 1, room: "chat/a", data: 1 });
      assert.equal(client.takeFrames()[0]?.kind, "refused");
      await client.joins("chat/a", 2);
    });
  }

  it("may move on at once, with all that it has", async () => {
    const before = new ConnectedClient();
    await before.joins("chat/a");
    await before.kit.ask({ kind: "rest" });
    before.says({ kind: "publish", id: 2, room: "chat/a", data: "kept" });
    const first = await before.handsOver();
    const between = new ConnectedClient({ data: first });
    const handingOver = between.handsOver();
    await between.isTakenBack();
    assert.deepEqual(await handingOver, first);
  });

  it("gives back to its route what that has kept of it, and its end when it was lost on the way", async () => {
    const log: unknown[] = [];
    const routes = [
      route("/echo", {
        protocol: "text",
        onClose: (_connection, { code }) => void log.push(code),
        handOver: { dump: () => ({ seen: 3 }), load: ({ id }, data) => void log.push([id, data]) },
      }),
    ] as const;
    const client = await moved(new ConnectedClient({ routes }), { routes, isGone: true });
    await client.kit.idle();
    assert.deepEqual(log, [["c-1", { seen: 3 }], 1006]);
    assert.ok(client.kit.isStopped);
  });

  it("is sent away when it was handed over by code that this one does not understand", () => {
    const client = new ConnectedClient({ data: { version: 2, somethingElse: true } });
    assert.equal(client.takeClose(), "draining");
  });
});
