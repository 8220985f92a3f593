import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { SERVER_FRAMES } from "../../protocols/client-frames.ts";
import type { ServerFrames } from "../../protocols/client-frames.ts";
import { FRAME_DEPTH_MAX, frameCodec } from "../../runtime/codec/frame-codec.ts";
import { LENGTH_FRAMING, LINE_FRAMING } from "../../runtime/net/framing.ts";
import type { Framing } from "../../runtime/net/framing.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { RawClient } from "../support/raw-client.ts";
import { Witness } from "../support/witness.ts";

const ROOM = "chat/witnessed";

let running: GatewayNode;
let witness: Witness;
before(async () => {
  running = await startGatewayNode();
  witness = await Witness.open(running, ROOM);
});
after(async () => {
  witness.close();
  await running.stop();
});
afterEach(() => running.assertSound());

type Expected = Pick<ServerFrames["refused"], "id" | "code" | "field">;

/** What is wrong with a frame, the frame, and what its sender is told. */
const WRONG_FRAMES: readonly (readonly [string, unknown, Expected])[] = [
  ["a frame that is no object", [], { code: "notAnObject", field: "" }],
  ["nothing", null, { code: "notAnObject", field: "" }],
  ["no kind", { id: 1 }, { id: 1, code: "unknownKind", field: "/kind" }],
  ["a kind that is no text", { kind: 7, id: 1 }, { id: 1, code: "unknownKind", field: "/kind" }],
  ["an unknown kind", { kind: "shout", id: 2 }, { id: 2, code: "unknownKind", field: "/kind" }],
  ["a kind that any object has", { kind: "constructor" }, { code: "unknownKind", field: "/kind" }],
  ["a frame for clients", { kind: "welcome", connection: "c" }, { code: "unknownKind", field: "/kind" }],
  ["a missing room", { kind: "subscribe", id: 3 }, { id: 3, code: "invalidField", field: "/room" }],
  ["a missing id", { kind: "subscribe", room: ROOM }, { code: "invalidField", field: "/id" }],
  [
    "an id of the wrong type",
    { kind: "presence", id: "4", room: ROOM },
    { code: "invalidField", field: "/id" },
  ],
  ["a negative id", { kind: "presence", id: -4, room: ROOM }, { code: "invalidField", field: "/id" }],
  [
    "a room without a kind",
    { kind: "subscribe", id: 5, room: "x" },
    { id: 5, code: "invalidField", field: "/room" },
  ],
  [
    "a room that is a path",
    { kind: "subscribe", id: 5, room: "chat/../x" },
    { id: 5, code: "invalidField", field: "/room" },
  ],
  [
    "a room of an unknown kind",
    { kind: "publish", id: 5, room: "chess/a", data: 1 },
    { id: 5, code: "invalidField", field: "/room" },
  ],
  [
    "a wrong field in a field",
    { kind: "subscribe", id: 6, room: ROOM, recover: { epoch: "e", offset: "1" } },
    { id: 6, code: "invalidField", field: "/recover/offset" },
  ],
  [
    "an extra field",
    { kind: "presence", id: 7, room: ROOM, colour: "red" },
    { id: 7, code: "invalidField", field: "/colour" },
  ],
  ["an extra field with a slash", { kind: "pong", "a/b": 1 }, { code: "invalidField", field: "/a~1b" }],
  ["an unknown version", { kind: "hello", version: 2 }, { code: "invalidField", field: "/version" }],
  [
    "a name that is too long",
    { kind: "hello", version: 1, name: "x".repeat(41) },
    { code: "invalidField", field: "/name" },
  ],
  [
    "too much nesting",
    { kind: "publish", id: 8, room: ROOM, data: nested(FRAME_DEPTH_MAX) },
    { code: "tooDeep" },
  ],
  [
    "a room one is not in",
    { kind: "publish", id: 9, room: "chat/other", data: 1 },
    { id: 9, code: "notSubscribed", field: "/room" },
  ],
  [
    "an unknown route",
    { kind: "call", id: 10, route: "/nowhere", action: "history" },
    { id: 10, code: "unknownRoute", field: "/route" },
  ],
  [
    "an unknown action",
    { kind: "call", id: 11, route: "/chatroom", action: "shout" },
    { id: 11, code: "unknownAction", field: "/action" },
  ],
  [
    "a missing field of an action",
    { kind: "call", id: 12, route: "/chatroom", action: "history", body: {} },
    { id: 12, code: "invalidField", field: "/body/room" },
  ],
  [
    "an extra field of an action",
    { kind: "call", id: 13, route: "/chatroom", action: "history", body: { room: ROOM, colour: "red" } },
    { id: 13, code: "invalidField", field: "/body/colour" },
  ],
  [
    "an action of no fields",
    { kind: "call", id: 14, route: "/chatroom", action: "history", body: "lobby" },
    { id: 14, code: "notAnObject", field: "/body" },
  ],
];

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

/** A way into the gateway: how one gets in, and what a frame looks like there. */
interface Door {
  readonly name: string;
  readonly open: () => Promise<RawClient>;
  readonly write: (frame: unknown) => string | Buffer;
}

const json = (frame: unknown): string => JSON.stringify(frame);
const msgpack = (frame: unknown): Buffer => frameCodec("msgpack", SERVER_FRAMES).encode(frame as never);
const framed = (framing: Framing) => (frame: unknown) => framing.encode(Buffer.from(json(frame)));

const DOORS: readonly Door[] = [
  {
    name: "WebSocket, JSON",
    open: () => RawClient.webSocket(`${running.webSocketUrl}/chatroom`),
    write: json,
  },
  {
    name: "WebSocket, msgpack",
    open: () => RawClient.webSocket(`${running.webSocketUrl}/chatroom`, "msgpack"),
    write: msgpack,
  },
  {
    name: "TCP, length",
    open: () => RawClient.tcp(running.portOf("length"), "length"),
    write: framed(LENGTH_FRAMING),
  },
  {
    name: "TCP, line",
    open: () => RawClient.tcp(running.portOf("line"), "line"),
    write: framed(LINE_FRAMING),
  },
];

/** Comes into the witnessed room through a door. */
async function member({ open, write }: Door): Promise<RawClient> {
  const client = await open();
  client.say(write({ kind: "subscribe", id: 0, room: ROOM }));
  await client.next("subscribed");
  return client;
}

/** Says something wrong and looks at the answer; a good word follows, which is answered as ever. */
async function refusalOf(client: RawClient, { write }: Door, message: string | Buffer) {
  client.say(message);
  const { id, code, field, text } = await client.next("refused");
  assert.ok(text !== undefined && text.length > 0, "it says why in words");
  client.say(write({ kind: "presence", id: 99, room: ROOM }));
  assert.equal((await client.next("presence")).id, 99);
  return { ...(id === undefined ? {} : { id }), code, ...(field === undefined ? {} : { field }) };
}

for (const door of DOORS) {
  describe(`a member who says what the protocol does not know (${door.name})`, () => {
    it("is told each time which field was wrong, and the room goes on", async () => {
      await witness.during(async () => {
        const client = await member(door);
        for (const [what, frame, expected] of WRONG_FRAMES) {
          assert.deepEqual(await refusalOf(client, door, door.write(frame)), expected, what);
        }
        client.destroy();
      });
    });

    it("is closed when it says nothing else ten times in a row", async () => {
      await witness.during(async () => {
        const client = await member(door);
        for (let count = 0; count < 10; count++) client.say(door.write({ kind: "shout", id: count }));
        const code = await client.ended();
        assert.equal(code, door.name.startsWith("TCP") ? undefined : 4400);
        const refusals = client.inbox.filter((frame) => frame.kind === "refused");
        assert.deepEqual(
          refusals.slice(0, 10).map(({ id }) => id),
          [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        );
        // TCP has no close codes: one more frame says it.
        assert.deepEqual(
          refusals.slice(10).map((refusal) => refusal.code),
          door.name.startsWith("TCP") ? ["malformed"] : [],
        );
      });
    });
  });
}

const [webSocketJson, webSocketMsgpack, length, line] = DOORS as readonly [Door, Door, Door, Door];

describe("a member whose bytes are no frame", () => {
  const cases: readonly (readonly [string, Door, string | Buffer, string])[] = [
    ["half an object", webSocketJson, '{"kind":"pong"', "notJson"],
    ["two objects", webSocketJson, '{"kind":"pong"}{"kind":"pong"}', "notJson"],
    ["no character", webSocketJson, "", "notJson"],
    ["a number beyond JSON", webSocketJson, '{"kind":"presence","id":NaN}', "notJson"],
    ["binary on a text protocol", webSocketJson, Buffer.from(json({ kind: "pong" })), "binaryOnText"],
    ["text on a binary protocol", webSocketMsgpack, json({ kind: "pong" }), "notMsgpack"],
    ["a byte that msgpack never uses", webSocketMsgpack, Buffer.from([0xc1]), "notMsgpack"],
    [
      "half a msgpack frame",
      webSocketMsgpack,
      msgpack({ kind: "pong", id: 1 }).subarray(0, -1),
      "notMsgpack",
    ],
    [
      "two msgpack frames",
      webSocketMsgpack,
      Buffer.concat([msgpack({ kind: "pong" }), msgpack({ kind: "pong" })]),
      "notMsgpack",
    ],
    [
      "an array that claims four billion items",
      webSocketMsgpack,
      Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]),
      "notMsgpack",
    ],
    ["an extension of msgpack", webSocketMsgpack, Buffer.from([0xd4, 0x01, 0x00]), "notMsgpack"],
    ["invalid UTF-8", length, LENGTH_FRAMING.encode(Buffer.from([0x22, 0xff, 0x22])), "notUtf8"],
    ["a frame of no bytes", length, LENGTH_FRAMING.encode(Buffer.alloc(0)), "notJson"],
    ["invalid UTF-8", line, Buffer.from([0x22, 0xc3, 0x28, 0x22, 0x0a]), "notUtf8"],
    ["an empty line", line, "\r\n", "notJson"],
    ["a line of HTTP", line, "GET / HTTP/1.1\r\n", "notJson"],
  ];
  for (const [what, door, bytes, code] of cases) {
    it(`is told so for ${what} (${door.name})`, async () => {
      await witness.during(async () => {
        const client = await member(door);
        assert.deepEqual(await refusalOf(client, door, bytes), { code });
        client.destroy();
      });
    });
  }

  it("is closed with 1007 for invalid UTF-8 in a WebSocket text", async () => {
    await witness.during(async () => {
      const client = await member(webSocketJson);
      const text = Buffer.from([0x81, 0x84, 0, 0, 0, 0, 0x22, 0xc3, 0x28, 0x22]);
      client.socket.write(text);
      assert.equal(await client.ended(), 1007);
    });
  });
});

describe("a member who may not do what it asks for", () => {
  it("hears that in a live room only services post", async () => {
    await witness.during(async () => {
      const client = await RawClient.webSocket(`${running.webSocketUrl}/chatroom`);
      client.say(json({ kind: "subscribe", id: 1, room: "live/final" }));
      await client.next("subscribed");
      client.say(json({ kind: "publish", id: 2, room: "live/final", data: 1 }));
      const { id, code } = await client.next("refused");
      assert.deepEqual([id, code], [2, "onlyServicesPost"]);
      client.destroy();
    });
  });

  it("hears which rooms its route has", async () => {
    await witness.during(async () => {
      const client = await RawClient.webSocket(`${running.webSocketUrl}/chatroom/live`);
      client.say(json({ kind: "subscribe", id: 1, room: ROOM }));
      const { id, code, field, text } = await client.next("refused");
      assert.deepEqual([id, code, field], [1, "unknownRoom", "/room"]);
      assert.match(text ?? "", /rooms of the kinds live/);
      client.destroy();
    });
  });

  it("hears that what it says is too large for a room", async () => {
    await witness.during(async () => {
      const client = await member(webSocketJson);
      client.say(json({ kind: "publish", id: 3, room: ROOM, data: "x".repeat(20_000) }));
      const { id, code, field } = await client.next("refused");
      assert.deepEqual([id, code, field], [3, "tooLarge", "/data"]);
      client.destroy();
    });
  });
});
