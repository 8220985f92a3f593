import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Connection } from "../../../../actors/gateway/connection.ts";
import { Gateway } from "../../../../actors/gateway/gateway.ts";
import { Listener } from "../../../../actors/gateway/listener.ts";
import { OutletProtocol } from "../../../../protocols/outlet.ts";
import { PortProtocol } from "../../../../protocols/port.ts";
import { route } from "../../../../runtime/net/route.ts";
import { RouteTable } from "../../../../runtime/net/route-table.ts";
import { behaviourKit } from "../../../support/behaviour-kit.ts";
import { LIMITS } from "../../../support/connected-client.ts";
import { Probe } from "../../../support/probe.ts";

const TABLE = new RouteTable([route("/chatroom", { rooms: ["chat"] })], LIMITS);
const HOST = { listener: "web", table: TABLE, rooms: undefined, pingEveryMs: 25_000 };

function openListener() {
  const port = new Probe(PortProtocol, "port:web");
  const kit = behaviourKit(Listener, { args: { port, host: HOST } });
  const socketOf = (id: string, path: string) => ({
    id,
    route: path,
    search: "",
    address: "10.0.0.7",
    format: "line",
    outlet: new Probe(OutletProtocol, `/outlet/${id}`),
    member: undefined,
    traffic: { account: () => assert.fail("nobody looks") },
  });
  const accept = (id: string, path = "/chatroom") => {
    const socket = socketOf(id, path);
    kit.tell({ kind: "accepted", socket });
    return socket.outlet;
  };
  const adopt = (id: string, path = "/chatroom") => {
    const socket = socketOf(id, path);
    kit.tell({ kind: "adopted", socket, data: "what it knew" });
    return socket.outlet;
  };
  return { port, kit, accept, adopt };
}

describe("a listener", () => {
  it("takes its port into service, also in a new life", async () => {
    const { port, kit } = openListener();
    assert.deepEqual(port.takeTold(), [{ kind: "serve", listener: kit.self }]);
    await kit.restart();
    assert.deepEqual(port.takeTold(), [{ kind: "serve", listener: kit.self }]);
  });

  it("starts an actor for each socket", () => {
    const { kit, accept } = openListener();
    accept("c-1");
    assert.deepEqual(kit.child(Connection, "c-1").takeTold(), [{ kind: "begin" }]);
  });

  it("closes a socket whose route it does not have", () => {
    const { accept } = openListener();
    assert.deepEqual(accept("c-1", "/elsewhere").takeTold(), [{ kind: "close", reason: "internalError" }]);
  });

  it("passes a notice on to everybody", () => {
    const { kit, accept } = openListener();
    for (const id of ["c-1", "c-2"]) {
      accept(id);
      kit.child(Connection, id).takeTold();
    }
    kit.tell({ kind: "notify", from: "ops", data: "soon" });
    const frame = { kind: "notice", from: "ops", data: "soon", atMs: 0 };
    assert.deepEqual(kit.child(Connection, "c-1").takeTold(), [{ kind: "deliver", frame }]);
    assert.deepEqual(kit.child(Connection, "c-2").takeTold(), [{ kind: "deliver", frame }]);
  });

  it("lets a connection from another process go on, with the notices that it was not there for", () => {
    const { kit, accept, adopt } = openListener();
    kit.tell({ kind: "notify", from: "ops", data: "soon" });
    adopt("c-1");
    accept("c-2");
    const frame = { kind: "notice", from: "ops", data: "soon", atMs: 0 };
    assert.deepEqual(kit.child(Connection, "c-1").takeTold(), [
      { kind: "adopt", data: "what it knew" },
      { kind: "deliver", frame },
    ]);
    assert.deepEqual(kit.child(Connection, "c-2").takeTold(), [{ kind: "begin" }]);
    assert.deepEqual(kit.description, { port: "port:web", accepted: 1, adopted: 1, draining: false });
  });

  it("forgets the notices once nobody can be on the way any more", () => {
    const { kit, adopt } = openListener();
    kit.tell({ kind: "notify", from: "ops", data: "soon" });
    kit.advance(30_000);
    kit.tell({ kind: "notify", from: "ops", data: "later" });
    adopt("c-1");
    assert.deepEqual(kit.child(Connection, "c-1").takeTold(), [{ kind: "adopt", data: "what it knew" }]);
  });

  it("asks a client from another process to connect again when it has no such route", () => {
    const { adopt } = openListener();
    assert.deepEqual(adopt("c-1", "/elsewhere").takeTold(), [{ kind: "close", reason: "draining" }]);
  });

  it("lists who is connected, without those who have just gone", async () => {
    const { kit, accept } = openListener();
    for (const id of ["c-1", "c-2", "c-3"]) accept(id);
    const listed = kit.ask({ kind: "list", limit: 2 });
    const summary = {
      connection: "c-1",
      name: "Ada",
      route: "/chatroom",
      address: "10.0.0.7",
      connectedAtMs: 1,
    };
    kit.child(Connection, "c-1").question("identify").answer({ kind: "identified", summary });
    kit.child(Connection, "c-2").question("identify").refuse(new Error("gone"));
    assert.deepEqual(await listed, { kind: "listed", count: 3, connections: [summary] });
  });

  it("drains: takes no more, sends each away at its own moment, and answers when none is left", async () => {
    const { port, kit, accept } = openListener();
    port.takeTold();
    accept("c-1");
    const connection = kit.child(Connection, "c-1");
    connection.takeTold();
    let answer: unknown;
    void kit.ask({ kind: "drain", withinMs: 1_000 }).then((reply) => (answer = reply));
    assert.deepEqual(port.takeTold(), [{ kind: "close" }]);
    assert.deepEqual(connection.takeTold(), [{ kind: "drain", afterMs: 500 }]);
    kit.advance(1_000);
    await kit.idle();
    assert.equal(answer, undefined);
    kit.stopProbe(connection);
    kit.advance(100);
    await kit.idle();
    assert.deepEqual(answer, { kind: "drained", connections: 1 });
  });
});

describe("the gateway", () => {
  const port = (name: string) =>
    Object.assign(new Probe(PortProtocol, `port:${name}`), { name, table: TABLE });
  const open = () =>
    behaviourKit(Gateway, {
      args: { ports: [port("web"), port("line")], rooms: undefined, pingEveryMs: 25_000 },
    });

  it("has a listener for each port", async () => {
    const kit = open();
    assert.deepEqual(kit.description, { listeners: ["web", "line"] });
    assert.deepEqual(await kit.ask({ kind: "find", listener: "line" }), {
      kind: "found",
      listener: kit.child(Listener, "line"),
    });
  });

  it("passes a notice to one listener or to all", async () => {
    const kit = open();
    const notice = { kind: "notify", from: "ops", data: 1 } as const;
    assert.deepEqual(await kit.ask({ ...notice, listener: "web" }), { kind: "notified", listeners: ["web"] });
    assert.deepEqual(kit.child(Listener, "web").takeTold(), [notice]);
    assert.deepEqual(kit.child(Listener, "line").takeTold(), []);
    assert.deepEqual(await kit.ask(notice), { kind: "notified", listeners: ["web", "line"] });
  });

  it("names the listeners there are when it is asked for another", async () => {
    const text = "no listener is called tv; known: web, line";
    assert.deepEqual(await open().ask({ kind: "find", listener: "tv" }), { kind: "unknownListener", text });
    assert.deepEqual(await open().ask({ kind: "notify", listener: "tv", from: "ops", data: 1 }), {
      kind: "unknownListener",
      text,
    });
  });

  it("has drained when all its listeners have, also when one of them fails", async () => {
    const kit = open();
    const drained = kit.ask({ kind: "drain", withinMs: 1_000 });
    kit.child(Listener, "web").question("drain").answer({ kind: "drained", connections: 3 });
    kit.child(Listener, "line").question("drain").refuse(new Error("failed"));
    assert.deepEqual(await drained, { kind: "drained", connections: 3 });
  });
});
