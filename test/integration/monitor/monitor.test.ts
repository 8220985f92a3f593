import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "../../support/eventually.ts";
import { HttpReceiver } from "../../support/http-receiver.ts";
import { Banyan, banyan, startNode, workplace } from "../../support/node-process.ts";
import type { Workplace } from "../../support/node-process.ts";

/** What is gone refuses at once; who is only slow is not to be taken for gone. */
const QUICK = ["--every", "200", "--timeout", "20000"];

describe("the monitor beside a node", () => {
  let place: Workplace;
  let receiver: HttpReceiver;

  before(async () => {
    receiver = await new HttpReceiver().open();
    place = workplace();
    const yaml = `alarms:
  channels:
    - { name: hook, kind: webhook, url: "${receiver.url}", secret: "a secret of a test" }
  routes: { critical: [hook] }
`;
    writeFileSync(join(place.folder, "banyan.yaml"), yaml);
  });
  after(async () => {
    await receiver.close();
    place.remove();
  });

  const told = () =>
    receiver.received
      .map(({ body }) => JSON.parse(body) as { type: string; data: { alarm: { key: string } } })
      .map(({ type, data }) => `${type} ${data.alarm.key}`)
      .toSorted();
  const all = (type: string) => ["length", "line", "ops", "web"].map((name) => `${type} port.down:${name}`);

  it("tells people that it is gone, and that it is back", async () => {
    const first = await startNode(place.folder, ["--workers", "0"]);
    const monitor = new Banyan(place.folder, ["monitor", ...QUICK]);
    try {
      await monitor.until((stdout) => (stdout.includes("monitor.started") ? true : undefined));
      const once = await banyan(place.folder, ["monitor", "--once"]);
      assert.equal(once.code, 0, once.stdout);
      assert.equal(once.stdout.match(/ up {4}\d+ ms$/gm)?.length, 4);
      first.process.child.kill("SIGKILL");
      await first.process.ended;
      await eventually(told, all("alarm.raised"));
      const down = await banyan(place.folder, ["monitor", "--once"]);
      assert.equal(down.code, 1);
      assert.match(down.stdout, /web .* DOWN {2}ECONNREFUSED/);
      const second = await startNode(place.folder, ["--workers", "0"]);
      await eventually(told, [...all("alarm.raised"), ...all("alarm.recovered")]);
      await second.stop();
    } finally {
      monitor.child.kill("SIGTERM");
    }
    assert.equal((await monitor.ended).code, 0);
  });
});

describe("a look of the monitor", () => {
  let silent: Server;
  let place: Workplace;
  before(async () => {
    place = workplace();
    silent = createServer((socket) => socket.on("error", () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  });
  after(() => {
    silent.close();
    place.remove();
  });

  it("takes a port that is only connected to for dead where an answer is due", async () => {
    const { port } = silent.address() as AddressInfo;
    const look = (url: string) =>
      banyan(place.folder, ["monitor", "--once", "--timeout", "500", "--target", url]);
    const http = await look(`http://127.0.0.1:${port}/`);
    assert.equal(http.code, 1);
    assert.match(http.stdout, /DOWN {2}no answer within 500 ms/);
    assert.equal((await look(`tcp://127.0.0.1:${port}`)).code, 0);
  });

  it("refuses what is no address, in words", async () => {
    const refused = await banyan(place.folder, ["monitor", "--once", "--target", "localhost"]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--target localhost: write it as http/);
  });
});
