import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { SeededChance } from "../../support/seeded-chance.ts";
import type { ChaosLog } from "./chaos-log.ts";
import { checkIdentity, checkNeverBack } from "./checks.ts";
import { FileLog } from "./file-log.ts";
import type { LogPlan } from "./log-plan.ts";
import type { LogWorld } from "./log-world.ts";
import type { ReaderHandle } from "./reader-handle.ts";
import type { PartitionAccount, ReaderBug } from "./reader-words.ts";
import { SlsLog } from "./sls-log.ts";

const LOOK_EVERY_MS = 15;

/** What a run is to have wrong on purpose, so that it can be seen that its checks find it. */
export interface Planted {
  readonly bug?: ReaderBug;
  /** Children do not wait for their parents, and the run believes that they do. */
  readonly isUnordered?: true;
  /** Whoever asks for the oldest that is left, after some were dropped, gets the end. */
  readonly beginsAtEnd?: true;
}

/** One seed under way: a log that is written, its readers, and what is seen of them. */
export class LogRun {
  readonly plan: LogPlan;
  /** What its folder and its logstore are called. */
  readonly name: string;
  readonly world: LogWorld;
  readonly chance: SeededChance;
  readonly log: ChaosLog;
  readonly folder: string;
  readonly readers = new Map<string, ReaderHandle>();
  readonly problems: string[] = [];
  /** What was seen last, by partition. */
  readonly seen = new Map<string, PartitionAccount>();
  looks = 0;
  kills = 0;
  /** How long it took to read the rest, in milliseconds. */
  restMs = 0;
  #isOver = false;
  #turn: Promise<void> = Promise.resolve();
  readonly #bug: ReaderBug | undefined;
  /** Readers that serve. */
  readonly #serving = new Set<ReaderHandle>();

  constructor(world: LogWorld, plan: LogPlan, { bug, isUnordered, beginsAtEnd }: Planted) {
    this.world = world;
    this.plan = plan;
    this.#bug = bug;
    this.chance = new SeededChance(plan.seed + 1);
    this.name = `run-${plan.seed}`;
    this.folder = world.folderOf(this.name);
    world.server.clock.skewMs = plan.skewMs;
    const inOrder = plan.inOrder && isUnordered === undefined;
    this.log =
      plan.kind === "file"
        ? new FileLog(this.folder, this.chance)
        : new SlsLog(world.server, this.chance, {
            name: this.name,
            shards: plan.shards,
            inOrder,
            isGrouped: plan.isGrouped,
          });
    if (beginsAtEnd) this.sls?.loseBegin();
  }

  get sls(): SlsLog | undefined {
    return this.log instanceof SlsLog ? this.log : undefined;
  }

  get file(): FileLog | undefined {
    return this.log instanceof FileLog ? this.log : undefined;
  }

  /** Starts all readers. */
  async begin(): Promise<void> {
    const isCluster = this.plan.kind === "cluster";
    const redis = isCluster ? { cluster: { redis: await this.world.emptyRedis(), profile: "fast" } } : {};
    // JSON is YAML.
    const settings = { ...redis, logs: { sources: [this.log.source] } };
    writeFileSync(join(this.folder, "banyan.yaml"), JSON.stringify(settings));
    await Promise.all((isCluster ? ["ash", "elm", "oak"] : ["solo"]).map((name) => this.start(name)));
  }

  /** Has a process be the reader of this name; whoever was it has ended. False when it was killed before it served. */
  async start(name: string): Promise<boolean> {
    const reader = await this.world.take();
    this.readers.set(name, reader);
    void reader.ended.then(() => {
      this.#serving.delete(reader);
      if (!reader.isEnding) this.problems.push(`a reader ended unasked: ${reader.complaints}`);
    });
    const { folder } = this;
    const hasBegun = await reader.begin({ folder, name, bug: this.#bug });
    if (hasBegun) this.#serving.add(reader);
    return hasBegun;
  }

  /** Does something to readers when what was begun before is done. */
  inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** Any reader that serves. */
  any(): ReaderHandle | undefined {
    return this.chance.shuffled([...this.#serving].filter(({ isPaused }) => !isPaused))[0];
  }

  async kill(reader: ReaderHandle): Promise<void> {
    this.kills++;
    this.#serving.delete(reader);
    await reader.kill();
  }

  /** Ends a reader in order; its process can be another one. */
  async end(reader: ReaderHandle): Promise<void> {
    this.#serving.delete(reader);
    reader.isEnding = true;
    if (await reader.end()) {
      reader.isEnding = false;
      this.world.giveBack(reader);
      return;
    }
    if (reader.isAlive) this.problems.push(`reader ${reader.name} did not end in order`);
    await reader.kill();
  }

  /** Looks again and again, until `stopLooking`. */
  async keepLooking(): Promise<void> {
    while (!this.#isOver) {
      await this.look();
      await pause(LOOK_EVERY_MS);
    }
  }

  stopLooking(): void {
    this.#isOver = true;
  }

  /** Asks a reader what became of everything, and holds it against what must always be so; undefined when nobody answers. */
  async look(): Promise<readonly PartitionAccount[] | undefined> {
    const [reader] = this.chance.shuffled([...this.#serving].filter(({ wasPaused }) => !wasPaused));
    const anyone = reader ?? [...this.#serving].find(({ isPaused }) => !isPaused);
    // Accounts are asked for one by one: what had begun before is held against what is said now.
    const before = new Map(this.seen);
    const accounts = await anyone?.look();
    if (accounts === undefined) return undefined;
    this.looks++;
    this.problems.push(...checkIdentity(accounts), ...checkNeverBack(this.seen, accounts));
    if (this.plan.inOrder) {
      const early = this.log.tooEarly(before, accounts);
      this.problems.push(...early.map((partition) => `L6 ${partition} was read before those before it`));
    }
    for (const account of accounts) this.seen.set(account.partition, account);
    return accounts;
  }

  /** A reader that can be asked for everything. */
  get serving(): ReaderHandle | undefined {
    return [...this.#serving].find(({ isPaused }) => !isPaused);
  }

  /** Ends all readers, and forgets the log. */
  async close(): Promise<void> {
    this.stopLooking();
    await Promise.all(
      Array.from(this.readers.values(), async (reader) => {
        if (reader.isPaused) reader.resume();
        if (this.#serving.has(reader)) await this.end(reader);
        else if (reader.isAlive && reader.isEnding === false) await reader.kill();
      }),
    );
    this.log.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
