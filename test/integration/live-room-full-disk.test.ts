import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import type { Publication } from "../../protocols/client-frames.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { Pusher } from "../support/pusher.ts";

const ROOM = "live/heavy";
const PUSHERS = 8;
/** A journal that is full after about a thousand of these, and a client that need not read as fast as they come. */
const SMALLEST = ["--set", "journal.maxBytes=16777216", "--set", "limits.outboundBytes=67108864"];
const HEAVY = "x".repeat(16_000);
/** Long enough for a room to have looked at what is stored, in milliseconds. */
const LOOKED_MS = 3_000;

let place: Workplace;
let node: NodeProcess;
before(async () => {
  place = workplace();
  node = await startNode(place.folder, SMALLEST);
});
after(async () => {
  await node.stop();
  place.remove();
});

const web = () => node.listeners["web"] ?? "";
const pusher = () => new Pusher(web(), node.dataDir);

/** Pushes one after the other until one is refused; answers the ids that were taken, and the one that was not. */
async function pushUntilRefused(name: string) {
  const taken: string[] = [];
  for (;;) {
    const id = `${name}-${taken.length + 1}`;
    const { status, body } = await pusher().push({ room: ROOM, data: `${id} ${HEAVY}`, id });
    if (status !== 200) return { taken, refused: { id, status, code: body.code } };
    taken.push(id);
  }
}

const idOf = (data: unknown): string => String(data).split(" ")[0] ?? "";

/** The ids of all that is stored, in order. */
async function stored(): Promise<string[]> {
  const ids: string[] = [];
  for (let older = "", earlier = true; earlier;) {
    const answer = await fetch(`${web()}/chatroom/live/history?room=${ROOM}&limit=200${older}`);
    const page = (await answer.json()) as { publications: Publication[]; earlier: boolean };
    ids.unshift(...page.publications.map(({ data }) => idOf(data)));
    older = `&before=${page.publications[0]?.offset}`;
    ({ earlier } = page);
  }
  return ids;
}

describe("a live room whose disk is full", () => {
  it("refuses what it cannot store, shows nothing of that, and goes on when there is room", async () => {
    const client = await FrameClient.webSocket("client", `${web().replace("http", "ws")}/chatroom`);
    client.send({ kind: "subscribe", id: 1, room: ROOM });
    await client.next("subscribed");
    const ends = await Promise.all(
      Array.from({ length: PUSHERS }, (_, index) => pushUntilRefused(String(index))),
    );
    for (const { refused } of ends) {
      assert.deepEqual([refused.status, refused.code], [503, "storageFull"], refused.id);
    }
    await pass(LOOKED_MS);
    const taken = ends.flatMap((end) => end.taken);
    const ids = await stored();
    assert.deepEqual(ids.toSorted(), taken.toSorted());
    const heard = (): string[] =>
      client.inbox.flatMap((frame) => (frame.kind === "publication" ? [idOf(frame.data)] : []));
    await eventually(() => heard().length, ids.length);
    assert.deepEqual(heard(), ids);
    client.close();

    await node.stop();
    node = await startNode(place.folder);
    for (const { refused } of ends) {
      const { offset = 0 } = (await pusher().push({ room: ROOM, data: refused.id, id: refused.id })).body;
      ids.push(refused.id);
      assert.equal(offset, ids.length);
    }
    assert.deepEqual(await stored(), ids);
  });
});
