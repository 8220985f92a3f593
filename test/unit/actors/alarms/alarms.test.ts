import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AlarmChannelPart } from "../../../../actors/alarms/alarm-channels.ts";
import { Alarms } from "../../../../actors/alarms/alarms.ts";
import type { Attempt } from "../../../../protocols/endpoint.ts";
import type { EndedWorker, HostReport } from "../../../../protocols/host.ts";
import type { AlarmPolicy } from "../../../../runtime/alarms/alarm.ts";
import { CALM_MS } from "../../../../runtime/alarms/open-alarm.ts";
import type { Delivery } from "../../../../runtime/webhooks/delivery.ts";
import { EndpointAccount } from "../../../../runtime/webhooks/endpoint-account.ts";
import { MemoryOutbox } from "../../../../runtime/webhooks/memory-outbox.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const MINUTE_MS = 60_000;
const POLICY: AlarmPolicy = {
  routes: { notice: [], warning: ["chat"], critical: ["chat", "phone"] },
  escalation: [{ afterMs: 5 * MINUTE_MS, channels: ["boss"], severity: "critical" }],
};
const RULES = {
  timeoutMs: 1_000,
  backoff: { minMs: 1_000, maxMs: 1_000, jitter: 0 },
  attemptsMax: 3,
  ageMaxMs: 100_000,
  retryAfterMaxMs: 1_000,
};

class Setting {
  readonly virtual = new VirtualSystem();
  /** What people were told, as `channel type key`. */
  readonly told: string[] = [];
  readonly alarms;
  report: Pick<HostReport, "ended" | "recycled"> | undefined = undefined;
  /** Whether the channels answer nothing. */
  isSilent = false;

  constructor(queueMax = 100) {
    const channels = ["chat", "phone", "boss"].map((name) => this.#channel(name, queueMax));
    const hostReport = () => this.report as HostReport | undefined;
    const args = { node: "elm", policy: POLICY, channels, quietMs: MINUTE_MS, hostReport };
    this.alarms = this.virtual.system.spawn(Alarms, "alarms", args);
  }

  #channel(name: string, queueMax: number): AlarmChannelPart {
    const send = ({ type, data }: Delivery): Promise<Attempt> => {
      if (this.isSilent) return new Promise(() => undefined);
      this.told.push(`${name} ${type} ${(data as { alarm: { key: string } }).alarm.key}`);
      return Promise.resolve({ kind: "delivered", text: "read" });
    };
    const outbox = new MemoryOutbox(queueMax);
    return {
      name,
      kind: "webhook",
      transport: { send },
      outbox,
      account: new EndpointAccount(),
      rules: RULES,
    };
  }

  async raise(key: string, severity: "notice" | "warning" | "critical" = "critical"): Promise<void> {
    this.virtual.tell(this.alarms, { kind: "raise", key, severity, summary: "wrong" });
    await this.virtual.settle();
  }

  async clear(key: string): Promise<void> {
    this.virtual.tell(this.alarms, { kind: "clear", key });
    await this.virtual.settle();
  }
}

describe("the alarms of a node", () => {
  it("reach every channel of their severity, once, and so does their end", async () => {
    const setting = new Setting();
    await setting.raise("disk");
    await setting.raise("disk");
    await setting.clear("disk");
    assert.deepEqual(setting.told, [
      "chat alarm.raised disk",
      "phone alarm.raised disk",
      "chat alarm.recovered disk",
      "phone alarm.recovered disk",
    ]);
  });

  it("reach more people when nobody acknowledges them in time", async () => {
    const setting = new Setting();
    await setting.raise("disk");
    await setting.virtual.advance(5 * MINUTE_MS);
    await setting.virtual.settle();
    assert.deepEqual(setting.told.slice(2), ["boss alarm.escalated disk"]);
  });

  it("reach nobody else once somebody looks after them", async () => {
    const setting = new Setting();
    await setting.raise("disk");
    const asked = setting.virtual.ask(setting.alarms, {
      kind: "act",
      key: "disk",
      act: "acknowledge",
      by: "ann",
    });
    await setting.virtual.settle();
    assert.deepEqual(await asked, { kind: "done", became: "acknowledged" });
    await setting.virtual.advance(60 * MINUTE_MS);
    assert.equal(setting.told.length, 2);
    assert.ok(setting.virtual.events.includes("alarm.acknowledged"));
  });

  it("are closed by an operator, who is told when there is no such alarm", async () => {
    const setting = new Setting();
    await setting.raise("disk", "warning");
    const close = (key: string) =>
      setting.virtual.ask(setting.alarms, { kind: "act", key, act: "close", by: "ann" });
    const asked = [close("disk"), close("disk")];
    await setting.virtual.settle();
    const answers = await Promise.all(asked);
    assert.deepEqual(answers, [{ kind: "done", became: "closed" }, { kind: "unknown" }]);
    assert.deepEqual(setting.told, ["chat alarm.raised disk", "chat alarm.recovered disk"]);
  });

  it("that come and go are calmed down", async () => {
    const setting = new Setting();
    for (let round = 0; round < 10; round++) {
      await setting.raise("link", "warning");
      await setting.clear("link");
    }
    assert.equal(setting.told.length, 5);
    await setting.virtual.advance(CALM_MS);
    await setting.virtual.settle();
    assert.deepEqual(setting.told.slice(5), ["chat alarm.recovered link"]);
  });

  it("say so where a channel takes no more", async () => {
    const setting = new Setting(0);
    await setting.raise("disk", "warning");
    const line = setting.virtual.log.lines.find(({ event }) => event === "alarm.untold");
    assert.deepEqual(line?.fields, { path: "/alarms", channel: "chat", why: "queueFull" });
  });

  it("hear from the host that a worker has died, and tell it once", async () => {
    const setting = new Setting();
    const died = { number: 1, pid: 7, atMs: 500, lifeMs: 1, kind: "crashed", text: "SIGSEGV" } as EndedWorker;
    setting.report = { ended: [died], recycled: [] };
    await setting.virtual.advance(5_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.told, ["chat alarm.raised worker.died:1", "phone alarm.raised worker.died:1"]);
    await setting.virtual.advance(MINUTE_MS);
    await setting.virtual.settle();
    assert.equal(setting.told.at(-1), "phone alarm.recovered worker.died:1");
  });

  it("are listed with those that have ended", async () => {
    const setting = new Setting();
    await setting.raise("disk", "warning");
    await setting.raise("net");
    await setting.clear("disk");
    const asked = setting.virtual.ask(setting.alarms, { kind: "list" });
    await setting.virtual.settle();
    const { active, ended } = await asked;
    assert.deepEqual([active.map(({ key }) => key), ended.map(({ key }) => key)], [["net"], ["disk"]]);
  });

  it("go on in the next process: nothing is told again, nothing that waits is lost, and the end is told", async () => {
    const old = new Setting();
    const died = { number: 1, pid: 7, atMs: 500, lifeMs: 1, kind: "crashed", text: "SIGSEGV" } as EndedWorker;
    old.report = { ended: [died], recycled: [] };
    await old.raise("disk", "warning");
    await old.virtual.advance(2_000);
    await old.clear("worker.died:1");
    old.isSilent = true;
    await old.raise("net", "warning");
    const dumping = old.virtual.system.dump({ withinMs: 1_000 });
    await old.virtual.advance(1_000);
    const heirlooms = structuredClone(await dumping);

    const heir = new Setting();
    heir.report = old.report;
    const inheriting = heir.virtual.system.inherit(heirlooms);
    await heir.virtual.advance(3_000);
    await inheriting;
    assert.deepEqual(heir.told, ["chat alarm.raised net"]);
    await heir.raise("disk", "warning");
    await heir.clear("disk");
    assert.deepEqual(heir.told.slice(1), ["chat alarm.recovered disk"]);
  });
});
