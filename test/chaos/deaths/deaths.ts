import { setTimeout as pause } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { openBrowser, RoomsWindow } from "../../support/browser-window.ts";
import { CutProxy } from "../../support/cut-proxy.ts";
import { DevCluster } from "../../support/dev-cluster.ts";
import { SeededChance } from "../../support/seeded-chance.ts";
import { Complaints } from "../complaints.ts";
import { NumberedPosts } from "./numbered-posts.ts";
import type { PostCounts } from "./numbered-posts.ts";
import { Speaker } from "./speaker.ts";
import { Witness } from "./witness.ts";

/** Between two deaths, after the one before has come back, in milliseconds. */
const REST_MS = { min: 2_000, max: 5_000 };
const SETTLED_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 200;
const ROOM = "chat/deaths";
const QUERY = "/?room=deaths&live=deaths";

/** How a run goes. */
export interface DeathOrders {
  readonly seed: number;
  /** How many nodes are killed, one after the other: each in its turn. */
  readonly times: number;
  readonly entities: number;
  readonly say: (text: string) => void;
}

/** What came of it; sound when there is no complaint. */
export interface DeathReport extends PostCounts {
  readonly complaints: readonly string[];
  readonly deaths: readonly string[];
  readonly lines: number;
  /** Lines that somebody had to send again with the button of the page. */
  readonly retries: number;
  readonly reconnects: number;
}

/**
 * Kills the nodes of `npm run dev:cluster` one after the other, while two windows of a browser talk to each other over two of them and a service posts numbered
 * messages to many entities over all of them. Nothing that was acknowledged may be lost, nothing may come twice, and everything has its order.
 */
export async function deaths(orders: DeathOrders): Promise<DeathReport> {
  const { seed, say } = orders;
  say(`seed ${seed}`);
  const complaints = new Complaints();
  const cluster = await DevCluster.start();
  const browser = await openBrowser();
  try {
    for (const { name, pid, web } of cluster.nodes) say(`node ${name} is process ${pid} at ${web}`);
    return await new Deaths(orders, { cluster, browser, complaints }).run();
  } finally {
    await browser.close();
    const code = await cluster.stop();
    if (code !== 0) say(`the cluster ended with ${code}`);
  }
}

interface Stage {
  readonly cluster: DevCluster;
  readonly browser: Browser;
  readonly complaints: Complaints;
}

class Deaths {
  readonly #orders: DeathOrders;
  readonly #stage: Stage;
  readonly #chance: SeededChance;
  readonly #deaths: string[] = [];
  #reconnects = 0;

  constructor(orders: DeathOrders, stage: Stage) {
    this.#orders = orders;
    this.#stage = stage;
    this.#chance = new SeededChance(orders.seed);
  }

  async run(): Promise<DeathReport> {
    const { cluster, browser, complaints } = this.#stage;
    const { entities, say } = this.#orders;
    const [a, b, c] = cluster.nodes.map(({ web }) => web);
    const posts = new NumberedPosts({ nodes: cluster.nodes, entities, chance: this.#chance, complaints });
    const witness = new Witness(`${String(c).replace("http", "ws")}/chatroom`, ROOM, complaints);
    // One window is at its node and waits for that to come back; the other one comes through a balancer, which leads to a node that lives.
    const balancer = await CutProxy.open(portOf(b));
    const one = new Speaker("one", await RoomsWindow.open(browser, `${a}${QUERY}`));
    const two = new Speaker("two", await RoomsWindow.open(browser, `${balancer.url}${QUERY}`));
    say(`window one is at ${a}, window two at ${b} behind a balancer, a witness at ${c}`);
    for (const { page } of [one.window, two.window]) {
      page.on("websocket", () => this.#reconnects++);
    }
    posts.start();
    for (const speaker of [one, two]) speaker.start();
    await until(() => posts.acknowledged >= entities, "every entity has got its first post");
    say(`${posts.acknowledged} posts to ${entities} entities acknowledged`);
    await this.#killAll(balancer, () => this.#state(posts, [one, two]));
    await Promise.all([one.end(), two.end()]);
    const counts = await posts.end();
    say(`posts: ${JSON.stringify(counts)}`);
    await this.#compareWindows(one, two);
    await until(
      () => witness.latest >= one.said.length + two.said.length,
      "the witness has heard everything",
    );
    witness.end();
    say(`the witness has heard ${witness.heard.length} lines, the last one with offset ${witness.latest}`);
    await balancer.close();
    return {
      ...counts,
      deaths: this.#deaths,
      lines: one.said.length + two.said.length,
      retries: one.retries + two.retries,
      reconnects: this.#reconnects,
      complaints: complaints.lines,
    };
  }

  async #killAll(balancer: CutProxy, state: () => string): Promise<void> {
    const { cluster } = this.#stage;
    const { times, say } = this.#orders;
    const names = cluster.nodes.map(({ name }) => name);
    const rounds = Math.ceil(times / names.length);
    const order = Array.from({ length: rounds }, () => this.#chance.shuffled(names)).flat();
    for (const name of order.slice(0, times)) {
      await pause(this.#chance.between(REST_MS.min, REST_MS.max));
      const { pid, web } = cluster.node(name);
      say(`kill -9 ${pid}, which is ${name}; ${state()}`);
      cluster.kill(name);
      this.#deaths.push(name);
      if (balancer.target === portOf(web)) {
        const other = cluster.nodes.find((node) => node.name !== name);
        balancer.target = portOf(other?.web);
        say(`the balancer leads to ${other?.name}`);
      }
      const killedAtMs = performance.now();
      const back = await cluster.untilBack(name);
      say(
        `${name} is back as process ${back.pid} after ${Math.round(performance.now() - killedAtMs)} ms; ${state()}`,
      );
    }
    await pause(REST_MS.min);
  }

  #state(posts: NumberedPosts, speakers: readonly Speaker[]): string {
    const said = speakers.map(
      ({ name, said: lines, retries }) => `${name} has said ${lines.length} (${retries} again)`,
    );
    return `${posts.acknowledged} posts acknowledged, ${said.join(", ")}`;
  }

  /** Both show the same with the same offsets: what each has said, once and in its order, and no gap. */
  async #compareWindows(one: Speaker, two: Speaker): Promise<void> {
    const { complaints } = this.#stage;
    const shown = (speaker: Speaker) => speaker.window.sequenced();
    const count = one.said.length + two.said.length;
    await until(
      async () => (await shown(one)).length >= count && (await shown(two)).length >= count,
      "both windows show everything",
    );
    const [atOne, atTwo] = [await shown(one), await shown(two)];
    if (JSON.stringify(atOne) !== JSON.stringify(atTwo)) {
      complaints.add(`the windows differ: ${JSON.stringify(atOne)} and ${JSON.stringify(atTwo)}`);
    }
    for (const speaker of [one, two]) {
      const own = atOne.map(({ text }) => text).filter((text) => text.startsWith(`${speaker.name} `));
      if (own.join() !== speaker.said.join()) {
        complaints.add(`${speaker.name} has said ${speaker.said.join()}, and seen is ${own.join()}`);
      }
      const gaps = await speaker.window.gaps();
      if (gaps.length > 0) complaints.add(`window ${speaker.name} shows gaps: ${gaps.join()}`);
      for (const text of speaker.window.complaints) complaints.add(`window ${speaker.name}: ${text}`);
    }
    this.#orders.say(`both windows show the same ${atOne.length} lines`);
  }
}

function portOf(url: string | undefined): number {
  return Number(new URL(url ?? "").port);
}

/** @throws Error when it does not become so in three minutes */
async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + SETTLED_WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`not so within ${SETTLED_WITHIN_MS} ms: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
