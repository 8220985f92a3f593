import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { EndpointProtocol } from "../../../protocols/endpoint.ts";
import type { Reference } from "../../../protocols/reference.ts";
import { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import { EndpointAccount } from "../../../runtime/webhooks/endpoint-account.ts";
import { Endpoint } from "../../../runtime/webhooks/endpoint.ts";
import { MemoryOutbox } from "../../../runtime/webhooks/memory-outbox.ts";
import { isGenuine } from "../../../runtime/webhooks/webhook-signature.ts";
import { Webhook } from "../../../runtime/webhooks/webhook.ts";
import { eventually } from "../../support/eventually.ts";
import { HttpReceiver } from "../../support/http-receiver.ts";
import type { Received } from "../../support/http-receiver.ts";
import { LogRecord } from "../../support/log-record.ts";

const SECRET = "a secret of a test";
const RULES = {
  /** Who is slow here is so because the machine is. */
  timeoutMs: 10_000,
  backoff: { minMs: 20, maxMs: 200, jitter: 0.5 },
  attemptsMax: 1_000,
  ageMaxMs: 60_000,
  retryAfterMaxMs: 60_000,
};

let system: ActorSystem;
let log: LogRecord;
let receiver: HttpReceiver;
let account: EndpointAccount;

beforeEach(async () => {
  log = new LogRecord();
  system = new ActorSystem({ name: "test", log });
  account = new EndpointAccount();
  receiver = await new HttpReceiver().open();
});
afterEach(async () => {
  await system.stop();
  await receiver.close();
});

function endpoint(path = "/hook", { queueMax = 1_000, timeoutMs = RULES.timeoutMs } = {}) {
  const transport = new Webhook({ url: receiver.url + path, secret: SECRET }, () => Date.now());
  const args = { transport, outbox: new MemoryOutbox(queueMax), account, rules: { ...RULES, timeoutMs } };
  return system.spawn(Endpoint, "endpoint", args);
}

async function deliver(to: Reference<EndpointProtocol>, count: number, first = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => first + index);
  const answers = await Promise.all(
    ids.map((number) =>
      system.ask(to, {
        kind: "deliver",
        id: `d${number}`,
        type: "test.made",
        atMs: Date.now(),
        data: { number },
      }),
    ),
  );
  return answers.map(({ kind }) => kind);
}

const idOf = ({ headers }: Received) => String(headers["webhook-id"]);
/** The ids in the order in which each came for the first time. */
const firstTimes = () => [...new Set(receiver.received.map(idOf))];
const upTo = (count: number) => Array.from({ length: count }, (_, index) => `d${index + 1}`);

describe("a webhook", () => {
  it("arrives signed, with what it says, where it was to go", async () => {
    await deliver(endpoint("/hook?of=ann"), 1);
    await eventually(() => receiver.received.length, 1);
    const [got] = receiver.received;
    assert.ok(got !== undefined);
    assert.deepEqual([got.method, got.target], ["POST", "/hook?of=ann"]);
    assert.ok(isGenuine(SECRET, got, Date.now()));
    assert.equal(isGenuine("another secret", got, Date.now()), false);
    const body = JSON.parse(got.body) as Record<string, unknown>;
    assert.deepEqual([body["type"], body["data"]], ["test.made", { number: 1 }]);
    assert.ok(Math.abs(Date.parse(String(body["timestamp"])) - Date.now()) < 60_000);
  });

  it("is lost neither by a receiver that fails nor by one that is slow, and none passes another", async () => {
    receiver.answer = (_request, count) => {
      if (count % 7 === 0) return undefined;
      return count % 3 === 0 ? { status: 503 } : { status: 200 };
    };
    await deliver(endpoint("/hook", { timeoutMs: 500 }), 20);
    await eventually(() => account.counts.delivered, 20);
    assert.deepEqual(firstTimes(), upTo(20));
    const order = receiver.received.map(idOf).map((id) => Number(id.slice(1)));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.ok(receiver.received.every((got) => isGenuine(SECRET, got, Date.now())));
    assert.ok(account.counts.retried > 0);
  });

  it("waits for a receiver that died, and all arrive in order when it comes back", async () => {
    const to = endpoint();
    await deliver(to, 3);
    await eventually(() => account.counts.delivered, 3);
    await receiver.close();
    assert.deepEqual(new Set(await deliver(to, 20, 4)), new Set(["queued"]));
    await eventually(() => account.counts.retried > 2, true);
    assert.match(account.last?.text ?? "", /^no answer \(E/);
    await receiver.open();
    await eventually(() => account.counts.delivered, 23);
    assert.deepEqual(firstTimes(), upTo(23));
  });

  it("comes back when the receiver said, not sooner", async () => {
    const atMs: number[] = [];
    receiver.answer = (_request, count) => {
      atMs.push(performance.now());
      return count === 1 ? { status: 429, headers: { "retry-after": "1" } } : { status: 200 };
    };
    await deliver(endpoint(), 2);
    await eventually(() => account.counts.delivered, 2);
    assert.deepEqual(receiver.received.map(idOf), ["d1", "d1", "d2"]);
    assert.ok((atMs[1] ?? 0) - (atMs[0] ?? 0) >= 990);
  });

  it("is not tried again when the receiver does not want it", async () => {
    receiver.answer = ({ headers }) => ({ status: headers["webhook-id"] === "d1" ? 422 : 200 });
    await deliver(endpoint(), 2);
    await eventually(() => account.counts.delivered, 1);
    assert.deepEqual(receiver.received.map(idOf), ["d1", "d2"]);
    assert.equal(log.lines.find(({ event }) => event === "delivery.rejected")?.fields["answer"], "HTTP 422");
  });

  it("follows no redirect, so that no answer leads it into a network of ours", async (t) => {
    const inner = await new HttpReceiver().open();
    t.after(() => inner.close());
    receiver.answer = () => ({ status: 307, headers: { location: `${inner.url}/inner` } });
    await deliver(endpoint(), 1);
    await eventually(() => account.counts.rejected, 1);
    assert.deepEqual(inner.received, []);
  });

  it("reads no endless answer", async () => {
    receiver.answer = () => ({ status: 200, isEndless: true });
    await deliver(endpoint(), 2);
    await eventually(() => account.counts.delivered, 2);
  });

  it("is refused when too many wait, and those that wait still arrive", async () => {
    receiver.answer = (_request, count) => ({ status: count === 1 ? 503 : 200 });
    const verdicts = await deliver(endpoint("/hook", { queueMax: 5 }), 7);
    assert.deepEqual(verdicts, [...Array<string>(5).fill("queued"), "refused", "refused"]);
    await eventually(() => account.counts.delivered, 5);
    assert.deepEqual(firstTimes(), upTo(5));
    assert.equal(log.lines.filter(({ event }) => event === "delivery.refused").length, 2);
  });

  it("leaves neither secret nor address in the log", async () => {
    const to = endpoint("/hook?key=key-in-the-address");
    await receiver.close();
    await deliver(to, 2);
    await eventually(() => account.counts.retried > 2, true);
    await receiver.open();
    receiver.answer = () => ({ status: 400 });
    await eventually(() => account.counts.rejected, 2);
    assert.doesNotMatch(JSON.stringify(log.lines), /key-in-the-address|a secret of a test/);
  });
});
