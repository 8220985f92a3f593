import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gatewayFeature } from "../../actors/gateway/feature.ts";
import { roomsFeature } from "../../actors/rooms/feature.ts";
import { servicesFeature } from "../../actors/services/feature.ts";
import { connect } from "../../runtime/client/node-client.ts";
import type { Client, Gap, Refusal, Room } from "../../runtime/client/node-client.ts";
import { CutProxy } from "../support/cut-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalNode } from "../support/local-node.ts";
import type { LocalNode } from "../support/local-node.ts";

const HISTORY_SIZE = 10;

let running: LocalNode;
let wire: CutProxy;
const clients: Client[] = [];

before(async () => {
  running = await startLocalNode([roomsFeature, servicesFeature, gatewayFeature], (settings) => ({
    ...settings,
    rooms: { ...settings.rooms, historySize: HISTORY_SIZE },
  }));
  wire = await CutProxy.open(running.portOf("web"));
});
after(async () => {
  for (const client of clients) client.close();
  await wire.close();
  await running.stop();
});

function open(
  format: "json" | "msgpack",
  name: string,
  url = `ws://127.0.0.1:${running.portOf("web")}`,
): Client {
  const client = connect({ url: `${url}/chatroom`, name, format });
  clients.push(client);
  return client;
}

/** Follows a room and writes down what it hears. */
async function follow(
  client: Client,
  id: string,
): Promise<{ room: Room; heard: unknown[]; names: () => string[] }> {
  const heard: unknown[] = [];
  let names: string[] = [];
  const room = client.room(id);
  room.subscribe({
    publication: ({ data }) => heard.push(data),
    gap: (gap: Gap) => heard.push(gap),
    presence: ({ members }) => void (names = members.map(({ name }) => name)),
  });
  await eventually(() => room.state.kind, "live");
  return { room, heard, names: () => names };
}

const refusalOf = (promise: Promise<unknown>): Promise<Refusal> =>
  promise.then(
    () => assert.fail("the request succeeded"),
    (refusal: unknown) => refusal as Refusal,
  );

for (const format of ["json", "msgpack"] as const) {
  describe(`a client in Node that speaks ${format}`, () => {
    it("talks with the others in a room and knows who is there", async () => {
      const ash = await follow(open(format, "Ash"), `chat/${format}`);
      const fig = await follow(open("json", "Fig"), `chat/${format}`);
      assert.deepEqual(await ash.room.publish({ text: "héllo 语", number: 1.5 }), { offset: 1 });
      await eventually(() => fig.heard, [{ text: "héllo 语", number: 1.5 }]);
      await eventually(() => ash.heard, fig.heard);
      await eventually(() => ash.names().toSorted(), ["Ash", "Fig"]);
      assert.equal((await fig.room.presence()).count, 2);
    });

    it("gets what it missed while its wire was cut, and admits what the room has forgotten", async () => {
      const id = `chat/${format}-cut`;
      const ash = await follow(open(format, "Ash", wire.url.replace("http", "ws")), id);
      const fig = await follow(open("json", "Fig"), id);
      await fig.room.publish(1);
      await eventually(() => ash.heard, [1]);
      for (const count of [3, HISTORY_SIZE + 5]) {
        ash.heard.length = fig.heard.length = 0;
        wire.cut();
        for (let n = 1; n <= count; n++) await fig.room.publish(n);
        await eventually(() => fig.heard.length, count);
        wire.mend();
        const kept = fig.heard.slice(-HISTORY_SIZE);
        const missing = count - kept.length;
        const gap = { reason: "missing", after: 4, missing };
        await eventually(() => ash.heard, missing === 0 ? kept : [gap, ...kept]);
      }
    });

    it("hears why something is refused, by code", async () => {
      const client = open(format, "Ash");
      const { room } = await follow(client, `live/${format}`);
      const notAllowed = await refusalOf(room.publish("Goal!"));
      assert.deepEqual([notAllowed.code, notAllowed.outcome], ["onlyServicesPost", "refused"]);
      const unknown = await refusalOf(client.call("/nowhere", "look"));
      assert.equal(unknown.outcome, "refused");
    });
  });
}

describe("a gateway that stops", () => {
  it("sends its clients away with a delay of their own, and they come back to the next one", async () => {
    const client = open("json", "Ash", wire.url.replace("http", "ws"));
    await eventually(() => client.state.kind, "open");
    const states: string[] = [];
    client.onState((state) => states.push(state.kind === "waiting" ? state.reason : state.kind));
    await running.stop();
    await eventually(() => states[0], "draining");
    running = await startLocalNode([roomsFeature, servicesFeature, gatewayFeature]);
    wire.target = running.portOf("web");
    await eventually(() => client.state.kind, "open");
  });
});
