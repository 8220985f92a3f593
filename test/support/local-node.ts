import { tmpdir } from "node:os";
import { opsFeature } from "../../actors/ops/feature.ts";
import { loadSettings } from "../../deploy/settings.ts";
import type { NodeSettings } from "../../protocols/settings.ts";
import type { Feature } from "../../runtime/feature.ts";
import { BanyanNode } from "../../runtime/node.ts";
import type { NodeParts } from "../../runtime/node.ts";
import { MemoryJournal } from "../../runtime/persistence/memory-journal.ts";
import { CountingLog } from "../../runtime/telemetry/counting-log.ts";
import { SILENT } from "../../runtime/telemetry/silent-log.ts";

const FREE_PORTS = ["listeners.web.port", "listeners.length.port", "listeners.line.port", "ops.port"];
const STOP_LIMIT_MS = 10_000;

/** A node in this process, on free ports, with what the test wants to reach. */
export interface LocalNode {
  readonly node: BanyanNode;
  /** What has happened in it. */
  readonly log: CountingLog;
  /** The port of a listener, by its name. */
  readonly portOf: (listener: string) => number;
  readonly stop: () => Promise<void>;
}

/** What a node stores on. */
export type LocalParts = Pick<NodeParts, "journal" | "owner" | "cluster" | "reminders">;

/** Starts a node with some features and the operators' port in the test's own process; `change` sets what the defaults do not suit. */
export async function startLocalNode(
  features: readonly Feature[],
  change: (settings: NodeSettings) => NodeSettings = (settings) => settings,
  partsFor: (settings: NodeSettings) => LocalParts | Promise<LocalParts> = () => ({}),
): Promise<LocalNode> {
  const flags = FREE_PORTS.map((dotted) => ({ dotted, text: "0", flag: "test" }));
  flags.push({ dotted: "ops.token", text: "the-operators-token-of-a-test", flag: "test" });
  const settings = change(loadSettings({ folder: tmpdir(), environment: {}, flags }));
  const log = new CountingLog(SILENT);
  // It promises what features ask for, and keeps it as long as the test's process.
  const journal = new MemoryJournal({ strongest: "replicated" });
  const node = new BanyanNode({
    settings,
    features: [...features, opsFeature],
    log,
    version: "test",
    journal,
    ...(await partsFor(settings)),
  });
  await node.start();
  const { listeners } = node.urls();
  return {
    node,
    log,
    portOf: (listener) => Number(new URL(listeners[listener] ?? "").port),
    stop: async () => {
      if (!(await node.stop(STOP_LIMIT_MS))) throw new Error("the node did not stop in time");
    },
  };
}
