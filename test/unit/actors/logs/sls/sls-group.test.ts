import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SlsGroup } from "../../../../../actors/logs/sls/sls-group.ts";
import type { SlsGroupLine } from "../../../../../actors/logs/sls/sls-group.ts";
import { ApiError } from "../../../../../deploy/dev/sls/api-error.ts";
import { ConsumerGroup } from "../../../../../deploy/dev/sls/consumer-group.ts";
import type { Committer } from "../../../../../runtime/sls/sls-consumer-group.ts";
import { cursorAt } from "../../../../../runtime/sls/sls-cursor.ts";
import { SlsError } from "../../../../../runtime/sls/sls-error.ts";

const OURS = "ours";
const { signal } = new AbortController();
const [EARLIER, HERE, LATER, END] = [cursorAt(10n), cursorAt(20n), cursorAt(30n), cursorAt(40n)];

describe("a consumer group of SLS", () => {
  it("opens one line for heartbeats and one for all else, however many need them at once, and closes both", async () => {
    const service = new Service();
    const { group } = service;
    await Promise.all([group.heartbeat([], signal), group.heartbeat([], signal)]);
    await Promise.all([group.join(signal), group.seed("0", HERE, signal), group.startOf("1", HERE, signal)]);
    assert.deepEqual(service.lines, { opened: 2, closed: 0 });
    group.close();
    await Promise.resolve();
    assert.deepEqual(service.lines, { opened: 2, closed: 2 });
  });

  it("says nothing of a shard before it knows what others have said of it", async () => {
    const { group, automaton } = await holding();
    assert.equal(await group.commit("0", HERE, signal), "unread");
    await group.startOf("0", undefined, signal);
    assert.equal(await group.commit("0", HERE, signal), "committed");
    assert.equal(automaton?.checkpoint(0)?.cursor, HERE);
    group.forget("0");
    assert.equal(await group.commit("0", LATER, signal), "unread");
  });

  it("tells an end once more that was told before the shard was split: only then it is over", async () => {
    const service = await holding();
    const { group, automaton } = service;
    await group.startOf("0", undefined, signal);
    assert.equal(await group.commit("0", END, signal), "committed");
    service.isReadonly = true;
    assert.equal(await group.commit("0", END, signal), "committed");
    assert.equal(automaton?.state(0)?.kind, "over");
  });

  it("sets no checkpoint back, whoever has set it", async () => {
    const { group, automaton } = await holding();
    commitAs(automaton, "theirs", LATER);
    const start = await group.startOf("0", HERE, signal);
    assert.deepEqual([start.cursor, start.handedOver?.groups], [LATER, 10]);
    assert.equal(await group.commit("0", HERE, signal), "committed");
    assert.equal(automaton?.checkpoint(0)?.cursor, LATER);
  });

  it("seeds by force where nothing is known, leaves what is known, and needs no seed where no shard is", async () => {
    const service = new Service();
    const { group, automaton } = service;
    await group.seed("0", HERE, signal);
    assert.equal(automaton?.checkpoint(0)?.cursor, HERE);
    await group.seed("0", EARLIER, signal);
    await group.seed("0", LATER, signal);
    assert.equal(automaton?.checkpoint(0)?.cursor, HERE);
    await group.seed("7", HERE, signal);
  });

  it("is made where there is none, and says so once", async () => {
    const service = new Service();
    service.automaton = undefined;
    assert.deepEqual(await service.group.join(signal), { timeoutMs: 20_000, wasMade: true });
    assert.deepEqual(await service.group.join(signal), { timeoutMs: 20_000, wasMade: false });
  });

  it("says that it was made also when nobody heard the answer, and not when somebody else has made it", async () => {
    const lost = new Service();
    lost.automaton = undefined;
    lost.onMade = () => SlsError.failed("callTimeout", "no answer");
    await assert.rejects(lost.group.join(signal), { code: "callTimeout" });
    assert.equal((await lost.group.join(signal)).wasMade, true);
    const late = new Service();
    late.automaton = undefined;
    late.onMade = () => refused(new ApiError(400, "ConsumerGroupAlreadyExist", "it exists"));
    assert.equal((await late.group.join(signal)).wasMade, false);
  });
});

/** A group that has shard 0. */
async function holding(): Promise<Service> {
  const service = new Service();
  assert.deepEqual(await service.group.heartbeat([], signal), { kind: "holds", partitions: ["0", "1"] });
  return service;
}

function commitAs(automaton: ConsumerGroup | undefined, consumer: string, cursor: string): void {
  automaton?.commit({ shard: 0, cursor, consumer, isForced: true }, shardsOf(false), 0);
}

function shardsOf(isReadonly: boolean) {
  return [0, 1].map((id) => ({ id, parents: [], isReadonly, endCursor: END }));
}

function refused({ status, code, message }: ApiError): SlsError {
  return SlsError.refused({ status, code, message }, undefined);
}

/** The automaton of the service behind the calls of a client, and the lines to it. */
class Service {
  automaton: ConsumerGroup | undefined = new ConsumerGroup({ timeout: 20, order: false });
  isReadonly = false;
  /** What becomes of the answer to making it. */
  onMade: () => SlsError | undefined = () => undefined;
  readonly lines = { opened: 0, closed: 0 };
  readonly group: SlsGroup;

  constructor() {
    const parts = { name: "counters", consumer: OURS, timeoutSeconds: 20, isOrdered: false };
    this.group = new SlsGroup({ ...parts, connect: () => this.#connect() });
  }

  async #connect(): Promise<SlsGroupLine> {
    await Promise.resolve();
    this.lines.opened++;
    const group = {
      create: async () => this.#create(),
      heartbeat: async (consumer: string, held: number[]) =>
        this.#call((automaton) => automaton.heartbeat(consumer, held, shardsOf(this.isReadonly), 0)),
      commit: async (shard: number, cursor: string, by: Committer) =>
        this.#call((automaton) => {
          const isForced = by === "byForce";
          const commit = { shard, cursor, consumer: isForced ? undefined : by.consumer, isForced };
          automaton.commit(commit, shardsOf(this.isReadonly), 0);
        }),
      checkpoints: async (shard: number) => [{ cursor: this.automaton?.checkpoint(shard)?.cursor }],
    };
    return {
      group: group as unknown as SlsGroupLine["group"],
      list: async () =>
        this.automaton === undefined ? [] : [{ name: "counters", timeoutSeconds: 20, isOrdered: false }],
      close: () => void this.lines.closed++,
    };
  }

  #create(): void {
    this.automaton = new ConsumerGroup({ timeout: 20, order: false });
    const trouble = this.onMade();
    if (trouble !== undefined) throw trouble;
  }

  #call<T>(call: (automaton: ConsumerGroup) => T): T {
    const { automaton } = this;
    if (automaton === undefined) throw refused(new ApiError(404, "ConsumerGroupNotExist", "no group"));
    try {
      return call(automaton);
    } catch (error) {
      throw error instanceof ApiError ? refused(error) : error;
    }
  }
}
