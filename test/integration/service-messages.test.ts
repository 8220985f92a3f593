import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { sign } from "../../runtime/identity/signature.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { ledgerFeature } from "../support/ledger-feature.ts";

const ALL = { id: "all", kind: "apiKey", secret: "the-api-key-that-may-all", scopes: ["messages"] } as const;
const FEW = {
  id: "few",
  kind: "apiKey",
  secret: "the-api-key-that-may-few",
  scopes: ["messages:ledger/own-*", "push"],
} as const;
const SIGNING = { id: "signs", kind: "hmac", secret: "the-secret-that-signs", scopes: ["messages"] } as const;

let running: GatewayNode;
before(async () => {
  running = await startGatewayNode(
    (settings) => ({
      ...settings,
      push: {
        ...settings.push,
        keys: [ALL, FEW, SIGNING].map((key) => ({ ...key, scopes: [...key.scopes] })),
      },
    }),
    [ledgerFeature],
  );
});
after(() => running.stop());

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

async function post(
  path: string,
  message: unknown,
  {
    key = ALL.secret,
    headers = {},
  }: { readonly key?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(`${running.httpUrl}/v1/messages/${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    body: JSON.stringify(message),
  });
  const body = (await answer.json()) as Answer["body"];
  return { status: answer.status, body, retryAfter: answer.headers.get("retry-after") };
}

const numbersOf = async (id: string) => (await post(`ledger/${id}`, { kind: "read" })).body["numbers"];
const once = (name: string) => ({ headers: { "idempotency-key": name } });

describe("a message of a service to an entity", () => {
  it("is told, or asked and answered in its own words", async () => {
    assert.deepEqual(await post("ledger/a/b c", { kind: "jot", number: 7 }), {
      status: 202,
      body: { kind: "accepted" },
      retryAfter: null,
    });
    const asked = await post("ledger/a/b%20c", { kind: "add", number: 8 });
    assert.deepEqual([asked.status, asked.body], [200, { kind: "added", count: 2 }]);
    assert.deepEqual(await numbersOf("a%2Fb%20c"), [7, 8]);
  });

  it("is refused by name when type, kind or field is not known, with what there is", async () => {
    const refusal = async (path: string, message: unknown) => {
      const { status, body } = await post(path, message);
      return [status, body["code"], body["field"], body["text"]] as const;
    };
    const [status, code, , text] = await refusal("room/x", { kind: "read" });
    assert.deepEqual([status, code], [404, "unknownRoute"]);
    assert.match(String(text), /known: .*\/v1\/messages\/ledger\/\*/);
    assert.deepEqual(await refusal("ledger/x", { kind: "shout" }), [
      400,
      "unknownKind",
      "/kind",
      '"shout" is not known; known: jot, add, note, read, hang',
    ]);
    assert.deepEqual(await refusal("ledger/x", { kind: "jot", number: 1, colour: "red" }), [
      400,
      "invalidField",
      "/colour",
      "is not allowed here; known: kind, number",
    ]);
    assert.deepEqual((await refusal("ledger/x", { kind: "jot", number: "one" })).slice(0, 3), [
      400,
      "invalidField",
      "/number",
    ]);
    // What only an actor can fill is no field of theirs, and what they were not promised no message.
    assert.equal((await refusal("ledger/x", { kind: "add", number: 1, by: {} }))[2], "/by");
    assert.equal((await refusal("ledger/x", { kind: "point", to: {} }))[1], "unknownKind");
    const long = await refusal(`ledger/${"x".repeat(2_000)}`, { kind: "read" });
    assert.deepEqual(long.slice(0, 2), [400, "addressInvalid"]);
    assert.match(String(long[3]), /more than \d+ bytes/);
  });

  it("needs a key that may, and a signature that fits", async () => {
    const nobody = await post("ledger/x", { kind: "read" }, { key: "no-key-of-this-node" });
    assert.deepEqual([nobody.status, nobody.body["code"]], [401, "unknownKey"]);
    const other = await post("ledger/x", { kind: "read" }, { key: FEW.secret });
    assert.deepEqual([other.status, other.body["code"]], [403, "missingScope"]);
    assert.equal((await post("ledger/own-1", { kind: "read" }, { key: FEW.secret })).status, 200);
    const path = "/v1/messages/ledger/signed";
    const body = JSON.stringify({ kind: "add", number: 1 });
    const parts = { method: "POST", path, body, timestampMs: Date.now(), nonce: randomUUID() };
    const send = async (sent: string) =>
      (await fetch(running.httpUrl + path, { method: "POST", headers: sign(SIGNING, parts), body: sent }))
        .status;
    assert.deepEqual(
      [await send(body.replace("1", "2")), await send(body), await send(body)],
      [401, 200, 401],
    );
  });

  it("that is not answered in time says so, and that it may be carried out all the same", async () => {
    const { status, body, retryAfter } = await post("ledger/slow?deadlineMs=30", { kind: "hang" });
    assert.deepEqual([status, body["code"], retryAfter], [504, "askTimeout", "1"]);
    assert.match(String(body["text"]), /no answer within 30 ms; .*Idempotency-Key/);
    const never = await post("ledger/slow?deadlineMs=90000", { kind: "hang" });
    assert.deepEqual([never.status, never.body["field"]], [400, "deadlineMs"]);
  });
});

describe("a message under an Idempotency-Key", () => {
  it("has one effect and one answer, however often it comes, also at once", async () => {
    const many = await Promise.all(
      Array.from({ length: 5 }, () => post("ledger/once", { kind: "add", number: 3 }, once("k1"))),
    );
    for (const { status, body } of many) assert.deepEqual([status, body], [200, { kind: "added", count: 1 }]);
    for (let times = 0; times < 2; times++) {
      const told = await post("ledger/once", { kind: "jot", number: 4 }, once("k2"));
      assert.deepEqual([told.status, told.body], [202, { kind: "taken" }]);
    }
    assert.deepEqual((await post("ledger/once", { kind: "add", number: 3 }, once("k1"))).body, many[0]?.body);
    assert.deepEqual(await numbersOf("once"), [3, 4]);
  });

  it("is refused with another body, and is another service's own", async () => {
    await post("ledger/own-2", { kind: "add", number: 1 }, once("same"));
    const differs = await post("ledger/own-2", { kind: "add", number: 2 }, once("same"));
    assert.deepEqual([differs.status, differs.body["code"]], [422, "requestDiffers"]);
    const others = await post(
      "ledger/own-2",
      { kind: "add", number: 2 },
      { key: FEW.secret, ...once("same") },
    );
    assert.deepEqual([others.status, others.body], [200, { kind: "added", count: 2 }]);
    assert.equal((await post("ledger/own-3", { kind: "add", number: 9 }, once("same"))).status, 200);
  });

  it("is refused when the key is none", async () => {
    for (const key of ["two words", "x".repeat(129)]) {
      const { status, body } = await post("ledger/x", { kind: "read" }, once(key));
      assert.deepEqual([status, body["field"]], [400, "Idempotency-Key"]);
    }
  });
});

describe("a message of a service over framed TCP", () => {
  const call = (message: object, more: Record<string, string> = {}, type = "ledger") => ({
    type,
    id: "wire",
    message: JSON.stringify(message),
    headers: { authorization: `Bearer ${ALL.secret}`, ...more },
  });

  it("by lines is the same call of the same table, with the same refusals", async () => {
    const client = await FrameClient.line("service", running.portOf("line"));
    let id = 0;
    const send = (body: object) =>
      client.send({ kind: "call", id: ++id, route: "/v1/messages", action: "send", body });
    for (let times = 0; times < 2; times++) {
      send(call({ kind: "add", number: 5 }, { "Idempotency-Key": "tcp" }));
      assert.deepEqual((await client.next("answered")).body, { kind: "added", count: 1 });
    }
    send(call({ kind: "add", number: 6 }, { "Idempotency-Key": "tcp" }));
    assert.equal((await client.next("refused")).code, "requestDiffers");
    send(call({ kind: "shout" }));
    assert.equal((await client.next("refused")).field, "/kind");
    send(call({ kind: "read" }, { authorization: "Bearer nobody" }));
    assert.equal((await client.next("refused")).code, "unknownKey");
    send(call({ kind: "read" }, {}, "nothing"));
    const unknown = await client.next("refused");
    assert.deepEqual([unknown.code, unknown.field], ["unknownType", "/body/type"]);
    assert.match(unknown.text ?? "", /known: ledger, live-room|known: live-room, ledger/);
    const path = "/v1/messages/ledger/wire";
    const message = JSON.stringify({ kind: "read" });
    const parts = { method: "POST", path, body: message, timestampMs: Date.now(), nonce: randomUUID() };
    send({ type: "ledger", id: "wire", message, headers: sign(SIGNING, parts) });
    assert.deepEqual((await client.next("answered")).body, { kind: "ledger", numbers: [5] });
    client.close();
  });

  it("by lengths is so, too", async () => {
    const socket = connect(running.portOf("length"), "127.0.0.1");
    const frame = Buffer.from(
      JSON.stringify({
        kind: "call",
        id: 1,
        route: "/v1/messages",
        action: "send",
        body: call({ kind: "read" }),
      }),
    );
    const head = Buffer.alloc(4);
    head.writeUInt32BE(frame.length);
    socket.write(Buffer.concat([head, frame]));
    const answered = await new Promise<string>((resolve, reject) => {
      let text = "";
      socket.on("error", reject).on("data", (data) => {
        text += data.toString("latin1");
        if (text.includes('"answered"')) resolve(text);
      });
    });
    assert.match(answered, /"numbers":\[5\]/);
    socket.destroy();
  });
});
