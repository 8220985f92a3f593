import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EndpointProtocol } from "../../../../protocols/endpoint.ts";
import type { Reference } from "../../../../protocols/reference.ts";
import type { Heirloom } from "../../../../runtime/kernel/heirloom.ts";
import { EndpointAccount } from "../../../../runtime/webhooks/endpoint-account.ts";
import { Endpoint } from "../../../../runtime/webhooks/endpoint.ts";
import type { EndpointRules } from "../../../../runtime/webhooks/endpoint.ts";
import { MemoryOutbox } from "../../../../runtime/webhooks/memory-outbox.ts";
import { ScriptedTransport } from "../../../support/scripted-transport.ts";
import type { Script } from "../../../support/scripted-transport.ts";
import { VirtualSystem } from "../../../support/virtual-system.ts";

const RULES: EndpointRules = {
  timeoutMs: 10_000,
  backoff: { minMs: 1_000, maxMs: 60_000, jitter: 0 },
  attemptsMax: 5,
  ageMaxMs: 3_600_000,
  retryAfterMaxMs: 3_600_000,
};
const NOT_NOW: Script = { kind: "failed", text: "HTTP 503" };
const UNWANTED: Script = { kind: "rejected", text: "HTTP 400" };

class Setting {
  readonly virtual = new VirtualSystem();
  readonly transport: ScriptedTransport;
  readonly outbox: MemoryOutbox;
  readonly account = new EndpointAccount();
  readonly endpoint: Reference<EndpointProtocol>;

  constructor(
    script: readonly Script[] = [],
    rules: Partial<EndpointRules> = {},
    queueMax = 100,
    heirlooms: readonly Heirloom[] = [],
  ) {
    void this.virtual.system.inherit(heirlooms);
    this.transport = new ScriptedTransport(script);
    this.outbox = new MemoryOutbox(queueMax);
    const { transport, outbox, account } = this;
    const args = { transport, outbox, account, rules: { ...RULES, ...rules } };
    this.endpoint = this.virtual.system.spawn(Endpoint, "endpoint", args);
  }

  async deliver(...ids: string[]): Promise<string[]> {
    const answers = ids.map((id) =>
      this.virtual.ask(this.endpoint, {
        kind: "deliver",
        id,
        type: "test.made",
        atMs: this.virtual.clock.wallMs(),
        data: {},
      }),
    );
    await this.virtual.settle();
    return (await Promise.all(answers)).map(({ kind }) => kind);
  }
}

describe("an endpoint", () => {
  it("delivers one after the other, in order", async () => {
    const setting = new Setting();
    assert.deepEqual(await setting.deliver("a", "b", "c"), ["queued", "queued", "queued"]);
    assert.deepEqual(setting.transport.tries, ["a", "b", "c"]);
    assert.equal(setting.transport.underWayMax, 1);
    assert.equal(setting.account.counts.delivered, 3);
  });

  it("lets nothing pass a delivery that is not taken, and tries that one again ever later", async () => {
    const setting = new Setting([NOT_NOW, NOT_NOW]);
    await setting.deliver("a", "b");
    assert.deepEqual(setting.transport.tries, ["a"]);
    await setting.virtual.advance(1_000);
    assert.deepEqual(setting.transport.tries, ["a", "a"]);
    await setting.virtual.advance(1_999);
    assert.deepEqual(setting.transport.tries, ["a", "a"]);
    await setting.virtual.advance(1);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "a", "a", "b"]);
    assert.deepEqual(setting.account.counts, {
      delivered: 2,
      retried: 2,
      rejected: 0,
      gaveUp: 0,
      refused: 0,
    });
    assert.equal(setting.virtual.events.filter((event) => event === "delivery.failed").length, 1);
  });

  it("waits for as long as the receiver asks", async () => {
    const setting = new Setting([{ kind: "failed", text: "HTTP 429", afterMs: 60_000 }]);
    await setting.deliver("a");
    await setting.virtual.advance(59_999);
    assert.equal(setting.transport.tries.length, 1);
    await setting.virtual.advance(1);
    assert.equal(setting.transport.tries.length, 2);
  });

  it("does not try again what the receiver does not want, and goes on with the next", async () => {
    const setting = new Setting([UNWANTED]);
    await setting.deliver("a", "b");
    assert.deepEqual(setting.transport.tries, ["a", "b"]);
    assert.equal(setting.account.counts.rejected, 1);
    assert.ok(setting.virtual.events.includes("delivery.rejected"));
  });

  it("gives up what was tried for too long, says so, and goes on with the next", async () => {
    const setting = new Setting([NOT_NOW, NOT_NOW, NOT_NOW], { attemptsMax: 3 });
    await setting.deliver("a", "b");
    await setting.virtual.advance(10_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "a", "a", "b"]);
    const line = setting.virtual.log.lines.find(({ event }) => event === "delivery.gaveUp");
    assert.deepEqual([line?.fields["id"], line?.fields["attempts"]], ["a", 3]);
    assert.equal(setting.account.counts.gaveUp, 1);
  });

  it("does not wait for a receiver that stays silent", async () => {
    const setting = new Setting(["silent"]);
    await setting.deliver("a");
    await setting.virtual.advance(9_999);
    assert.equal(setting.transport.underWay, 1);
    await setting.virtual.advance(1);
    await setting.virtual.settle();
    assert.equal(setting.transport.underWay, 0);
    assert.equal(setting.account.last?.text, "no answer in time");
    await setting.virtual.advance(1_000);
    assert.deepEqual(setting.transport.tries, ["a", "a"]);
  });

  it("counts a bug of its transport as a failed try, and tells no secret of it", async () => {
    const setting = new Setting([new TypeError("cannot reach https://example.com/?key=secret")]);
    await setting.deliver("a");
    assert.equal(setting.account.last?.text, "no answer (TypeError)");
    assert.doesNotMatch(JSON.stringify(setting.virtual.log.lines), /secret/);
  });

  it("refuses when too many wait, says so, and keeps what it has taken", async () => {
    const setting = new Setting([NOT_NOW], {}, 2);
    assert.deepEqual(await setting.deliver("a", "b", "c"), ["queued", "queued", "refused"]);
    assert.equal(setting.account.counts.refused, 1);
    assert.ok(setting.virtual.events.includes("delivery.refused"));
    await setting.virtual.advance(1_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "a", "b"]);
  });

  it("delivers once what it is given twice", async () => {
    const setting = new Setting([NOT_NOW]);
    await setting.deliver("a", "a");
    await setting.virtual.advance(1_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "a"]);
    assert.equal(setting.account.counts.delivered, 1);
  });

  it("sends no faster than it may, and loses nothing by it", async () => {
    const setting = new Setting([], { rate: { messagesPerSecond: 0.25, burst: 2 } });
    await setting.deliver("a", "b", "c", "d");
    assert.deepEqual(setting.transport.tries, ["a", "b"]);
    await setting.virtual.advance(4_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "b", "c"]);
    await setting.virtual.advance(4_000);
    await setting.virtual.settle();
    assert.deepEqual(setting.transport.tries, ["a", "b", "c", "d"]);
  });

  it("goes on in its next life with what the last one had taken", async () => {
    const setting = new Setting([NOT_NOW, "crash"]);
    await setting.deliver("a", "b");
    await setting.virtual.advance(1_000);
    await setting.virtual.advance(1_000);
    assert.ok(setting.virtual.events.includes("actor.restarted"));
    assert.deepEqual(setting.transport.tries, ["a", "a", "a", "b"]);
    assert.equal(setting.account.counts.delivered, 2);
  });

  it("goes on in another process with what waits there, and with its account", async () => {
    const old = new Setting([NOT_NOW]);
    await old.deliver("a", "b");
    const dumping = old.virtual.system.dump({ withinMs: 1_000 });
    await old.virtual.settle();
    const heirlooms = structuredClone(await dumping);
    const heir = new Setting([], {}, 100, heirlooms);
    await heir.virtual.settle();
    await heir.virtual.advance(1);
    await heir.virtual.settle();
    assert.deepEqual(heir.transport.tries, ["a", "b"]);
    assert.deepEqual(heir.account.counts, { delivered: 2, retried: 1, rejected: 0, gaveUp: 0, refused: 0 });
  });
});
