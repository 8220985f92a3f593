/**
 * A node of a cluster as a process of its own, without doors for clients: `chaos-node.js NAME REDIS_URL FOLDER [SETTING=VALUE ...]`. What it is told to do and what it says is in `node-words.ts`,
 * over the channel of `fork`. SIGTERM has it leave in order.
 */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { openCluster } from "../../../deploy/open-cluster.ts";
import { loadSettings } from "../../../deploy/settings.ts";
import type { Reference } from "../../../protocols/reference.ts";
import type { Feature } from "../../../runtime/feature.ts";
import { BanyanNode } from "../../../runtime/node.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { CountingLog } from "../../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../../runtime/telemetry/silent-log.ts";
import { Load } from "./load.ts";
import type { EndedWord, NodeCommand, NodeReport, NodeWord, SaidWord, Tallies } from "./node-words.ts";
import { OK, OUT_OF_TIME } from "./node-words.ts";
import { PlantedBugs } from "./planted-bugs.ts";
import { Rounds } from "./rounds.ts";
import { SignedJournal } from "./signed-journal.ts";
import { BELL, tally, TALLY_DURABILITIES } from "./tally.ts";
import type { TallyDurability, TallyProtocol } from "./tally.ts";

const STOP_WITHIN_MS = 10_000;
const PROBE_WITHIN_MS = 700;
const PROBE_AGAIN_MS = 25;
/** Doors that are not needed, and a port that is free. */
const SETTINGS = { "cluster.profile": "fast", "ops.port": "0" };

const [name = "", url = "", folder = "", ...more] = process.argv.slice(2);
const words: (SaidWord | EndedWord)[] = [];
const types = new Map<TallyDurability, EntityType<TallyProtocol>>();
const bugs = new PlantedBugs();
let load: Load | undefined;
let rounds: Rounds | undefined;
let doubtful = 0;

const say = (word: NodeWord): void => void process.send?.(word);

/** What happens in one turn is said together. */
function happened(word: SaidWord | EndedWord): void {
  if (words.push(word) > 1) return;
  setImmediate(() => say({ kind: "happened", atMs: Date.now(), words: words.splice(0) }));
}

const tallies: Feature = {
  name: "tallies",
  start({ entities }) {
    for (const durability of TALLY_DURABILITIES) {
      types.set(durability, entities.offer(tally(durability), { node: name }));
    }
    return {};
  },
};

const log = new CountingLog(SILENT);
log.listen((event, fields) => {
  if (event === "entity.fenced" || event === "entity.notStored") doubtful += Number(fields["decisions"] ?? 0);
  const { err, ...rest } = fields;
  const error = err instanceof Error ? { error: err.message } : {};
  const line = { at: new Date().toISOString(), event, ...rest, ...error };
  appendFileSync(join(folder, `${name}.log`), `${JSON.stringify(line)}\n`);
});
const wanted = Object.fromEntries(more.map((word) => word.split("=") as [string, string]));
const flags = Object.entries({ ...SETTINGS, ...wanted, name, "cluster.redis": url }).map(
  ([dotted, text]) => ({ dotted, text, flag: "chaos" }),
);
const settings = { ...loadSettings({ folder, environment: {}, flags }), listeners: [] };
const stores = await openCluster(settings, log, (incarnation) => say({ kind: "incarnation", incarnation }));
const node = new BanyanNode({
  settings,
  features: [tallies],
  log,
  version: "0.0.0",
  journal: new SignedJournal(bugs.journal(stores.journal)),
  reminders: stores.reminders,
  cluster: bugs.cluster(stores.cluster),
  onFailure: (error) => {
    throw error as Error;
  },
});

function typeOf({ durability }: Tallies): EntityType<TallyProtocol> {
  const type = types.get(durability);
  if (type === undefined) throw new Error(`there are no ${durability} tallies`);
  return type;
}

function report(): NodeReport {
  const counted = [...node.system.deadLetters.counts]
    .filter(([reason]) => reason !== "lateReply" && reason !== "askEnded")
    .reduce((sum, [, count]) => sum + count, 0);
  const { rss: rssBytes } = process.memoryUsage();
  return { open: load?.open ?? 0, counted, doubtful, active: node.entities.activeCount, rssBytes };
}

async function answers(to: Reference<TallyProtocol>, untilMs: number): Promise<boolean> {
  for (;;) {
    try {
      await node.system.ask(to, { kind: "read" }, { deadlineMs: PROBE_WITHIN_MS });
      return true;
    } catch {
      if (performance.now() > untilMs) return false;
      await new Promise((resolve) => setTimeout(resolve, PROBE_AGAIN_MS));
    }
  }
}

async function probe({
  id,
  tallies: asked,
  withinMs,
}: Extract<NodeCommand, { kind: "probe" }>): Promise<void> {
  const sinceMs = performance.now();
  const type = typeOf(asked);
  const all = await Promise.all(
    asked.ids.map(async (tallyId) => ({
      tallyId,
      isThere: await answers(type.entity(tallyId), sinceMs + withinMs),
    })),
  );
  const silent = all.filter(({ isThere }) => !isThere).map(({ tallyId }) => tallyId);
  say({ kind: "probed", id, silent, ms: performance.now() - sinceMs });
}

function remind({ tallies: asked, seqs, afterMs }: Extract<NodeCommand, { kind: "remind" }>): void {
  const type = typeOf(asked);
  for (const id of asked.ids) {
    node.system.ask(type.entity(id), { kind: "remind", seqs: [...seqs], afterMs }).then(
      () => {
        for (const seq of seqs) happened(["ended", id, BELL, seq, OK]);
      },
      () => undefined,
    );
  }
}

function block(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

function obey(command: NodeCommand): void {
  switch (command.kind) {
    case "load":
      load?.end();
      load = new Load({
        system: node.system,
        type: typeOf(command.order.tallies),
        order: command.order,
        say: happened,
      });
      return;
    case "quiet":
      return load?.quiet();
    case "forgetLoad":
      load?.end();
      load = undefined;
      return;
    case "rounds":
      rounds = new Rounds({ system: node.system, type: typeOf(command.tallies), ...command });
      return;
    case "stopRounds":
      return void rounds?.stop().then((ended) => say({ kind: "roundsEnded", id: command.id, report: ended }));
    case "block":
      return block(command.ms);
    case "plant":
      bugs.bug = command.bug;
      return;
    case "remind":
      return remind(command);
    case "report":
      return say({ kind: "report", id: command.id, report: report() });
    case "probe":
      return void probe(command);
  }
}

process.on("message", (command) => obey(command as NodeCommand));
process.on("disconnect", () => process.exit());
process.once("SIGTERM", () => {
  load?.quiet();
  void node.stop(STOP_WITHIN_MS).then((inTime) => {
    // Not before everything was said.
    process.send?.({ kind: "report", report: report() } satisfies NodeWord, () =>
      process.exit(inTime ? 0 : OUT_OF_TIME),
    );
  });
});
await node.start();
say({ kind: "ready" });
