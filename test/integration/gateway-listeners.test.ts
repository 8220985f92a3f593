import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { GatewayProtocol } from "../../protocols/gateway.ts";
import { RoomDirectoryProtocol } from "../../protocols/room-directory.ts";
import type { ListenerSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { operation, route } from "../../runtime/net/route.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startGatewayNode } from "../support/gateway-node.ts";
import type { GatewayNode } from "../support/gateway-node.ts";
import { RawClient } from "../support/raw-client.ts";

const KEY = { id: "shell", kind: "apiKey", secret: "an-api-key-for-a-shell", scopes: ["push"] } as const;
const OPERATOR = "Bearer the-operators-token-of-a-test";

/** A route that may be opened and asked, and writes down what happens. */
function loggedRoute(log: string[]): Feature {
  const note = (word: string) => (connection: { readonly listener: string }) =>
    void log.push(`${word} ${connection.listener}`);
  const logged = route("/logged", {
    rooms: ["chat"],
    onOpen: note("open"),
    onClose: (connection, { code }) => void log.push(`close ${connection.listener} ${code}`),
    onRequest: {
      GET: operation({
        summary: "Answers",
        answers: { 200: {} },
        handle: ({ listener }) => {
          log.push(`request ${listener}`);
          return { status: 200, body: { listener } };
        },
      }),
    },
  });
  return { name: "logged", start: () => ({ routes: [logged] }) };
}

/** Looks into the registries as soon as a drain has sent everybody away, before the actors stop. */
function lastLook(seen: string[]): Feature {
  return {
    name: "lastLook",
    start: ({ system, find }) => ({
      async drain(withinMs) {
        const [gateway, rooms] = [find(GatewayProtocol), find(RoomDirectoryProtocol)];
        assert.ok(gateway !== undefined && rooms !== undefined);
        await system.ask(gateway, { kind: "drain", withinMs });
        const { total } = await connections();
        const found = await system.ask(rooms, { kind: "find", room: "chat/last" });
        const count =
          found.kind === "absent" ? 0 : (await system.ask(found.room, { kind: "presence" })).count;
        seen.push(`${total} connections, ${count} members`);
      },
    }),
  };
}

const door = (name: string, kind: "http" | "tcp", routes: string[]): ListenerSettings => ({
  name,
  kind,
  host: "127.0.0.1",
  port: 0,
  routes,
  ...(kind === "tcp" ? { framing: "line" as const } : {}),
});

let running: GatewayNode;
const log: string[] = [];
const seenLast: string[] = [];
before(async () => {
  running = await startGatewayNode(
    (settings) => ({
      ...settings,
      listeners: [
        door("web", "http", ["/chatroom", "/logged"]),
        door("desk", "http", ["/chatroom/live", "/chatroom/push", "/logged"]),
        door("line", "tcp", ["/logged"]),
      ],
      push: { ...settings.push, keys: [{ ...KEY, scopes: [...KEY.scopes] }] },
    }),
    [loggedRoute(log), lastLook(seenLast)],
  );
});
// The last test has stopped it, unless it failed.
after(() => running.node.stop(1_000));

const url = (listener: string, path: string, scheme = "http"): string =>
  `${scheme}://127.0.0.1:${running.portOf(listener)}${path}`;

async function connections(search = ""): Promise<{ total: number; listeners: string[] }> {
  const { opsUrl } = running.node.urls();
  const response = await fetch(`${opsUrl}/v1/connections${search}`, { headers: { authorization: OPERATOR } });
  const { total, connections: list } = (await response.json()) as {
    total: number;
    connections: { listener: string }[];
  };
  return { total, listeners: list.map(({ listener }) => listener) };
}

describe("a listener", () => {
  it("has its own routes, and answers no others", async () => {
    const codeOf = async (listener: string) => {
      const response = await fetch(url(listener, "/chatroom/live?room=live/none"));
      return ((await response.json()) as { code: string }).code;
    };
    assert.equal(await codeOf("desk"), "unknownRoom");
    assert.equal(await codeOf("web"), "unknownRoute");
    assert.equal((await fetch(url("web", "/chatroom/push"), { method: "POST", body: "{}" })).status, 404);
    await assert.rejects(RawClient.webSocket(url("desk", "/chatroom", "ws")), /404/);
  });

  it("lets an action of its own routes be called, and knows no others", async () => {
    const client = await RawClient.webSocket(url("web", "/logged", "ws"));
    const call = (id: number, path: string) =>
      client.say(
        JSON.stringify({ kind: "call", id, route: path, action: "history", body: { room: "live/none" } }),
      );
    call(1, "/chatroom");
    assert.equal((await client.next("refused")).code, "unknownRoom");
    call(2, "/chatroom/live");
    const { code, text } = await client.next("refused");
    assert.deepEqual([code, text], ["unknownRoute", "is not known; known: /chatroom, /logged"]);
    client.destroy();
  });

  it("passes on what is pushed to it, and others do not", async () => {
    const near = await FrameClient.webSocket("near", url("web", "/chatroom", "ws"));
    const far = await FrameClient.webSocket("far", url("desk", "/chatroom/live", "ws"));
    const push = (listener: string, data: string) =>
      fetch(url("desk", "/chatroom/push"), {
        method: "POST",
        headers: { authorization: `Bearer ${KEY.secret}` },
        body: JSON.stringify({ listener, data }),
      });
    assert.equal((await push("web", "to the web")).status, 200);
    assert.equal((await push("desk", "to the desk")).status, 200);
    assert.equal((await near.next("notice")).data, "to the web");
    assert.equal((await far.next("notice")).data, "to the desk");
    assert.deepEqual([near.inbox, far.inbox], [[], []]);
    const unknown = await push("nowhere", "lost");
    assert.equal(unknown.status, 404);
    assert.match(await unknown.text(), /no listener is called nowhere; known: web, desk, line/);
    near.close();
    far.close();
  });

  it("is listed with its own connections", async () => {
    await eventually(async () => (await connections()).total, 0);
    const clients = [
      await FrameClient.webSocket("a", url("web", "/chatroom", "ws")),
      await FrameClient.webSocket("b", url("desk", "/logged", "ws")),
      await FrameClient.line("c", running.portOf("line")),
    ];
    assert.deepEqual((await connections()).listeners.toSorted(), ["desk", "line", "web"]);
    assert.deepEqual(await connections("?listener=line"), { total: 1, listeners: ["line"] });
    for (const client of clients) client.close();
    await eventually(async () => (await connections()).total, 0);
  });
});

describe("a plain request on a path that may also be opened", () => {
  it("opens and closes nothing, and changes no presence", async () => {
    log.length = 0;
    const member = await FrameClient.webSocket("member", url("web", "/logged", "ws"));
    member.send({ kind: "subscribe", id: 1, room: "chat/logged" });
    await member.next("subscribed");
    for (const listener of ["web", "desk"]) {
      const response = await fetch(url(listener, "/logged"));
      assert.deepEqual([response.status, await response.json()], [200, { listener }]);
    }
    assert.deepEqual(log, ["open web", "request web", "request desk"]);
    assert.deepEqual(await connections(), { total: 1, listeners: ["web"] });
    member.send({ kind: "presence", id: 2, room: "chat/logged" });
    assert.equal((await member.next("presence")).count, 1);
    member.close();
    await eventually(() => log.slice(3), ["close web 1005"]);
  });
});

describe("a node that stops", () => {
  it("says to each client when to come back, closes it with 4503, and forgets it everywhere", async () => {
    log.length = 0;
    const clients = [
      await RawClient.webSocket(url("web", "/logged", "ws")),
      await RawClient.webSocket(url("desk", "/logged", "ws"), "json"),
      await RawClient.tcp(running.portOf("line"), "line"),
    ];
    for (const [index, client] of clients.entries()) {
      client.say(`${JSON.stringify({ kind: "subscribe", id: index, room: "chat/last" })}\n`);
      await client.next("subscribed");
    }
    const gone = Promise.all(clients.map((client) => client.ended()));
    const stopped = running.node.stop(10_000);
    assert.deepEqual(await gone, [4503, 4503, undefined]);
    for (const client of clients) {
      const { reconnectAfterMs } = await client.next("drain");
      assert.ok(reconnectAfterMs >= 0 && reconnectAfterMs <= 5_000);
    }
    const [, , tcp] = clients;
    const last = tcp?.inbox.at(-1);
    assert.equal(last?.kind === "refused" && last.code, "draining");
    assert.equal(await stopped, true);
    assert.deepEqual(log.slice(3).toSorted(), ["close desk 4503", "close line 4503", "close web 4503"]);
    assert.deepEqual(seenLast, ["0 connections, 0 members"]);
    assert.match(await running.node.metrics.text(), /^banyan_sockets 0$/m);
    await assert.rejects(fetch(url("web", "/logged")), "nothing listens any more");
    running.assertSound();
  });
});
