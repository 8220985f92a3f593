import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recycling, requestsLimit, whichToRecycle } from "../../../../../deploy/host/wear/recycle-rule.ts";
import type { RecycleRule, Recycling, WearReading } from "../../../../../deploy/host/wear/recycle-rule.ts";
import { Wear } from "../../../../../deploy/host/wear/wear.ts";

const MIB = 2 ** 20;
const NEVER: RecycleRule = {
  requests: 0,
  memoryBytes: 0,
  memoryBytesPerMinute: 0,
  slopeWindowMs: 60_000,
  zombies: 0,
  minLifeMs: 1_000,
};
const HEALTHY: WearReading = {
  ageMs: 5_000,
  requests: 0,
  requestsMax: 0,
  zombies: 0,
  memory: { bytes: 100 * MIB, bytesPerMinute: 0, spanMs: 60_000, isSustained: false },
};
const growing = (bytesPerMinute: number, isSustained = true) => ({
  bytes: 300 * MIB,
  bytesPerMinute,
  spanMs: 60_000,
  isSustained,
});

const figures = fc.record({
  requests: fc.nat(100),
  memoryBytes: fc.nat(100),
  memoryBytesPerMinute: fc.nat(100),
  slopeWindowMs: fc.integer({ min: 1_000, max: 60_000 }),
  zombies: fc.nat(100),
  minLifeMs: fc.nat(100),
});
const readings = fc.record({
  ageMs: fc.nat(200),
  requests: fc.nat(200),
  requestsMax: fc.nat(100),
  zombies: fc.nat(200),
  memory: fc.option(
    fc.record({
      bytes: fc.nat(200),
      bytesPerMinute: fc.integer({ min: -200, max: 200 }),
      spanMs: fc.nat(60_000),
      isSustained: fc.boolean(),
    }),
    { nil: undefined },
  ),
});

describe("recycling", () => {
  it("says why, with the figures", () => {
    const why = (rule: Partial<RecycleRule>, reading: Partial<WearReading>) =>
      recycling({ ...NEVER, ...rule }, { ...HEALTHY, ...reading });
    assert.deepEqual(why({ zombies: 10 }, { zombies: 12 }), {
      cause: "zombies",
      text: "12 turns were given up and have not ended (limit 10)",
    });
    assert.deepEqual(why({ memoryBytes: 90 * MIB }, {}), {
      cause: "memorySize",
      text: "it holds 100.0 MiB (limit 90.0 MiB)",
    });
    assert.deepEqual(why({ memoryBytesPerMinute: 2 * MIB }, { memory: growing(3.5 * MIB) }), {
      cause: "memorySlope",
      text: "it grows by 3.5 MiB a minute for 60 s, to 300.0 MiB (limit 2.0 MiB a minute)",
    });
    assert.deepEqual(why({ requests: 100 }, { requests: 97, requestsMax: 96 }), {
      cause: "requests",
      text: "it has served 97 requests (its limit 96)",
    });
    assert.equal(why({ requests: 100 }, { requests: 95, requestsMax: 96 }), undefined);
    assert.equal(why({ memoryBytesPerMinute: 2 * MIB }, { memory: growing(3 * MIB, false) }), undefined);
  });

  it("never happens where every limit is off, and never to the young", () => {
    fc.assert(
      fc.property(figures, readings, (rule, reading) => {
        const off = { ...NEVER, minLifeMs: 0 };
        assert.equal(recycling(off, { ...reading, requestsMax: requestsLimit(off, 0.5) }), undefined);
        assert.equal(recycling(rule, { ...reading, ageMs: rule.minLifeMs - 1 }), undefined);
      }),
    );
  });

  it("goes by the limits and nothing else", () => {
    fc.assert(
      fc.property(figures, readings, (rule, reading) => {
        const { memory } = reading;
        const causes = [
          rule.zombies > 0 && reading.zombies >= rule.zombies && "zombies",
          rule.memoryBytes > 0 && memory !== undefined && memory.bytes >= rule.memoryBytes && "memorySize",
          rule.memoryBytesPerMinute > 0 &&
            memory?.isSustained === true &&
            memory.bytesPerMinute >= rule.memoryBytesPerMinute &&
            "memorySlope",
          reading.requestsMax > 0 && reading.requests >= reading.requestsMax && "requests",
        ];
        const expected =
          reading.ageMs >= rule.minLifeMs ? causes.find((cause) => cause !== false) : undefined;
        assert.equal(recycling(rule, reading)?.cause, expected);
      }),
    );
  });

  it("takes one worker at a time, the gravest cause first", () => {
    const judge = (worker: string, cause?: Recycling["cause"]) => ({
      worker,
      why: cause === undefined ? undefined : { cause, text: "" },
    });
    const busy = judge("busy", "requests");
    const haunted = judge("haunted", "zombies");
    assert.equal(whichToRecycle([judge("fresh"), busy, haunted])?.worker, "haunted");
    assert.equal(whichToRecycle([busy, judge("big", "memorySize")])?.worker, "big");
    assert.equal(whichToRecycle([judge("fresh")]), undefined);
  });
});

describe("the requests limit of a worker", () => {
  it("is the setting, 10 % more or less, and spread over all of that", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (requests, random) => {
          const limit = requestsLimit({ ...NEVER, requests }, random);
          assert.ok(Number.isInteger(limit) && limit >= 1);
          assert.ok(Math.abs(limit - requests) <= requests * 0.1 + 0.5, `${limit}`);
        },
      ),
    );
    const limits = [0, 0.25, 0.5, 0.999_999].map((random) =>
      requestsLimit({ ...NEVER, requests: 1_000 }, random),
    );
    assert.deepEqual(limits, [900, 950, 1_000, 1_100]);
  });

  it("is none where none is set", () => {
    assert.equal(requestsLimit(NEVER, 0.9), 0);
  });
});

describe("the wear of a worker", () => {
  const vitals = (rss: number, requests = 0, zombies = 0) => ({
    memory: { rss, heapUsed: 0, heapTotal: 0, external: 0, arrayBuffers: 0 },
    requests,
    zombies,
    connections: 0,
  });

  it("shows in its beats: requests, zombies, and memory that keeps growing", () => {
    const rule = { ...NEVER, requests: 100, zombies: 5, memoryBytesPerMinute: 10 * MIB };
    const worn = (take: (wear: Wear) => void): string | undefined => {
      const wear = new Wear({ rule, startedAtMs: 1_000, random: 0.5 });
      take(wear);
      return wear.recycling(101_000)?.cause;
    };
    const grow = (bytesPerSecond: number) => (wear: Wear) => {
      for (let second = 1; second <= 100; second++) {
        wear.take(1_000 + second * 1_000, vitals(100 * MIB + second * bytesPerSecond));
      }
    };
    assert.equal(
      worn(() => undefined),
      undefined,
    );
    assert.equal(
      worn((wear) => wear.take(2_000, vitals(MIB, 99))),
      undefined,
    );
    assert.equal(
      worn((wear) => wear.take(2_000, vitals(MIB, 100))),
      "requests",
    );
    assert.equal(
      worn((wear) => wear.take(2_000, vitals(MIB, 0, 5))),
      "zombies",
    );
    assert.equal(worn(grow(MIB)), "memorySlope");
    assert.equal(worn(grow(MIB / 10)), undefined);
  });

  it("is not looked at again at once where the worker could not be replaced", () => {
    const wear = new Wear({ rule: { ...NEVER, requests: 100 }, startedAtMs: 0, random: 0.5 });
    wear.take(2_000, vitals(MIB, 200));
    assert.equal(wear.recycling(2_000)?.cause, "requests");
    wear.tried(2_000);
    assert.equal(wear.recycling(61_999), undefined);
    assert.equal(wear.recycling(62_000)?.cause, "requests");
  });
});
