import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import { roomsFeature } from "../../actors/rooms/feature.ts";
import { servicesFeature } from "../../actors/services/feature.ts";
import { sign } from "../../runtime/identity/signature.ts";
import type { SignedParts } from "../../runtime/identity/signature.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startLocalNode } from "../support/local-node.ts";
import type { LocalNode } from "../support/local-node.ts";

const DESK = { id: "desk", kind: "hmac", secret: "the secret of the news desk", scopes: ["push"] } as const;
const LIVE = {
  id: "live",
  kind: "hmac",
  secret: "the secret of the live desk",
  scopes: ["push:live/*"],
} as const;
const SHELL = { id: "shell", kind: "apiKey", secret: "an-api-key-for-a-shell", scopes: ["push"] } as const;
const PATH = "/chatroom/push";

let running: LocalNode;
before(async () => {
  running = await startLocalNode([roomsFeature, servicesFeature, gatewayFeature], (settings) => ({
    ...settings,
    push: { ...settings.push, keys: [DESK, LIVE, SHELL].map((key) => ({ ...key, scopes: [...key.scopes] })) },
  }));
});
after(() => running.stop());

const web = () => `127.0.0.1:${running.portOf("web")}`;

async function post(
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const response = await fetch(`http://${web()}${PATH}`, { method: "POST", body, headers });
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
}

interface Signing extends Partial<SignedParts> {
  readonly key?: { readonly id: string; readonly secret: string };
}

function push(body: unknown, { key = DESK, ...changes }: Signing = {}) {
  const text = JSON.stringify(body);
  const parts = {
    method: "POST",
    path: PATH,
    body: text,
    timestampMs: Date.now(),
    nonce: randomUUID(),
    ...changes,
  };
  return post(text, sign(key, parts));
}

async function subscribed(client: FrameClient, room: string) {
  client.send({ kind: "subscribe", id: 1, room });
  return client.next("subscribed");
}

describe("a signed push", () => {
  it("reaches WebSocket clients in JSON and msgpack and a TCP line client, as the same publication", async () => {
    const clients = [
      await FrameClient.webSocket("json", `ws://${web()}/chatroom/live`),
      await FrameClient.webSocket("msgpack", `ws://${web()}/chatroom`, "msgpack"),
      await FrameClient.line("line", running.portOf("line")),
    ];
    for (const client of clients) await subscribed(client, "live/final");
    const { status, answer } = await push({
      room: "live/final",
      data: { text: "Kick-off 开球" },
      facts: { home: 0 },
      from: "scorer",
    });
    assert.equal(status, 200);
    const [first, ...others] = await Promise.all(clients.map((client) => client.next("publication")));
    assert.deepEqual(
      [first!.room, first!.offset, first!.from, first!.facts],
      ["live/final", answer["offset"], "scorer", { home: 0 }],
    );
    assert.deepEqual(first!.data, { text: "Kick-off 开球" });
    for (const other of others) assert.deepEqual(other, first);
    for (const client of clients) client.close();
  });

  it("leaves facts that whoever comes later is shown, also by a plain GET that changes no presence", async () => {
    await push({ room: "live/derby", data: "goal", facts: { home: 1, away: 0 } });
    await push({ room: "live/derby", data: "goal", facts: { away: 1 } });
    const view = (await (await fetch(`http://${web()}/chatroom/live?room=live/derby`)).json()) as Record<
      string,
      unknown
    >;
    assert.deepEqual([view["facts"], view["offset"], view["members"]], [{ home: 1, away: 1 }, 2, 0]);
    const late = await FrameClient.webSocket("late", `ws://${web()}/chatroom/live`);
    const frame = await subscribed(late, "live/derby");
    assert.deepEqual([frame.facts, frame.offset, frame.members], [{ home: 1, away: 1 }, 2, 1]);
    assert.deepEqual(
      frame.publications.map(({ data }) => data),
      ["goal", "goal"],
    );
    late.close();
  });

  it("sends a notice to everybody who is connected to a listener", async () => {
    const client = await FrameClient.webSocket("anybody", `ws://${web()}/chatroom`);
    const { status, answer } = await push({ listener: "web", data: "back in five minutes" });
    assert.deepEqual([status, answer], [200, { listeners: ["web"] }]);
    const notice = await client.next("notice");
    assert.deepEqual([notice.from, notice.data], ["desk", "back in five minutes"]);
    client.close();
    assert.deepEqual((await push({ listener: "nowhere", data: 1 })).status, 404);
  });

  it("is taken with an API key, too", async () => {
    const body = JSON.stringify({ room: "chat/lobby", data: { text: "hello" } });
    assert.equal((await post(body, { authorization: `Bearer ${SHELL.secret}` })).status, 200);
    assert.deepEqual((await post(body, { authorization: "Bearer wrong" })).answer["code"], "unknownKey");
  });
});

describe("a push from a doubtful source", () => {
  const body = { room: "live/final", data: 1 };

  it("is refused with 401 and the reason", async () => {
    const offset = async () =>
      ((await (await fetch(`http://${web()}/chatroom/live?room=live/final`)).json()) as { offset: number })
        .offset;
    await push(body);
    const offsetBefore = await offset();
    const nonce = randomUUID();
    assert.equal((await push(body, { nonce })).status, 200);
    const cases: [Promise<{ status: number; answer: Record<string, unknown> }>, string][] = [
      [post(JSON.stringify(body), {}), "missing"],
      [push(body, { key: { ...DESK, id: "disk" } }), "unknownKey"],
      [push(body, { key: { ...DESK, secret: "a guess" } }), "badSignature"],
      [push(body, { body: JSON.stringify({ ...body, data: 2 }) }), "badSignature"],
      [push(body, { timestampMs: Date.now() - 301_000 }), "staleTimestamp"],
      [push(body, { nonce }), "replayedNonce"],
    ];
    for (const [sent, code] of cases) {
      const { status, answer } = await sent;
      assert.deepEqual([status, answer["code"]], [401, code]);
      assert.ok(typeof answer["text"] === "string" && answer["text"].length > 0);
    }
    assert.equal(await offset(), offsetBefore + 1, "only the right one was taken");
  });

  it("is refused with 403 where the key may not push", async () => {
    assert.equal((await push({ room: "live/a", data: 1 }, { key: LIVE })).status, 200);
    const { status, answer } = await push({ room: "chat/a", data: 1 }, { key: LIVE });
    assert.deepEqual([status, answer["code"]], [403, "missingScope"]);
  });
});

describe("a push that is not right", () => {
  it("is answered with the field, and with 413 when it is too large", async () => {
    const wrong = await push({ room: "final", data: 1 });
    assert.deepEqual([wrong.status, wrong.answer["field"]], [400, "/room"]);
    const large = await push({ room: "live/final", data: "x".repeat(20_000) });
    assert.deepEqual([large.status, large.answer["field"]], [413, "/data"]);
    assert.equal((await push({ room: "live/final", data: "x".repeat(70_000) })).status, 413);
  });
});
