import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bandsQuestion, inForce, stretchesOfBand } from "../../../../../actors/monitoring/page/bands.ts";
import type { Alert } from "../../../../../actors/monitoring/page/bands.ts";

const BLOCK_MS = 180_000;

describe("the band in the chart", () => {
  it("is what is expected a second at the middle of each block, and breaks where nothing is known", () => {
    const times = [0, 1, 2, 3].map((block) => block * BLOCK_MS);
    const bands = [{ rule: "traffic", low: [180, null, 0, 360], high: [360, null, 180, 720] }];
    assert.deepEqual(stretchesOfBand({ metric: "requests", times, bands }), [
      [{ atMs: 90_000, low: 1, high: 2 }],
      [
        { atMs: 450_000, low: 0, high: 1 },
        { atMs: 630_000, low: 2, high: 4 },
      ],
    ]);
    assert.deepEqual(stretchesOfBand({ metric: "requests", times, bands: [] }), []);
  });

  it("is asked for as long as the range is no longer than it is answered", () => {
    assert.equal(
      bandsQuestion(3_600_000, 7_200_000),
      "/v1/alerts/bands?metric=requests&from=3600000&to=7200000",
    );
    assert.equal(bandsQuestion(7 * 86_400_000, 8 * 86_400_000), undefined);
  });
});

describe("the alerts in force", () => {
  it("are those that fire, the gravest first", () => {
    const alert = (rule: string, state: Alert["state"], severity: Alert["severity"]): Alert => ({
      rule,
      state,
      severity,
      kind: "threshold",
      metric: "requests",
      subject: "count of requests",
      inhibitedBy: [],
    });
    const alerts = [
      alert("a", "firing", "notice"),
      alert("b", "pending", "critical"),
      alert("c", "recovering", "critical"),
      alert("d", "resolved", "critical"),
    ];
    assert.deepEqual(
      inForce(alerts).map(({ rule }) => rule),
      ["c", "a"],
    );
  });
});
