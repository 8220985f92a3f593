import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../support/eventually.ts";
import { RedisServer } from "../../../support/redis-server.ts";
import { SeededChance } from "../../../support/seeded-chance.ts";
import { TransportProcess, checkTransports } from "../../../support/transport-process.ts";

const LIMIT_MS = 180_000;
const STEPS = 14;
const SEED = Date.now() % 1_000_000;

describe("a cluster in which nodes die and others come", { timeout: LIMIT_MS }, () => {
  let server: RedisServer;
  const nodes: TransportProcess[] = [];
  const chance = new SeededChance(SEED);

  before(async () => {
    server = await RedisServer.start({ appendfsync: "everysec" });
  });
  after(async () => {
    for (const node of nodes) await node.kill();
    await server.stop();
  });

  const living = () => nodes.filter(({ isAlive }) => isAlive);
  const any = () => living()[chance.between(0, living().length - 1)]!;

  async function join(): Promise<void> {
    const node = await TransportProcess.start(server.url, `n/${nodes.length}`);
    nodes.push(node);
    for (const other of living()) {
      node.do(`stream ${other.incarnation} ${chance.between(1, 20)}`);
      if (other !== node) other.do(`stream ${node.incarnation} ${chance.between(1, 20)}`);
    }
  }

  async function die(): Promise<void> {
    const node = any();
    if (chance.next() < 0.5) {
      node.signal("SIGSTOP");
      await sleep(100);
    }
    await node.kill();
    await sleep(chance.between(0, 300));
    for (const other of living()) other.do(`ended ${node.incarnation}`);
  }

  async function stand(): Promise<void> {
    const node = any();
    node.signal("SIGSTOP");
    await sleep(chance.between(50, 1500));
    node.signal("SIGCONT");
  }

  it("loses nothing among the living, brings nothing twice and keeps the order of each sender", async (context) => {
    context.diagnostic(`seed ${SEED}`);
    for (let left = 3; left > 0; left--) await join();
    for (let left = STEPS; left > 0; left--) {
      await sleep(chance.between(50, 500));
      const roll = chance.next();
      if (roll < 0.3 && living().length > 2) await die();
      else if (roll < 0.6 && living().length < 5) await join();
      else if (roll < 0.8) await stand();
      else server.cli("client", "kill", "type", "normal");
    }
    for (const node of living()) node.do("stop");
    await eventually(
      () => Promise.all(living().map((node) => node.report())),
      living().map(() => 0),
      `seed ${SEED}`,
      60_000,
    );
    checkTransports(nodes);
  });
});
