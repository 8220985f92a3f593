import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { CODE_MEANINGS, SIGNAL_MEANINGS } from "../../../deploy/host/end/exit-tables.ts";
import { NodeSettings } from "../../../protocols/settings.ts";
import type { SettingSchema } from "../../../deploy/settings-check.ts";
import { namedSettings } from "../../../deploy/settings-names.ts";
import { neededRules } from "../../../runtime/redis/redis-rights.ts";
import { EVENTS } from "../../../runtime/telemetry/events.ts";

const folder = new URL("../../../../deploy/docs/", import.meta.url);
const commands = new URL("../../../../deploy/commands/", import.meta.url);
const pages = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(new URL(name, folder), "utf8"),
}));
const supervision = pages.find(({ name }) => name === "supervision.md")?.text ?? "";

/** Events of which this page is the runbook: what supervises, and not what clients or pushes do. */
const SUPERVISED = /^(actor|handOver|host|loop|mailbox|message|reload|worker)\./;

/** Events of which these pages are: what is stored, and what is between nodes. */
const CLUSTERED = /^(cluster|entity|journal|redis|reminders|remote|transport)\./;

describe("the operators' pages", () => {
  it("are there", () => {
    assert.deepEqual(pages.map(({ name }) => name).toSorted(), [
      "alerts.md",
      "chaos.md",
      "cluster.md",
      "journal.md",
      "logs.md",
      "models.md",
      "monitoring.md",
      "redis.md",
      "service.md",
      "services.md",
      "sls.md",
      "supervision.md",
    ]);
  });

  for (const { name, text } of pages) {
    it(`${name} links to what is there`, () => {
      for (const [, target = ""] of text.matchAll(/\]\((?!http)([^)#]+)/g)) {
        assert.ok(existsSync(new URL(target, folder)), target);
      }
    });

    it(`${name} names settings that there are`, () => {
      const known = namedSettings(NodeSettings as unknown as SettingSchema, {}).map(({ dotted }) => dotted);
      for (const [, setting = ""] of text.matchAll(/`((?:host|watchdog|limits|log|ops)\.[\w.]+)`/g)) {
        assert.ok(known.includes(setting) || setting in EVENTS, setting);
      }
    });

    it(`${name} names commands that there are`, () => {
      const sources = readdirSync(commands).map((file) => readFileSync(new URL(file, commands), "utf8"));
      for (const [, command = ""] of text.matchAll(/`banyan ([a-z]+)/g)) {
        const definition = new RegExp(`ommand\\(\\s*"${command}"`);
        assert.ok(
          sources.some((source) => definition.test(source)),
          command,
        );
      }
    });
  }

  it("say of every event of the supervision that is more than news what to do", () => {
    for (const [event, { level }] of Object.entries(EVENTS)) {
      if (level === "info" || level === "debug" || !SUPERVISED.test(event)) continue;
      assert.ok(supervision.includes(`\`${event}\``), event);
    }
  });

  it("say of every event of the cluster that is more than news what to do", () => {
    const cluster = pages.filter(({ name }) => ["cluster.md", "journal.md"].includes(name));
    for (const [event, { level }] of Object.entries(EVENTS)) {
      if (level === "info" || level === "debug" || !CLUSTERED.test(event)) continue;
      assert.ok(
        cluster.some(({ text }) => text.includes(`\`${event}\``)),
        event,
      );
    }
  });

  it("say exactly what a user of Redis has to be allowed", () => {
    const redis = pages.find(({ name }) => name === "redis.md")?.text ?? "";
    const [, given = ""] = /^user banyan on >SECRET resetchannels -@all (.*)$/m.exec(redis) ?? [];
    assert.deepEqual(given.split(" "), neededRules());
  });

  it("name no event that there is not", () => {
    for (const [, event = ""] of supervision.matchAll(/`([a-z]\w*\.[a-z]\w*)`/gi)) {
      const isSetting = /^(host|watchdog|alarms|context|blocks)\./.test(event);
      assert.ok(event in EVENTS || isSetting, event);
    }
  });

  it("have a row for every kind of end", () => {
    const rows = [...Object.values(CODE_MEANINGS), ...Object.values(SIGNAL_MEANINGS)];
    const kinds = [
      ...rows.map(({ kind }) => kind),
      "expected",
      "failed",
      "outOfMemory",
      "blockedLoop",
      "silent",
    ];
    for (const kind of kinds) assert.ok(supervision.includes(`| \`${kind}\` |`), kind);
  });
});
