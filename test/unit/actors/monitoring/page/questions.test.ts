import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { EventReader } from "../../../../../actors/monitoring/page/event-reader.ts";
import { figure, latency, share } from "../../../../../actors/monitoring/page/figures.ts";
import { PULSE_QUESTION, questionsOf, RANGES } from "../../../../../actors/monitoring/page/range.ts";
import type { RangeName } from "../../../../../actors/monitoring/page/range.ts";
import { parseStats } from "../../../../../actors/monitoring/stats-question.ts";

const queryOf = (path: string): URLSearchParams => new URL(path, "http://node").searchParams;
const times = fc.integer({ min: 1_000_000_000_000, max: 2_000_000_000_000 });

describe("the questions of the page", () => {
  it("are all understood, in every range and step, and begin within the range", () => {
    fc.assert(
      fc.property(times, (nowMs) => {
        for (const [range, { steps, ms }] of Object.entries(RANGES)) {
          for (const step of steps) {
            const choice = { range: range as RangeName, step };
            for (const path of Object.values(questionsOf(choice, { nowMs, zone: "Asia/Shanghai" }))) {
              const question = parseStats(queryOf(path), nowMs);
              assert.ok("points" in question, `${path}: ${"text" in question ? question.text : ""}`);
              if (step !== "1d") assert.ok((question.points.starts[0] ?? 0) >= nowMs - ms);
            }
          }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("follow the latest cells", () => {
    assert.ok("points" in parseStats(queryOf(PULSE_QUESTION), 1_800_000_000_000));
  });
});

describe("a reader of events", () => {
  it("finds each event, wherever the pieces are cut", () => {
    const text =
      'id: "a"\nevent: revision\ndata: {"one":1}\n\n: still there\n\nid: "b"\ndata: {"two":2}\n\ndata: half';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
        const events = new EventReader();
        const found: string[] = [];
        for (let at = 0, turn = 0; at < text.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          found.push(...events.add(text.slice(at, at + size)));
          at += size;
        }
        assert.deepEqual(found, ['{"one":1}', '{"two":2}']);
      }),
    );
  });
});

describe("figures", () => {
  it("have three digits that count, and whole numbers all of theirs while they are short", () => {
    assert.deepEqual(
      [0, 0.0333, 8.666, 1_234, 1_234_567].map((value) => figure(value, "en")),
      ["0", "0.0333", "8.67", "1,234", "1.23M"],
    );
  });

  it("never show a few errors as none, nor nearly everything as all", () => {
    assert.deepEqual(
      [0, 0.000_01, 0.123_4, 0.999_99, 1].map((value) => share(value, "en")),
      ["0%", "<0.1%", "12.3%", ">99.9%", "100%"],
    );
  });

  it("tell how long something took in the unit that fits", () => {
    assert.deepEqual(
      [0, 0.000_85, 0.0123, 1.2345].map((value) => latency(value, "en")),
      ["<1 ms", "850 µs", "12.3 ms", "1.23 s"],
    );
  });
});
