import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Publication } from "../../../protocols/client-frames.ts";
import { connect } from "../../../runtime/client/node-client.ts";
import type { Client } from "../../../runtime/client/node-client.ts";
import { ClusterProcesses } from "../../support/cluster-processes.ts";
import { eventually } from "../../support/eventually.ts";
import { Pusher } from "../../support/pusher.ts";

const ROOM = "live/shared";
/** Longer than a lease and its removal, on a machine that has much else to do. */
const TAKEN_OVER_WITHIN_MS = 60_000;

let cluster: ClusterProcesses;
const clients: Client[] = [];
before(async () => {
  cluster = await ClusterProcesses.start("a", "b");
  await cluster.untilSeenBy("a", ["a up", "b up"]);
});
after(async () => {
  for (const client of clients) client.close();
  await cluster.stop();
});

const web = (name: string) => cluster.node(name).listeners["web"] ?? "";
const pusherOf = (name: string) => new Pusher(web(name), cluster.node(name).dataDir);

/** Somebody at a node who follows the room: what is heard, and what is missing. */
async function follow(name: string) {
  const heard = { offsets: [] as number[], data: [] as unknown[], gaps: [] as unknown[] };
  const client = connect({ url: `${web(name).replace("http", "ws")}/chatroom`, name });
  clients.push(client);
  const room = client.room(ROOM);
  room.subscribe({
    publication: ({ offset, data }) => void (heard.offsets.push(offset), heard.data.push(data)),
    gap: (gap) => void heard.gaps.push(gap),
  });
  await eventually(() => room.state.kind, "live");
  return heard;
}

describe("a live room in a cluster", () => {
  it("is one room: everybody hears at every node what is pushed at any, and a dead node takes nothing with it", async () => {
    const [atA, atB] = [await follow("a"), await follow("b")];
    const said: string[] = [];
    for (let count = 1; count <= 40; count++) {
      const name = count % 2 === 0 ? "a" : "b";
      const id = `${name}-${count}`;
      const { offset } = await pusherOf(name).pushUntilTaken({ room: ROOM, data: id, id });
      said.push(id);
      assert.equal(offset, said.length);
    }
    for (const heard of [atA, atB]) {
      await eventually(() => heard.data.length, said.length);
      assert.deepEqual([heard.data, heard.gaps], [said, []]);
    }
    process.kill(cluster.pidOf("a"), "SIGKILL");
    for (const id of ["b-41", "b-42"]) {
      const { offset } = await pusherOf("b").pushUntilTaken({ room: ROOM, data: id, id });
      said.push(id);
      assert.equal(offset, said.length);
    }
    await eventually(() => atB.data.length, said.length, undefined, TAKEN_OVER_WITHIN_MS);
    assert.deepEqual([atB.data, atB.gaps], [said, []]);
    const answer = await fetch(`${web("b")}/chatroom/live/history?room=${ROOM}&limit=200`);
    const { publications } = (await answer.json()) as { publications: Publication[] };
    assert.deepEqual(
      publications.map(({ data }) => data),
      said,
    );
  });
});
