import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import type { Publication } from "../../protocols/client-frames.ts";
import { connect } from "../../runtime/client/node-client.ts";
import type { Client } from "../../runtime/client/node-client.ts";
import { eventually } from "../support/eventually.ts";
import { Pusher } from "../support/pusher.ts";
import { ReloadingNode } from "../support/reloading-node.ts";

const KILLS = 2;
const PUSHERS = 4;
/** How long the services push before each kill and after the last, in milliseconds. */
const PUSH_MS = 1_000;

let running: ReloadingNode;
let pusher: Pusher;
const clients: Client[] = [];
before(async () => {
  running = await ReloadingNode.start();
  pusher = new Pusher(running.web, running.node.dataDir);
});
afterEach(() => clients.splice(0).forEach((client) => client.close()));
after(() => running.stop());

/** The worker is gone from one moment to the next. Resolves when another one serves. */
async function kill(): Promise<void> {
  const served = running.events("worker.serving").length;
  process.kill(running.node.workerPid(), "SIGKILL");
  await running.node.process.until(() =>
    running.events("worker.serving").length > served ? true : undefined,
  );
}

interface Heard {
  readonly offsets: number[];
  readonly data: unknown[];
  readonly gaps: unknown[];
}

/** Somebody who follows a room over reconnects, and writes down what is heard. */
async function follow(room: string, format: "json" | "msgpack"): Promise<Heard> {
  const heard: Heard = { offsets: [], data: [], gaps: [] };
  const client = connect({ url: running.chatroom, name: format, format });
  clients.push(client);
  const followed = client.room(room);
  followed.subscribe({
    publication: ({ offset, data }) => void (heard.offsets.push(offset), heard.data.push(data)),
    gap: (gap) => void heard.gaps.push(gap),
  });
  await eventually(() => followed.state.kind, "live");
  return heard;
}

/** Reads a room back to its first post. */
async function readBack(room: string): Promise<{ epochs: Set<string>; publications: Publication[] }> {
  const publications: Publication[] = [];
  const epochs = new Set<string>();
  for (let older = "", earlier = true; earlier;) {
    const answer = await fetch(`${running.web}/chatroom/live/history?room=${room}&limit=200${older}`);
    assert.equal(answer.status, 200);
    const page = (await answer.json()) as { epoch: string; publications: Publication[]; earlier: boolean };
    publications.unshift(...page.publications);
    epochs.add(page.epoch);
    older = `&before=${page.publications[0]?.offset}`;
    ({ earlier } = page);
  }
  return { epochs, publications };
}

describe("a live room whose worker is killed in the middle of pushes", () => {
  it("keeps all that was taken, once and in order, and its clients miss nothing", async () => {
    const room = "live/match";
    const heard = await Promise.all([follow(room, "json"), follow(room, "msgpack")]);
    const offsetOf = new Map<string, number>();
    const epochs = new Set<string | undefined>();
    let isOver = false;
    const pushing = Array.from({ length: PUSHERS }, async (_, service) => {
      for (let count = 1; !isOver; count++) {
        const id = `${service}-${count}`;
        const { epoch, offset = 0 } = await pusher.pushUntilTaken({ room, data: id, id });
        assert.ok(!offsetOf.has(id));
        offsetOf.set(id, offset);
        epochs.add(epoch);
      }
    });
    for (let count = 0; count < KILLS; count++) {
      await pass(PUSH_MS);
      await kill();
    }
    await pass(PUSH_MS);
    isOver = true;
    await Promise.all(pushing);

    const { publications, epochs: paged } = await readBack(room);
    const offsets = Array.from(publications, (_, index) => index + 1);
    assert.deepEqual(
      publications.map(({ offset }) => offset),
      offsets,
    );
    assert.deepEqual([epochs.size, [...paged]], [1, [...epochs]]);
    // What is stored is exactly what was taken, each where its service was told.
    const stored = new Map(publications.map(({ data, offset }) => [data, offset]));
    assert.deepEqual(stored.size, publications.length, "something was posted twice");
    assert.deepEqual(stored, offsetOf);
    for (let service = 0; service < PUSHERS; service++) {
      const own = publications.filter(({ data }) => String(data).startsWith(`${service}-`));
      assert.deepEqual(
        own.map(({ data }) => data),
        own.map((_, index) => `${service}-${index + 1}`),
      );
    }
    for (const { offsets: seen, data, gaps } of heard) {
      await eventually(() => seen.length, offsets.length);
      assert.deepEqual([seen, gaps], [offsets, []]);
      assert.deepEqual(
        data,
        publications.map((publication) => publication.data),
      );
    }
    assert.ok(pusher.repetitions > 0, "nothing was under way when the worker was killed");
    assert.ok(offsets.length > PUSHERS * KILLS);
  });

  it("knows its facts, and answers what it took before as it did then", async () => {
    const content = { room: "live/facts", data: "kick-off", facts: { home: 0 }, id: "kick-off" };
    const { body } = await pusher.push(content);
    await pusher.push({ ...content, data: "goal", facts: { home: 1 }, id: "goal" });
    await kill();
    assert.deepEqual((await pusher.push(content)).body, body);
    const view = (await (await fetch(`${running.web}/chatroom/live?room=live/facts`)).json()) as {
      facts: unknown;
      offset: number;
    };
    assert.deepEqual([view.facts, view.offset], [{ home: 1 }, 2]);
  });
});

describe("a live room in a reload", () => {
  it("goes on in its epoch, and has stored what was said before and after", async () => {
    const room = "live/reloaded";
    const heard = await follow(room, "json");
    let taken = 0;
    let isOver = false;
    const pushing = (async () => {
      while (!isOver) {
        const { status, body } = await pusher.push({ room, data: ++taken });
        assert.deepEqual([status, body.offset], [200, taken]);
      }
    })();
    for (let count = 0; count < 2; count++) {
      await pass(PUSH_MS / 2);
      await running.reload();
    }
    isOver = true;
    await pushing;
    const expected = Array.from({ length: taken }, (_, index) => index + 1);
    await eventually(() => heard.offsets.length, taken);
    assert.deepEqual([heard.offsets, heard.gaps], [expected, []]);
    const { publications, epochs } = await readBack(room);
    assert.deepEqual(
      publications.map(({ data }) => data),
      expected,
    );
    await kill();
    assert.deepEqual((await readBack(room)).epochs, epochs);
  });
});
