import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as pass } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { eventsIn, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess } from "../support/node-process.ts";

const KEY = "the-api-key-of-a-shop";
const SETTINGS = `
push:
  keys:
    - { id: shop, kind: apiKey, secret: ${KEY}, scopes: ["messages:count-partial/services/*"] }
metrics:
  - name: orders
    sources: [services]
    dimensions: [{ name: channel, budget: 10 }]
  - { name: revenue, sources: [services], value: sum, field: amount, decimals: 2 }
`;
const KILLS = 3;
const TELLERS = 4;
const TELL_MS = 1_000;
const AGAIN_AFTER_MS = 20;

const place = workplace();
let node: NodeProcess;
before(async () => {
  writeFileSync(join(place.folder, "banyan.yaml"), SETTINGS);
  node = await startNode(place.folder);
});
after(async () => {
  await node.stop();
  place.remove();
});

interface Account {
  readonly partition: string;
  readonly read: number;
  readonly counted: number;
  readonly duplicate: number;
  readonly quarantined: number;
  readonly tooLate: number;
  readonly unparsable: number;
}
interface Answer {
  readonly series: readonly {
    readonly values: Record<string, string>;
    readonly total: number;
    readonly sum?: number[];
  }[];
  readonly completeness: number;
  readonly times: readonly number[];
}

const stats = async (query: string) => (await node.get(`/v1/stats?${query}`)).body as Answer;
const accounts = async () =>
  ((await node.get("/v1/stats/partitions")).body as { partitions: Account[] }).partitions;

/** Tells one thing; answers what became of it. */
async function tell(id: string, told: object): Promise<string> {
  const response = await fetch(`${node.listeners["web"]}/v1/messages/count-partial/services/${id}`, {
    method: "POST",
    headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", connection: "close" },
    body: JSON.stringify({ kind: "count", ...told }),
  });
  const { kind, code = "" } = (await response.json()) as { kind?: string; code?: string };
  return kind ?? code;
}

/** Tells something under its id until it was taken, however often the node dies meanwhile. */
async function tellUntilTaken(id: string, told: object): Promise<void> {
  for (;;) {
    const end = await tell(id, told).catch(() => "lost");
    if (end === "taken" || end === "repeated") return;
    await pass(AGAIN_AFTER_MS);
  }
}

async function kill(): Promise<void> {
  const serving = () => eventsIn(node.process.stdout, "worker.serving").length;
  const served = serving();
  process.kill(node.workerPid(), "SIGKILL");
  await node.process.until(() => (serving() > served ? true : undefined));
}

describe("what services tell a node", () => {
  it("is counted exactly once through kill -9, and the account adds up whenever one looks", async () => {
    let isOver = false;
    let told = 0;
    const teller = async (name: number): Promise<void> => {
      for (let index = 0; !isOver; index++) {
        const channel = index % 3 === 0 ? "app" : "web";
        await tellUntilTaken("shop", { metric: "orders", dims: { channel }, eventId: `${name}-${index}` });
        told++;
      }
    };
    const telling = Array.from({ length: TELLERS }, (_, name) => teller(name));
    const watcher = (async () => {
      while (!isOver) {
        const known = await accounts().catch(() => []);
        for (const { read, counted, duplicate, quarantined, tooLate, unparsable } of known ?? []) {
          assert.equal(read, counted + duplicate + quarantined + tooLate + unparsable);
        }
        await pass(AGAIN_AFTER_MS);
      }
    })();
    for (let kills = 0; kills < KILLS; kills++) {
      await pass(TELL_MS);
      await kill();
    }
    await pass(TELL_MS);
    isOver = true;
    await Promise.all([...telling, watcher]);
    assert.ok(told > KILLS * TELLERS, String(told));
    const { series } = await stats("metric=orders");
    assert.equal(series[0]?.total, told);
    const shop = (await accounts()).find(({ partition }) => partition === "services/shop");
    assert.equal(shop?.counted, told);
    const split = (await stats("metric=orders&by=channel")).series;
    assert.equal(
      split.reduce((sum, { total }) => sum + total, 0),
      told,
    );
  });

  it("adds up to the cent", async () => {
    for (let index = 0; index < 20; index++) {
      assert.equal(await tell("till", { metric: "revenue", value: 0.1, eventId: `cents-${index}` }), "taken");
    }
    const { series } = await stats("metric=revenue&fill=zero");
    assert.equal(
      series[0]?.sum?.reduce((total, sum) => total + Math.round(sum * 100), 0),
      200,
    );
  });

  it("is refused for what nobody counts", async () => {
    assert.equal(await tell("shop", { metric: "nothing", eventId: "1" }), "refused");
    const cell = await node.get("/v1/stats?metric=orders&step=10");
    assert.equal(cell.status, 400);
    assert.match(JSON.stringify(cell.body), /cell of 30 s/);
  });
});

describe("a node without settings for it", () => {
  it("counts what its own gateway answers", async () => {
    const asks = 5;
    for (let index = 0; index < asks; index++) await fetch(`${node.listeners["web"]}/nowhere/${index}`);
    const notFound = async () => {
      const { series } = await stats("metric=requests&by=status&where=route:none");
      return series.find(({ values }) => values["status"] === "4xx")?.total;
    };
    await eventually(notFound, asks);
  });

  it("shows the counter of an open block in the tree", async () => {
    const seen = async () => {
      const { body } = await node.get("/v1/tree?depth=8");
      return /time-block/.test(JSON.stringify(body)) && /requests(:|%3A|\$3a)\d+/.test(JSON.stringify(body));
    };
    await eventually(seen, true);
  });
});

describe("the stream of what is counted", () => {
  it("tells the whole first, and then what has changed", async () => {
    const response = await fetch(`${node.ops}/v1/stats/stream?metric=orders`, {
      headers: { authorization: `Bearer ${node.token}` },
    });
    assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    assert.ok(reader);
    let text = "";
    const next = async (): Promise<Answer> => {
      while (!text.includes("\n\n")) {
        text += (await reader.read()).value ?? assert.fail("the stream has ended");
      }
      const [event = "", ...rest] = text.split("\n\n");
      text = rest.join("\n\n");
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      return JSON.parse(data?.slice(6) ?? "") as Answer;
    };
    const first = await next();
    assert.ok(first.times.length >= 20);
    assert.equal(
      await tell("shop", { metric: "orders", dims: { channel: "app" }, eventId: "late-one" }),
      "taken",
    );
    for (;;) {
      const changed = await next();
      assert.ok(changed.times.length < first.times.length);
      if (changed.series[0]?.total === (first.series[0]?.total ?? 0) + 1) break;
    }
    await reader.cancel();
  });

  it("does not hold up a stop", async () => {
    const open = await fetch(`${node.ops}/v1/stats/stream?metric=orders`, {
      headers: { authorization: `Bearer ${node.token}` },
    });
    const reading = open.text();
    const { code } = await node.stop();
    assert.equal(code, 0);
    assert.match(await reading, /event: revision/);
    node = await startNode(place.folder);
  });
});
