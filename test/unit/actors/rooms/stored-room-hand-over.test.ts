import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Publication, ServerFrame } from "../../../../protocols/client-frames.ts";
import { LiveRoomProtocol } from "../../../../protocols/live-room.ts";
import { RoomProtocol } from "../../../../protocols/room.ts";
import { TopicProtocol } from "../../../../protocols/topic.ts";
import type { RoomStore } from "../../../../actors/rooms/room-store.ts";
import { Fault } from "../../../../runtime/fault.ts";
import { openRoom, POLICIES, START_MS } from "../../../support/open-room.ts";
import type { RoomSetting } from "../../../support/open-room.ts";
import { Probe } from "../../../support/probe.ts";

const EPOCH = "e1";
const policy = POLICIES.live;

/** A store that holds so many posts, with a probe for its entity. */
function storeOf(count: number) {
  const entity = new Probe(LiveRoomProtocol, "entity:live-room/a");
  const all = Array.from({ length: count }, (_, index): Publication => {
    return { room: "live/a", offset: index + 1, from: "desk", data: index + 1, atMs: START_MS };
  });
  return {
    entity,
    everywhere: undefined as RoomStore["everywhere"],
    isKnown: async () => count > 0,
    read: async (from: number, limit: number) => all.slice(from - 1, from - 1 + limit),
    stands: (offset = count) => {
      entity.question("stand").answer({ kind: "standing", epoch: EPOCH, offset, facts: {} });
    },
  };
}

/** The same with the room on other nodes, and probes for the way there. */
function sharedStoreOf(count: number) {
  const all = new Probe(RoomProtocol, "topic live/a");
  const entrance = new Probe(TopicProtocol, "entrance");
  return { ...storeOf(count), everywhere: { all, entrance }, all, entrance };
}

/** A live room that has said two things to one member, as it is handed over. */
async function handedOver(): Promise<unknown> {
  const store = storeOf(2);
  const room = openRoom({ policy, store });
  store.stands();
  await room.kit.idle();
  await room.join("1");
  return room.kit.dump();
}

/** The same room in another process, on a store that holds so many posts. */
async function moved(count: number, more: RoomSetting = {}) {
  const store = storeOf(count);
  const room = openRoom({ policy, store, heirloom: await handedOver(), ...more });
  return { ...room, store };
}

const offsetsOf = (frames: readonly ServerFrame[]): number[] =>
  frames.flatMap((frame) => (frame.kind === "publication" ? [frame.offset] : []));

describe("a live room that has come from another process", () => {
  it("goes on at once, before its store has said a word", async () => {
    const { resume, join, subscribed } = await moved(2);
    assert.equal(await resume("1", EPOCH), "resumed");
    await join("2", { recover: { epoch: EPOCH, offset: 1 } });
    const { recovered, publications } = subscribed();
    assert.deepEqual([recovered, publications.map(({ data }) => data)], [true, [2]]);
  });

  it("shows once and in order what was stored at the last moment, and what is stored next", async () => {
    const { kit, store, sent, post, channel } = await moved(4);
    assert.deepEqual(
      channel.takeTold().map(({ kind }) => kind),
      ["remember"],
    );
    const posting = post("next");
    store.stands(3);
    await kit.idle();
    store.entity.question("post").answer({ kind: "stored", epoch: EPOCH, offset: 5, atMs: 0 });
    await kit.idle();
    assert.equal((await posting).kind, "published");
    await kit.idle();
    assert.deepEqual(offsetsOf(sent()), [3, 4]);
  });

  it("asks its store again when that cannot answer", async () => {
    const { kit, store, sent } = await moved(3);
    store.entity.question("stand").refuse(new Fault("entityPassive"));
    await kit.idle();
    kit.advance(1_000);
    store.stands();
    await kit.idle();
    await kit.idle();
    assert.deepEqual(offsetsOf(sent()), [3]);
  });

  it("fails, and so begins anew, when less is stored than it has said", async () => {
    const { kit, store } = await moved(1);
    store.stands();
    await assert.rejects(kit.idle(), /has published 2, and what is stored is at 1/);
  });

  it("hears the other nodes at once, and tells them who is here, so that nobody counts as gone", async () => {
    const store = sharedStoreOf(2);
    const heirloom = await handedOver();
    const { kit } = openRoom({ policy, store, heirloom });
    assert.deepEqual(store.entrance.takeTold(), [{ kind: "attach", receiver: kit.self }]);
    const told = store.all.takeTold();
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ["callRoll", "attendance"],
    );
    const members = [{ id: "1", name: "name of 1" }];
    const { party, ...attendance } = told[1] as { party: string };
    assert.deepEqual(attendance, {
      moves: 1,
      kind: "attendance",
      at: kit.self,
      count: 1,
      members,
      offset: 2,
    });
    assert.equal(party, (heirloom as { party: string }).party);
  });

  it("does not count those twice who came along, as long as the process before is still there", async () => {
    const store = sharedStoreOf(2);
    const heirloom = await handedOver();
    const { kit } = openRoom({ policy, store, heirloom });
    const { party } = heirloom as { party: string };
    const members = [{ id: "1", name: "name of 1" }];
    kit.tell({
      kind: "attendance",
      at: new Probe(RoomProtocol, "actor:old:/room"),
      count: 1,
      members,
      party,
    });
    await kit.idle();
    assert.equal((await kit.ask({ kind: "presence" })).count, 1);
    const other = { count: 1, members: [{ id: "2", name: "2" }], party: "other" };
    for (const node of ["c", "d"]) {
      kit.tell({ kind: "attendance", at: new Probe(RoomProtocol, `actor:${node}:/room`), ...other });
    }
    await kit.idle();
    assert.equal((await kit.ask({ kind: "presence" })).count, 2);
  });
});
