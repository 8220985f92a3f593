import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CutProxy } from "../../../support/cut-proxy.ts";
import { eventually } from "../../../support/eventually.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { TransportProcess, checkTransports, numbers } from "../../../support/transport-process.ts";

const LIMIT_MS = 120_000;

describe("nodes that send to each other over Redis", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  let proxy: CutProxy;
  let round = 0;
  let nodes: TransportProcess[] = [];

  before(async () => {
    server = await RedisServer.start();
    proxy = await CutProxy.open(server.port);
  });
  after(async () => {
    await proxy.close();
    await server.stop();
  });
  afterEach(async () => {
    for (const node of nodes) await node.kill();
    nodes = [];
    round++;
  });

  const start = async (name: string, url = server.url): Promise<TransportProcess> => {
    const node = await TransportProcess.start(url, `${name}/${round}`);
    nodes.push(node);
    return node;
  };
  const throughProxy = () => proxy.url.replace("http", "redis");
  const received = (from: TransportProcess, to: TransportProcess) =>
    to.said.received.get(from.incarnation)?.length ?? 0;
  /** All that was sent has been acknowledged, and nothing broke a promise. */
  const comeToRest = async () => {
    const living = nodes.filter(({ isAlive }) => isAlive);
    for (const node of living) node.do("stop");
    await eventually(
      () => Promise.all(living.map((node) => node.report())),
      living.map(() => 0),
    );
    checkTransports(nodes);
  };

  it("lose nothing when one of them is killed: it was received, or comes back, and one survivor has the inbox", async () => {
    const [a, b, c] = [await start("a"), await start("b"), await start("c")];
    for (const node of [a, c]) node.do(`stream ${b.incarnation} 20`);
    a.do(`stream ${c.incarnation} 20`);
    await eventually(() => received(a, b) > 500 && received(c, b) > 500, true);
    // It has something to leave, too, and there is something that comes back to the first.
    b.signal("SIGSTOP");
    const isOnItsWay = async (): Promise<boolean> => {
      await a.report();
      return (a.said.sent.get(b.incarnation) ?? 0) > received(a, b);
    };
    await eventually(isOnItsWay, true);
    await eventually(() => server.cli("xlen", `{n:b%2F${round}}:in`) !== "0", true);
    await b.kill();
    await sleep(100);
    for (const node of [a, c]) node.do(`ended ${b.incarnation}`);
    await comeToRest();
    await eventually(() => [a, c].filter(({ said }) => said.adopted.size > 0).length, 1);
    await eventually(() => (a.said.returned.get(b.incarnation)?.length ?? 0) > 0, true);
    await eventually(() => server.cli("keys", `{n:b%2F${round}}:*`), `{n:b%2F${round}}:heir`);
  });

  it("wait for one that stands still, and bring it everything once when it goes on", async () => {
    const [a, b] = [await start("a"), await start("b")];
    a.do(`stream ${b.incarnation} 50`);
    await eventually(() => received(a, b) > 500, true);
    b.signal("SIGSTOP");
    await sleep(4000);
    const earlier = received(a, b);
    b.signal("SIGCONT");
    await eventually(() => received(a, b) > earlier + 5000, true);
    await comeToRest();
  });

  it("go on after Redis was killed and started again with its file", async () => {
    const [a, b] = [await start("a"), await start("b")];
    a.do(`stream ${b.incarnation} 20`);
    b.do(`stream ${a.incarnation} 20`);
    await eventually(() => received(a, b) > 500, true);
    await server.kill();
    await sleep(500);
    await server.start();
    const earlier = received(a, b);
    await eventually(() => received(a, b) > earlier + 1000, true);
    await comeToRest();
  });

  it("send again what Redis has forgotten", async () => {
    const [a, b, c] = [await start("a"), await start("b"), await start("c")];
    for (const to of [b, c]) a.do(`stream ${to.incarnation} 20`);
    b.do(`stream ${c.incarnation} 20`);
    await eventually(() => received(a, b) > 500 && received(b, c) > 500, true);
    c.signal("SIGSTOP");
    // What lies in the inbox of the one that stands still is lost.
    await eventually(() => server.cli("xlen", `{n:c%2F${round}}:in`) !== "0", true);
    server.cli("flushall");
    c.signal("SIGCONT");
    const earlier = received(a, c);
    await eventually(() => received(a, c) > earlier + 1000, true);
    await comeToRest();
  });

  it("send once what was carried out though its answer was lost", async () => {
    const [a, b] = [await start("a", throughProxy()), await start("b")];
    a.do(`stream ${b.incarnation} 20`);
    await eventually(() => received(a, b) > 500, true);
    proxy.mute();
    const earlier = received(a, b);
    await eventually(() => received(a, b) > earlier + 1500, true);
    await comeToRest();
  });

  it("notice a connection that only looks alive, on either side", async () => {
    const [a, b] = [await start("a", throughProxy()), await start("b", throughProxy())];
    a.do(`stream ${b.incarnation} 20`);
    await eventually(() => received(a, b) > 500, true);
    proxy.deafen();
    const earlier = received(a, b);
    await eventually(() => received(a, b) > earlier + 1500, true, "", 30_000);
    proxy.cut();
    await sleep(300);
    proxy.mend();
    const later = received(a, b);
    await eventually(() => received(a, b) > later + 1500, true, "", 30_000);
    await comeToRest();
  });

  it("keep no more than their outboxes hold while Redis does not answer", async () => {
    const [a, b] = [await start("a"), await start("b")];
    await eventually(() => server.cli("ping"), "PONG");
    server.pause();
    a.do(`send ${b.incarnation} 40000`);
    await sleep(1000);
    assert.equal(await a.report(), 40_000, "what was refused is tried again");
    assert.equal(a.said.sent.get(b.incarnation), 32_768);
    server.resume();
    await eventually(() => received(a, b), 40_000);
    assert.deepEqual(b.said.received.get(a.incarnation), numbers(1, 40_000));
    await comeToRest();
  });
});
