import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EchoClient } from "../support/echo-client.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { MovingHost } from "../support/moving-host.ts";

const CLIENTS = 200;

let host: MovingHost;

before(async () => {
  host = await MovingHost.start();
});
after(() => host.stop());

function urlOf(path: string): string {
  return `${host.urls.listeners["web"]?.replace("http", "ws")}${path}`;
}

function echoClients(count: number): Promise<EchoClient[]> {
  return Promise.all(Array.from({ length: count }, () => EchoClient.webSocket(urlOf("/echo"))));
}

/** Those who are answered, once all others have been closed. */
async function answered(clients: readonly EchoClient[]): Promise<EchoClient[]> {
  for (const client of clients) client.say("who is there?");
  const hasWord = ({ heard, end }: EchoClient): boolean => end !== undefined || heard.length > 0;
  await eventually(() => clients.filter((client) => !hasWord(client)).length, 0);
  return clients.filter(({ end }) => end === undefined);
}

async function gone(clients: readonly EchoClient[]): Promise<void> {
  for (const client of clients) client.destroy();
  await eventually(() => host.connections(), 0);
}

async function member(name: string): Promise<FrameClient> {
  const client = await FrameClient.webSocket(name, urlOf("/chatroom"));
  client.send({ kind: "subscribe", id: 0, room: "chat/steadfast" });
  await client.next("subscribed");
  return client;
}

describe("a process from which nobody takes over", () => {
  it("goes on with everything when the other one dies before it serves", async () => {
    const clients = await echoClients(10);
    const [one, other] = [await member("one"), await member("other")];
    const from = host.worker;
    const to = await host.prepare();
    from.introduce(to);
    to.diesAfter = 0;
    to.say({ kind: "adopt" });
    from.say({ kind: "handOver" });
    await eventually(() => to.hasEnded, true);
    one.send({ kind: "publish", id: 1, room: "chat/steadfast", data: "said while nobody serves" });
    from.say({ kind: "keep" });
    await from.until("serving");
    assert.equal((await one.next("published")).offset, 1);
    assert.equal((await other.next("publication")).data, "said while nobody serves");
    assert.equal((await answered(clients)).length, clients.length);
    const late = await echoClients(5);
    assert.equal((await answered(late)).length, 5, "the doors are shut");
    one.close();
    other.close();
    await gone([...clients, ...late]);
  });

  it("goes on with those that have not moved when the other one dies on the way", async () => {
    const clients = await echoClients(CLIENTS);
    const from = host.worker;
    const to = await host.prepare();
    from.introduce(to);
    // That it serves, and that the first few have arrived.
    to.diesAfter = 2;
    to.say({ kind: "adopt" });
    from.say({ kind: "handOver" });
    await eventually(() => to.hasEnded, true);
    from.say({ kind: "keep" });
    await from.until("serving");
    const left = await answered(clients);
    assert.ok(left.length > 0, "nobody is left");
    const late = await echoClients(5);
    assert.equal((await answered(late)).length, 5, "the doors are shut");
    // Nothing is left behind that a second try would stumble over.
    assert.deepEqual(await host.move(), { connections: left.length + late.length, lost: 0 });
    await gone([...clients, ...late]);
  });
});

describe("a process whose predecessor dies on the way", () => {
  it("serves with what has come", async () => {
    const clients = await echoClients(CLIENTS);
    const from = host.worker;
    const to = await host.prepare();
    from.introduce(to);
    // The state, and a few connections.
    from.diesAfter = 20;
    to.say({ kind: "adopt" });
    from.say({ kind: "handOver" });
    await eventually(() => from.hasEnded, true);
    to.say({ kind: "predecessorGone" });
    const left = await answered(clients);
    assert.ok(left.length > 0, "nobody has come");
    const late = await echoClients(5);
    assert.equal((await answered(late)).length, 5, "the doors are shut");
    assert.deepEqual(await host.move(), { connections: left.length + late.length, lost: 0 });
    await gone([...clients, ...late]);
  });
});
