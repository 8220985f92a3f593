import Type from "typebox";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../../../../runtime/fault.ts";
import { action, route } from "../../../../runtime/net/route.ts";
import type { ActionAnswer } from "../../../../runtime/net/route.ts";
import { ConnectedClient } from "../../../support/connected-client.ts";

/** A client on one route, and actions on another of the same listener. */
function caller(answer: () => ActionAnswer | Promise<ActionAnswer>) {
  const add = action({
    summary: "Adds",
    body: { left: Type.Number(), right: Type.Number() },
    handle: ({ left, right }, { id }) => ({ kind: "answered", body: { sum: left + right, for: id } }),
  });
  const other = action({ summary: "Whatever", body: {}, handle: answer });
  const routes = [route("/chatroom", { rooms: [] }), route("/sums", { actions: { add, other } })] as const;
  return new ConnectedClient({ routes });
}

const unused = (): never => assert.fail("nobody called it");

async function frameAfter(client: ConnectedClient) {
  await client.kit.idle();
  return client.takeFrames()[0];
}

describe("a client that calls an action", () => {
  it("gets its answer, on whichever route the action stands", async () => {
    const client = caller(unused);
    client.says({ kind: "call", id: 4, route: "/sums", action: "add", body: { left: 1, right: 2 } });
    assert.deepEqual(await frameAfter(client), { kind: "answered", id: 4, body: { sum: 3, for: "c-1" } });
  });

  it("gets a late answer without being held up", async () => {
    let answer = (_body: ActionAnswer): void => {};
    const client = caller(() => new Promise((resolve) => (answer = resolve)));
    client.says({ kind: "call", id: 1, route: "/sums", action: "other" }, { kind: "hello", version: 1 });
    assert.equal((await frameAfter(client))?.kind, "welcome");
    answer({ kind: "answered", body: "late" });
    assert.deepEqual(await frameAfter(client), { kind: "answered", id: 1, body: "late" });
  });

  it("hears the action's refusal", async () => {
    const client = caller(() => ({ kind: "refused", code: "closedToday", text: "come tomorrow" }));
    client.says({ kind: "call", id: 1, route: "/sums", action: "other" });
    assert.deepEqual(await frameAfter(client), {
      kind: "refused",
      id: 1,
      code: "closedToday",
      text: "come tomorrow",
    });
  });

  it("hears of a fault behind the action", async () => {
    const client = caller(() => Promise.reject(new Fault("askTimeout")));
    client.says({ kind: "call", id: 1, route: "/sums", action: "other" });
    const frame = await frameAfter(client);
    assert.equal(frame?.kind === "refused" && frame.code, "askTimeout");
  });

  it("costs the connection its life when the action has a bug", async () => {
    const client = caller(() => Promise.reject(new TypeError("a bug")));
    client.says({ kind: "call", id: 1, route: "/sums", action: "other" });
    await assert.rejects(client.kit.idle(), /a bug/);
  });
});

describe("an unknown call", () => {
  const refusalOf = async (call: { route: string; action: string; body?: unknown }) => {
    const client = caller(unused);
    client.says({ kind: "call", id: 1, ...call });
    const frame = await frameAfter(client);
    return frame?.kind === "refused" ? frame : assert.fail(`got ${frame?.kind}`);
  };

  it("is refused by its route", async () => {
    const { code, field, text } = await refusalOf({ route: "/nowhere", action: "add" });
    assert.deepEqual(
      [code, field, text],
      ["unknownRoute", "/route", "is not known; known: /chatroom, /sums"],
    );
  });

  it("is refused by its action, also when it is called like something of every object", async () => {
    for (const name of ["subtract", "constructor", "__proto__"]) {
      const { code, field, text } = await refusalOf({ route: "/sums", action: name });
      assert.deepEqual([code, field, text], ["unknownAction", "/action", "is not known; known: add, other"]);
    }
  });

  it("is refused by its field", async () => {
    const wrong = await refusalOf({ route: "/sums", action: "add", body: { left: "1", right: 2 } });
    assert.deepEqual([wrong.code, wrong.field], ["invalidField", "/body/left"]);
    const missing = await refusalOf({ route: "/sums", action: "add", body: { left: 1 } });
    assert.deepEqual(
      [missing.code, missing.field, missing.text],
      ["invalidField", "/body/right", "is missing"],
    );
    const extra = await refusalOf({ route: "/sums", action: "other", body: { surprise: 1 } });
    assert.deepEqual([extra.code, extra.field], ["invalidField", "/body/surprise"]);
  });
});
