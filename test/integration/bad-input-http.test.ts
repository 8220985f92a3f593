import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { sign } from "../../runtime/identity/signature.ts";
import { eventually } from "../support/eventually.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { Witness } from "../support/witness.ts";

const DESK = { id: "desk", kind: "hmac", secret: "the secret of the news desk", scopes: ["push"] } as const;
const PATH = "/chatroom/push";
const ROOM = "chat/witnessed";
/** Whoever is slow here is so because the machine is. */
const PATIENT_MS = 60_000;
const HASTY_MS = 1_000;
const HEADERS = [
  "Host: banyan.test",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  "Sec-WebSocket-Version: 13",
];

let running: GatewayNode;
let witness: Witness;
before(async () => {
  running = await startGatewayNode((settings) => ({
    ...settings,
    limits: { ...settings.limits, handshakeMs: PATIENT_MS },
    push: { ...settings.push, keys: [{ ...DESK, scopes: [...DESK.scopes] }] },
  }));
  witness = await Witness.open(running, ROOM);
});
after(async () => {
  witness.close();
  await running.stop();
});
afterEach(() => running.assertSound());

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: { readonly code?: string; readonly field?: string; readonly text?: string };
}

async function dial(node = running): Promise<Socket> {
  const socket = connect({ port: node.portOf("web"), host: "127.0.0.1" });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

/** Reads all there is until the server ends the connection, as it does after each refusal. */
async function answerOn(socket: Socket): Promise<Answer> {
  let text = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  await once(socket, "close");
  const [head = "", body = ""] = text.split("\r\n\r\n");
  return {
    status: Number(head.split(" ")[1]),
    head: head.toLowerCase(),
    body: JSON.parse(body) as Answer["body"],
  };
}

/** Sends bytes and reads the answer. */
async function answerTo(bytes: string): Promise<Answer> {
  const socket = await dial();
  socket.write(bytes);
  return answerOn(socket);
}

/** Asks for a WebSocket, with some headers changed or left out. */
function upgrade(path: string, changes: Record<string, string | undefined> = {}): Promise<Answer> {
  const kept = HEADERS.filter((line) => !(line.split(":")[0]! in changes));
  const changed = Object.entries(changes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return answerTo([`GET ${path} HTTP/1.1`, ...kept, ...changed, "", ""].join("\r\n"));
}

describe("a request to open a WebSocket", () => {
  const cases: readonly (readonly [string, string, Record<string, string | undefined>, number, string])[] = [
    ["on a path that nobody has", "/nowhere", {}, 404, "unknownRoute"],
    ["on a path for requests only", PATH, {}, 404, "unknownRoute"],
    ["on a path that cannot be decoded", "/%zz", {}, 404, "unknownRoute"],
    [
      "from a page of another origin",
      "/chatroom",
      { Origin: "https://elsewhere.test" },
      403,
      "originNotAllowed",
    ],
    ["from a page without an origin of its own", "/chatroom", { Origin: "null" }, 403, "originNotAllowed"],
    ["in a version that is long gone", "/chatroom", { "Sec-WebSocket-Version": "7" }, 426, "unknownVersion"],
    ["in no version", "/chatroom", { "Sec-WebSocket-Version": undefined }, 426, "unknownVersion"],
    ["with a key that is none", "/chatroom", { "Sec-WebSocket-Key": "short" }, 400, "badHandshake"],
    [
      "in an unknown subprotocol",
      "/chatroom",
      { "Sec-WebSocket-Protocol": "banyan.v9, mqtt" },
      400,
      "unknownSubprotocol",
    ],
    [
      "in a list of subprotocols that is none",
      "/chatroom",
      { "Sec-WebSocket-Protocol": "banyan.v1.json,," },
      400,
      "badHandshake",
    ],
    ["to something that is no WebSocket", "/chatroom", { Upgrade: "h2c" }, 400, "badHandshake"],
  ];
  for (const [what, path, changes, status, code] of cases) {
    it(`is refused with ${status} ${code} ${what}`, async () => {
      await witness.during(async () => {
        const answer = await upgrade(path, changes);
        assert.deepEqual([answer.status, answer.body.code], [status, code]);
        assert.ok((answer.body.text ?? "").length > 0, "it says why in words");
      });
    });
  }

  it("says which versions are spoken when the version is refused", async () => {
    const { head } = await upgrade("/chatroom", { "Sec-WebSocket-Version": "7" });
    assert.match(head, /\r\nsec-websocket-version: 13/);
  });

  it("is known to the node's log when it is refused", async () => {
    const refusals = () => running.log.counts.get("connection.refused") ?? 0;
    const earlier = refusals();
    await upgrade("/chatroom", { "Sec-WebSocket-Version": "7" });
    await upgrade("/nowhere");
    assert.equal(refusals(), earlier + 2);
  });
});

describe("bytes that are no HTTP request", () => {
  const request = (...lines: string[]): string =>
    ["GET /chatroom/live HTTP/1.1", "Host: x", ...lines, "", ""].join("\r\n");
  const cases: readonly (readonly [string, string, number, string])[] = [
    ["a frame of another protocol", '{"kind":"hello"}\n\n', 400, "badRequest"],
    ["a version of HTTP that does not exist", "GET / HTTP/9.9\r\n\r\n", 400, "badRequest"],
    ["a header without a name", request(": value"), 400, "badRequest"],
    ["two lengths", request("Content-Length: 1", "Content-Length: 2"), 400, "badRequest"],
    [
      "a length and chunks, as smugglers do",
      request("Content-Length: 1", "Transfer-Encoding: chunked"),
      400,
      "badRequest",
    ],
    ["a head that is too large", request(`X-Long: ${"x".repeat(20_000)}`), 431, "tooLarge"],
  ];
  for (const [what, bytes, status, code] of cases) {
    it(`are answered ${status} ${code}: ${what}`, async () => {
      await witness.during(async () => {
        const answer = await answerTo(bytes);
        assert.deepEqual([answer.status, answer.body.code], [status, code]);
      });
    });
  }
});

describe("a plain request that nothing answers", () => {
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(running.httpUrl + path, init);
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Answer["body"],
    };
  };

  it("is told what there is", async () => {
    const { status, body } = await get("/nowhere?x=1");
    assert.deepEqual([status, body.code], [404, "unknownRoute"]);
    assert.match(body.text ?? "", /nothing is at \/nowhere; known: .*\/chatroom\/live/);
  });

  it("is told that its path cannot be decoded", async () => {
    const { status, body } = await get("/%zz");
    assert.deepEqual([status, body.code], [400, "badRequest"]);
    assert.match(body.text ?? "", /%zz/);
  });

  it("is told which methods there are", async () => {
    const { status, headers, body } = await get(PATH);
    assert.deepEqual([status, body.code, headers.get("allow")], [405, "methodNotAllowed", "POST"]);
  });

  it("is told to open a WebSocket where only that is possible", async () => {
    const { status, headers, body } = await get("/chatroom");
    assert.deepEqual([status, body.code, headers.get("upgrade")], [426, "upgradeRequired", "websocket"]);
  });

  it("is told which parameter is wrong", async () => {
    for (const [search, field] of [
      ["", "/room"],
      ["?room=x", "/room"],
      ["?room=live/a&colour=red", "/colour"],
    ] as const) {
      const { status, body } = await get(`/chatroom/live${search}`);
      assert.deepEqual([status, body.code, body.field], [400, "invalidField", field]);
    }
  });
});

describe("a push", () => {
  const push = async (body: string | Buffer, changes: Partial<{ path: string; method: string }> = {}) => {
    const parts = { method: "POST", path: PATH, body, timestampMs: Date.now(), nonce: randomUUID() };
    const headers = sign(DESK, { ...parts, ...changes });
    const response = await fetch(running.httpUrl + PATH, { method: "POST", body, headers });
    return { status: response.status, body: (await response.json()) as Answer["body"] };
  };
  const rightly = { room: ROOM, data: 1 };

  it("is refused with the field that is wrong, by whom it may be", async () => {
    const cases: readonly (readonly [unknown, number, string, string | undefined])[] = [
      ["{", 400, "notJson", undefined],
      [[], 400, "notAnObject", ""],
      [{ data: 1 }, 400, "invalidField", "/room"],
      [{ ...rightly, listener: "web" }, 400, "invalidField", "/room"],
      [{ ...rightly, room: 7 }, 400, "invalidField", "/room"],
      [{ room: rightly.room }, 400, "invalidField", "/data"],
      [{ ...rightly, colour: "red" }, 400, "invalidField", "/colour"],
      [{ ...rightly, from: "x".repeat(41) }, 400, "invalidField", "/from"],
      [{ ...rightly, facts: [] }, 400, "invalidField", "/facts"],
      [{ listener: "web", data: 1, facts: { home: 1 } }, 400, "invalidField", "/facts"],
      [{ ...rightly, data: "x".repeat(20_000) }, 413, "tooLarge", "/data"],
      [{ ...rightly, data: "x".repeat(70_000) }, 413, "tooLarge", undefined],
    ];
    await witness.during(async () => {
      for (const [sent, status, code, field] of cases) {
        const answer = await push(typeof sent === "string" ? sent : JSON.stringify(sent));
        assert.deepEqual(
          [answer.status, answer.body.code, answer.body.field],
          [status, code, field],
          JSON.stringify(sent),
        );
      }
    });
  });

  it("is refused with 401 when it was signed for something else", async () => {
    await witness.during(async () => {
      for (const changes of [{ path: "/chatroom/live" }, { method: "PUT" }]) {
        const { status, body } = await push(JSON.stringify(rightly), changes);
        assert.deepEqual([status, body.code], [401, "badSignature"]);
      }
    });
  });

  it("is refused when it is signed and not UTF-8", async () => {
    await witness.during(async () => {
      const { status, body } = await push(Buffer.from(`{"room":"${ROOM}","data":"\xff"}`, "latin1"));
      assert.deepEqual([status, body.code], [400, "notUtf8"]);
    });
  });

  it("is refused with 413 also when its size is not said beforehand", async () => {
    await witness.during(async () => {
      const socket = await dial();
      socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`);
      const chunk = `${(16_384).toString(16)}\r\n${"x".repeat(16_384)}\r\n`;
      for (let count = 0; count < 5; count++) socket.write(chunk);
      const answer = answerOn(socket);
      await pass(50);
      socket.end();
      const { status, body } = await answer;
      assert.deepEqual([status, body.code], [413, "tooLarge"]);
    });
  });
});

describe("a client that takes its time", () => {
  it("may be given more of it than Node allows by itself", async () => {
    const patient = await startGatewayNode((settings) => ({
      ...settings,
      limits: { ...settings.limits, handshakeMs: 3_600_000 },
    }));
    assert.equal((await fetch(`${patient.httpUrl}/chatroom`)).status, 426);
    await patient.stop();
  });

  it("is answered 408 when its request does not come to an end: nothing, half a head, or half a body", async () => {
    const beginnings = [
      "",
      "GET /chatroom HTTP/1.1\r\nHost: x\r\n",
      `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf a bo`,
    ];
    const hasty = await startGatewayNode((settings) => ({
      ...settings,
      limits: { ...settings.limits, handshakeMs: HASTY_MS },
    }));
    const answers = beginnings.map(async (bytes) => {
      const socket = await dial(hasty);
      socket.write(bytes);
      return answerOn(socket);
    });
    for (const { status, body } of await Promise.all(answers)) {
      assert.deepEqual([status, body.code], [408, "tooSlow"]);
    }
    hasty.assertSound();
    await hasty.stop();
  });

  it("is forgotten when it vanishes in the middle of a request", async () => {
    const fresh = await startGatewayNode();
    const sockets = async (): Promise<number> => {
      const [, count = ""] = /^banyan_sockets (\d+)$/m.exec(await fresh.node.metrics.text()) ?? [];
      return Number(count);
    };
    const socket = await dial(fresh);
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf a bo`);
    await eventually(sockets, 1);
    socket.resetAndDestroy();
    await eventually(sockets, 0);
    fresh.assertSound();
    await fresh.stop();
  });
});
