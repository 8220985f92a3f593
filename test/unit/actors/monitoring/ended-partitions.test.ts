import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CountBook } from "../../../../actors/monitoring/count-book.ts";
import { PartialLife } from "../../../../actors/monitoring/partial-life.ts";
import { newPartialState, PARTIAL_SNAPSHOT } from "../../../../actors/monitoring/partial-state.ts";
import { overall } from "../../../../runtime/counting/watermark.ts";
import { CountWorld } from "../../../support/count-world.ts";
import { tallyOf, totalsOf } from "../../../support/counted-logs.ts";

const START = Date.UTC(2026, 9, 1);
const DAY_MS = 86_400_000;
const ID = "nginx/0";

const worldAt = (world: CountWorld, atMs: number): CountWorld => {
  world.virtual.clock.advance(atMs - world.virtual.clock.wallMs());
  return world;
};
const batch = (from: string | undefined, to: string, timeMs: number) => ({
  ...(from === undefined ? {} : { from }),
  to,
  tally: tallyOf([], [{ timeMs, status: "200" }], timeMs),
});
const requests = (nowMs: number) => ({ metric: "requests", fromMs: START, toMs: START + DAY_MS, nowMs });

describe("a partition that has ended", () => {
  it("puts all that it has onto pages, and is asked only about the time of which it has counts", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START + 60_000));
    await world.submit(ID, batch("1", "2", START + 3 * 3_600_000));
    assert.deepEqual(await world.known(START + DAY_MS), [ID]);
    await world.say(ID, { state: "gone" });
    await world.virtual.advance(1_000);
    assert.equal((await world.counts(ID, "requests")).length, 0);
    assert.deepEqual(await world.known(START + DAY_MS), []);
    assert.deepEqual(await world.known(START), [ID]);
    const { counts, partitions } = await world.all(requests(START + DAY_MS));
    assert.deepEqual(totalsOf(counts, "requests"), { "2xx - - -": 2 });
    assert.equal(overall(partitions, START + DAY_MS), undefined, "nobody is waited for");
  });

  it("is back as soon as its reader speaks again", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START));
    await world.say(ID, { state: "gone" });
    await world.virtual.advance(1_000);
    assert.deepEqual(await world.known(START + DAY_MS), []);
    await world.submit(ID, batch("1", "2", START + 60_000));
    await world.virtual.advance(1_000);
    assert.deepEqual(await world.known(START + DAY_MS), [ID]);
    assert.equal((await world.account(ID)).state, "flowing");
  });

  it("is waited for again once it is read, though nothing comes, also by who knows nothing but what is stored", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START));
    const stateAfter = async (state: "caughtUp" | "stalled") => {
      await world.say(ID, { state: "gone" });
      await world.virtual.advance(1_000);
      await world.say(ID, { state });
      await world.virtual.advance(1_000);
      return (await worldAt(world.reborn(), START).account(ID)).state;
    };
    assert.equal(await stateAfter("stalled"), "gone", "it could not be read");
    assert.equal(await stateAfter("caughtUp"), "stalled");
  });

  it("holds nothing up once its source was taken out of the settings and nothing was counted for a quarter of an hour", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START));
    const next = worldAt(world.reborn({ removed: ["nginx"] }), START + 600_000);
    assert.equal((await next.account(ID)).state, "stalled");
    const later = worldAt(world.reborn({ removed: ["nginx"] }), START + 1_000_000);
    assert.equal((await later.account(ID)).state, "gone");
    await later.virtual.advance(1_000);
    assert.deepEqual(await later.known(START + DAY_MS), []);
    const still = worldAt(world.reborn(), START + 1_000_000);
    assert.equal(
      (await still.account(ID)).state,
      "gone",
      "what has ended stays so until its reader is heard of",
    );
  });

  it("is waited for as long as its source is read and only its reader is silent", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START));
    const next = worldAt(world.reborn(), START + 20 * 3_600_000);
    assert.equal((await next.account(ID)).state, "stalled");
  });
});

describe("a partition that moves from one node to another and back", () => {
  it("is in the book as where it is now says, and not as it was said there before", async () => {
    const first = worldAt(new CountWorld(), START);
    await first.submit(ID, batch(undefined, "1", START));
    assert.deepEqual(await first.known(START + DAY_MS), [ID]);
    const second = worldAt(first.reborn(), START);
    await second.say(ID, { state: "gone" });
    await second.virtual.advance(1_000);
    assert.deepEqual(await second.known(START + DAY_MS), []);
    // The first node still has it in memory, as it was when it left: what it decides on top of that is not stored, and it begins anew.
    await first.submit(ID, batch("1", "lost", START + 60_000)).catch(() => undefined);
    await first.virtual.advance(60_000);
    assert.equal(await first.position(ID), "1");
    await first.submit(ID, batch("1", "2", START + 60_000));
    await first.virtual.advance(60_000);
    const third = worldAt(first.reborn(), START);
    assert.deepEqual(await third.known(START + DAY_MS), [ID]);
    const { counts } = await third.all(requests(START + DAY_MS));
    assert.deepEqual(totalsOf(counts, "requests"), { "2xx - - -": 2 });
  });
});

describe("the book of partitions", () => {
  const context = { wallMs: () => START } as never;
  const add = (partials: ReadonlyMap<string, number | undefined>, partial: string, nowMs = START) =>
    CountBook.decide["add"]?.(
      { partials } as never,
      { kind: "add", partial } as never,
      { ...(context as object), wallMs: () => nowMs } as never,
    );

  it("is left by a partition whose last page is over, and not before", () => {
    const partials = new Map([
      ["old/1", START],
      ["old/2", START + 100 * DAY_MS],
      ["live/1", undefined],
    ]);
    const kept = add(partials, "new/1", START + 400 * DAY_MS);
    assert.deepEqual(kept?.events, [{ kind: "added", partial: "new/1" }]);
    const left = add(partials, "new/1", START + 430 * DAY_MS);
    assert.deepEqual(left?.events?.[0], { kind: "removed", partials: ["old/1"] });
  });

  it("says in words when it is full, and has room again when somebody has left", () => {
    const partials = new Map<string, number | undefined>();
    for (let index = 0; index < 10_000; index++) partials.set(`live/${index}`, undefined);
    const refused = add(partials, "new/1");
    assert.match(JSON.stringify(refused?.reply), /tooManyPartials.*10000 partitions.*in no answer/);
    assert.deepEqual(add(partials, "live/7")?.reply, { kind: "added" });
    partials.set("live/0", START);
    assert.deepEqual(add(partials, "new/1", START + 430 * DAY_MS)?.reply, { kind: "added" });
  });

  it("has people and numbers know of a partition for which it has no room, once, and is asked again", async () => {
    const world = worldAt(new CountWorld(), START);
    await world.submit(ID, batch(undefined, "1", START));
    const answered = async (answer: { readonly isListed: boolean; readonly refusal?: string }) => {
      world.virtual.tell(world.partials.entity(ID), { kind: "listed", turn: 1, ...answer } as never);
      await world.virtual.settle();
      const lines = world.virtual.events.filter((event) => event === "monitoring.bookFull").length;
      return [lines, world.standings.unlisted(world.virtual.clock.nowMs())];
    };
    const full = { isListed: false, refusal: "10000 partitions are counted already" };
    assert.deepEqual(await answered(full), [1, 1]);
    assert.deepEqual(await answered(full), [1, 1]);
    assert.deepEqual(await answered({ isListed: true }), [1, 0]);
  });
});

describe("what a partition has told the book", () => {
  it("is told again when it was not answered, and later when there was no room", () => {
    const life = new PartialLife();
    assert.equal(life.bookTurn("present", 0), 1);
    assert.equal(life.bookTurn("present", 4_000), undefined);
    assert.equal(life.bookTurn("present", 6_000), 2);
    life.noteBook(2, "refused");
    assert.equal(life.bookTurn("present", 36_000), undefined);
    assert.equal(life.bookTurn("present", 96_000), 3);
    life.noteBook(3, "taken");
    assert.equal(life.bookTurn("present", 9_000_000), undefined);
    assert.equal(life.bookTurn("ended", 9_000_000), 4);
  });

  it("is not answered by what the book says to an older word", () => {
    const life = new PartialLife();
    const ended = life.bookTurn("ended", 0) ?? 0;
    life.bookTurn("present", 10);
    life.noteBook(ended, "taken");
    assert.equal(life.bookTurn("present", 9_000), 3);
  });

  it("is told again at each load: it may have ended elsewhere meanwhile", () => {
    const first = newPartialState();
    assert.equal(first.life.bookTurn("present", 0), 1);
    first.life.noteBook(1, "taken");
    const again = PARTIAL_SNAPSHOT.load(PARTIAL_SNAPSHOT.dump(first));
    assert.equal(again.life.bookTurn("present", 9_000), 1);
  });
});
