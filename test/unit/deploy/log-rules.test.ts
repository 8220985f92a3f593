import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { logConflicts } from "../../../deploy/log-rules.ts";
import type { LogSourceSettings } from "../../../protocols/log-settings.ts";

const PLACE = { endpoint: "cn-hangzhou.log.aliyuncs.com", project: "p", logstore: "l" };
const SLS = { ...PLACE, keyId: "i", keySecret: "s" };
const GOOD: readonly LogSourceSettings[] = [
  { name: "gateway", kind: "access" },
  { name: "nginx", kind: "file", path: "/var/log/nginx/access.log" },
  { name: "own", kind: "file", path: "a.log", format: "nginx", logFormat: "$msec $status" },
  { name: "app", kind: "file", path: "app.log", format: "json", timeField: "at" },
  { name: "shop", kind: "sls", ...SLS, from: "end", inOrder: true },
  { name: "shared", kind: "sls", ...SLS, group: "counters", groupTimeoutSeconds: 30 },
  { name: "role", kind: "sls", ...PLACE, keyRole: "reader", metadataUrl: "http://127.0.0.1:1" },
  {
    name: "file",
    kind: "sls",
    ...PLACE,
    keyFile: "key.json",
    signature: "v4",
    region: "cn-hangzhou",
    caFile: "ca.pem",
  },
];

/** What is wrong with these sources, as `path text`. */
function problemsOf(...sources: LogSourceSettings[]): string[] {
  return logConflicts({ sources, budgetBytes: 1 }).map(({ path, text }) => `${path.join(".")} ${text}`);
}

describe("the settings of logs", () => {
  it("take sources of every kind", () => {
    assert.deepEqual(problemsOf(...GOOD), []);
  });

  it("want of each kind what it needs", () => {
    assert.deepEqual(problemsOf({ name: "a", kind: "file" }), [
      "logs.sources.0.path is missing; source a of kind file needs it",
    ]);
    const [first = "", ...more] = problemsOf({ name: "b", kind: "sls" });
    assert.match(first, /endpoint is missing; source b of kind sls needs it/);
    assert.equal(more.length, 3);
    assert.match(more.at(-1) ?? "", /keyId is missing; .* needs keyId and keySecret, or keyFile, or keyRole/);
  });

  it("want one key of a logstore, and what goes together", () => {
    const of = (change: Partial<LogSourceSettings>): string =>
      problemsOf({ name: "a", kind: "sls", ...PLACE, ...change }).join("\n");
    assert.match(of({ keyId: "i" }), /^logs.sources.0.keySecret is missing/);
    assert.match(of({ keySecret: "s", keyFile: "f" }), /^logs.sources.0.keySecret goes with keyId/);
    assert.match(of({ keyId: "i", keySecret: "s", keyRole: "r" }), /^logs.sources.0.keyRole is a second key/);
    assert.match(of({ keyFile: "f", signature: "v4" }), /^logs.sources.0.region is missing/);
    assert.match(of({ keyFile: "f", region: "r" }), /^logs.sources.0.region is for signature v4 only/);
    assert.match(
      of({ keyFile: "f", groupTimeoutSeconds: 20 }),
      /goes with group, which source a does not have/,
    );
    assert.match(
      of({ keyRole: "r", metadataUrl: "https://x" }),
      /metadataUrl is "https:\/\/x", which is no URL/,
    );
  });

  it("refuse what is for another kind, and say what this one takes", () => {
    assert.deepEqual(problemsOf({ name: "a", kind: "access", path: "x" }), [
      "logs.sources.0.path is not for kind access of source a; leave it out (it takes nothing)",
    ]);
    assert.match(
      problemsOf({ name: "a", kind: "file", path: "x", project: "p" })[0] ?? "",
      /project is not for kind file of source a; leave it out \(it takes path, format, logFormat, timeField\)/,
    );
  });

  it("refuse a name twice, and the gateway twice", () => {
    const problems = problemsOf({ name: "a", kind: "access" }, { name: "a", kind: "access" });
    assert.deepEqual(problems, [
      'logs.sources.1.name is "a" a second time; names must differ',
      "logs.sources.1.kind is access a second time; the gateway has its records once",
    ]);
  });

  it("refuse an endpoint that is none", () => {
    const [problem = ""] = problemsOf({ name: "a", kind: "sls", ...SLS, endpoint: "https://x/y" });
    assert.match(problem, /endpoint is "https:\/\/x\/y", which is no host/);
  });

  it("refuse a format that nobody could read", () => {
    const file = { name: "a", kind: "file", path: "x" } as const;
    assert.match(
      problemsOf({ ...file, format: "nginx" })[0] ?? "",
      /logFormat is missing; source a of format/,
    );
    assert.match(
      problemsOf({ ...file, format: "nginx", logFormat: "$status" })[0] ?? "",
      /logFormat says not when it was/,
    );
    assert.match(problemsOf({ ...file, logFormat: "$msec" })[0] ?? "", /is for format nginx only/);
    assert.match(problemsOf({ ...file, timeField: "at" })[0] ?? "", /is for format json only/);
  });
});
