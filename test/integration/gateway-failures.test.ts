import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Feature } from "../../runtime/feature.ts";
import { Fault } from "../../runtime/fault.ts";
import { action, operation, route } from "../../runtime/net/route.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { RawClient } from "../support/raw-client.ts";
import { Witness } from "../support/witness.ts";

const closes: string[] = [];

/** A route with the bugs that a feature may have. */
const buggy: Feature = {
  name: "buggy",
  start: () => ({
    routes: [
      route("/buggy", {
        rooms: ["chat"],
        onClose: (_connection, { code }) => void closes.push(String(code)),
        actions: {
          throws: action({ summary: "Throws", body: {}, handle: () => fail() }),
          rejects: action({ summary: "Rejects", body: {}, handle: async () => fail() }),
        },
        onRequest: {
          GET: operation({ summary: "Throws", answers: { 200: {} }, handle: () => fail() }),
          PUT: operation({
            summary: "Asks in vain",
            answers: { 200: {} },
            handle: () => Promise.reject(new Fault("mailboxFull")),
          }),
        },
      }),
    ],
  }),
};

function fail(): never {
  throw new TypeError("a bug");
}

let running: GatewayNode;
let witness: Witness;
before(async () => {
  running = await startGatewayNode(undefined, [buggy]);
  witness = await Witness.open(running);
});
after(async () => {
  witness.close();
  await running.stop();
});

describe("a bug in an action", () => {
  for (const name of ["throws", "rejects"]) {
    it(`costs the connection that called it its life, and nobody else anything (${name})`, async () => {
      await witness.during(async () => {
        const client = await RawClient.webSocket(`${running.webSocketUrl}/buggy`);
        client.say(JSON.stringify({ kind: "subscribe", id: 1, room: witness.room }));
        await client.next("subscribed");
        client.say(JSON.stringify({ kind: "call", id: 2, route: "/buggy", action: name }));
        assert.equal(await client.ended(), 1011);
        assert.equal(client.inbox.filter(({ kind }) => kind === "answered").length, 0);
        await eventually(() => closes, ["1011"], "the route is told once");
        closes.length = 0;
      });
    });
  }
});

describe("a bug behind a plain request", () => {
  it("is answered 500 without its secrets", async () => {
    const answer = await fetch(`${running.httpUrl}/buggy`);
    assert.equal(answer.status, 500);
    assert.deepEqual(await answer.json(), {
      code: "internalError",
      text: "the request failed; the log says why",
    });
  });

  it("is told from a fault that passes, which says when to try again", async () => {
    const answer = await fetch(`${running.httpUrl}/buggy`, { method: "PUT" });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(((await answer.json()) as { code: string }).code, "mailboxFull");
  });
});

describe("a client that breaks its connection in the middle of a sentence", () => {
  it("is told to its route as 1006, and leaves its room", async () => {
    await witness.during(async () => {
      const client = await FrameClient.webSocket("hasty", `${running.webSocketUrl}/buggy`);
      client.send({ kind: "subscribe", id: 1, room: witness.room });
      await client.next("subscribed");
      client.close();
    });
    await eventually(() => closes, ["1005"]);
    closes.length = 0;
    await witness.during(async () => {
      const client = await RawClient.webSocket(`${running.webSocketUrl}/buggy`);
      client.say(JSON.stringify({ kind: "subscribe", id: 1, room: witness.room }));
      await client.next("subscribed");
      client.socket.write(Buffer.from([0x81]));
      client.destroy();
    });
    await eventually(() => closes, ["1006"]);
  });
});
