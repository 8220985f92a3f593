import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { assertDocumented } from "../support/open-api.ts";
import type { OpenApi } from "../support/open-api.ts";

const KEY = {
  id: "shell",
  kind: "apiKey",
  secret: "an-api-key-for-a-shell",
  scopes: ["push", "messages"],
} as const;

const MESSAGES = "/v1/messages/live-room/{*}";

interface Call {
  readonly method: string;
  readonly path: string;
  /** In place of what the path leaves open. */
  readonly id?: string;
  readonly query?: string;
  readonly body?: unknown;
  readonly status: number;
}

/** Every operation of the gateway's port, done right and done wrong; a push comes first, so that there is a room to look at. */
const CALLS: readonly Call[] = [
  { method: "post", path: "/chatroom/push", body: { room: "live/match", data: "kick-off" }, status: 200 },
  { method: "post", path: "/chatroom/push", body: { room: "nowhere", data: "kick-off" }, status: 400 },
  { method: "post", path: "/chatroom/push", body: { listener: "nowhere", data: "x" }, status: 404 },
  { method: "get", path: "/chatroom/live", query: "?room=live/match", status: 200 },
  { method: "get", path: "/chatroom/live", query: "?room=chat/match", status: 400 },
  { method: "get", path: "/chatroom/live", query: "?room=live/unknown", status: 404 },
  { method: "get", path: "/chatroom/live/history", query: "?room=live/match&limit=1", status: 200 },
  { method: "get", path: "/chatroom/live/history", query: "?room=live/match&limit=0", status: 400 },
  { method: "get", path: "/chatroom/live/history", query: "?room=live/unknown", status: 404 },
  { method: "post", path: MESSAGES, id: "match", body: { kind: "stand" }, status: 200 },
  { method: "post", path: MESSAGES, id: "match", body: { kind: "post" }, status: 400 },
];

let running: GatewayNode;
let document: OpenApi;
before(async () => {
  running = await startGatewayNode((settings) => ({
    ...settings,
    push: { ...settings.push, keys: [{ ...KEY, scopes: [...KEY.scopes] }] },
  }));
  document = (await (await fetch(`${running.httpUrl}/v1/openapi.json`)).json()) as OpenApi;
});
after(() => running.stop());

describe("the document of the gateway's port", () => {
  it("names every operation that is called here, and no other", () => {
    assert.match(document.openapi, /^3\./);
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    const called = new Set(CALLS.map(({ method, path }) => `${method} ${path}`));
    assert.deepEqual(documented.toSorted(), [...called].toSorted());
  });

  for (const { method, path, id = "", query = "", body, status } of CALLS) {
    it(`holds what ${method} ${path}${query} answers with ${status}`, async () => {
      const answer = await fetch(running.httpUrl + path.replace("{*}", id) + query, {
        method,
        headers: { authorization: `Bearer ${KEY.secret}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const said: unknown = await answer.json();
      assert.equal(answer.status, status, JSON.stringify(said));
      assertDocumented(document.paths[path]?.[method], status, said);
    });
  }
});
