import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlarmChannel, AlarmSettings } from "../../../protocols/alarm-settings.ts";
import { alarmConflicts } from "../../../deploy/alarm-rules.ts";

const DEFAULTS: AlarmSettings = {
  channels: [],
  routes: { notice: ["log"], warning: ["log"], critical: ["log"] },
  escalation: [],
  quietMs: 1,
  timeoutMs: 1,
  retryForMs: 1,
};
const URL_WITH_KEY = "https://example.com/send?key=top-secret";

/** What is wrong with channels that all are on the way of critical alarms, as `path text`. */
function problemsOf(...channels: AlarmChannel[]): string[] {
  const routes = { ...DEFAULTS.routes, critical: ["log", ...new Set(channels.map(({ name }) => name))] };
  return conflicts({ channels, routes });
}

function conflicts(change: Partial<AlarmSettings>): string[] {
  return alarmConflicts({ ...DEFAULTS, ...change }).map(({ path, text }) => `${path.join(".")} ${text}`);
}

const GOOD: readonly AlarmChannel[] = [
  { name: "hook", kind: "webhook", url: URL_WITH_KEY, secret: "a secret of a test" },
  { name: "ding", kind: "dingtalk", url: URL_WITH_KEY, secret: "SEC-of-a-test" },
  { name: "wecom", kind: "wecom", url: URL_WITH_KEY },
  { name: "feishu", kind: "feishu", url: URL_WITH_KEY },
  { name: "sms", kind: "sms", url: URL_WITH_KEY, to: ["1"], body: "{{to}} {{text}}" },
  { name: "mail", kind: "mail", host: "mail.example.com", from: "a@example.com", to: ["b@example.com"] },
];

describe("the settings of alarms", () => {
  it("are good as they are, and with a whole channel of each kind", () => {
    assert.deepEqual(conflicts({}), []);
    assert.deepEqual(problemsOf(...GOOD), []);
  });

  it("are refused when a channel lacks what its kind needs", () => {
    for (const { name, kind } of GOOD) {
      const [first = ""] = problemsOf({ name, kind });
      assert.match(first, new RegExp(`is missing; channel ${name} of kind ${kind} needs it$`));
    }
  });

  it("are refused when a channel has what is not for its kind", () => {
    const [text = ""] = problemsOf({ name: "wecom", kind: "wecom", url: URL_WITH_KEY, host: "x" });
    assert.equal(
      text,
      "alarms.channels.0.host is not for kind wecom of channel wecom; leave it out (it takes url)",
    );
  });

  it("never show an address, because it holds a key", () => {
    const wrong = ["https://user:top-secret@example.com", "https://:top-secret"];
    for (const url of wrong) {
      const found = problemsOf({ name: "wecom", kind: "wecom", url });
      assert.equal(found.length, 1);
      assert.doesNotMatch(found.join(), /top-secret/);
    }
  });

  it("are refused when a text message would not hold its text, or GET would have a body", () => {
    const sms: AlarmChannel = { name: "sms", kind: "sms", url: URL_WITH_KEY, to: ["1"] };
    assert.match(problemsOf({ ...sms, body: "{{text}}" }).join(), /lacks \{\{to\}\}/);
    assert.match(
      problemsOf({ ...sms, body: "{{to}}{{text}}", method: "GET" }).join(),
      /cannot be sent with GET/,
    );
  });

  it("are refused when a password would cross the network in the clear, or stands alone", () => {
    const mail: AlarmChannel = {
      name: "mail",
      kind: "mail",
      from: "a",
      to: ["b"],
      user: "u",
      security: "none",
    };
    assert.match(problemsOf({ ...mail, host: "mail.example.com", password: "p" }).join(), /in the clear/);
    assert.deepEqual(problemsOf({ ...mail, host: "127.0.0.1", password: "p" }), []);
    assert.match(problemsOf({ ...mail, host: "127.0.0.1" }).join(), /password is missing/);
  });

  it("are refused when a route leads nowhere, or nothing leads to a channel", () => {
    assert.deepEqual(conflicts({ routes: { ...DEFAULTS.routes, warning: ["log", "phone"] } }), [
      "alarms.routes.warning.1 is phone, and there is no such channel; there is log",
    ]);
    const channels = [GOOD[0] as AlarmChannel];
    assert.match(conflicts({ channels }).join(), /nothing is sent there/);
    const escalation: AlarmSettings["escalation"] = [
      { afterMs: 1, channels: ["hook"], severity: "critical" },
    ];
    assert.deepEqual(conflicts({ channels, escalation }), []);
  });

  it("are refused when a name stands for two, or for the log", () => {
    const hook = GOOD[0] as AlarmChannel;
    assert.match(problemsOf(hook, hook).join(), /a second time/);
    assert.match(problemsOf({ ...hook, name: "log" }).join(), /always there/);
  });
});
