import type { LogSourceSettings } from "../../../protocols/log-settings.ts";
import { BytePool } from "../../../runtime/sls/byte-pool.ts";
import { slsAccess } from "./sls-access.ts";
import { SlsGroup } from "./sls-group.ts";
import type { SlsGroupLine } from "./sls-group.ts";
import type { SlsLine } from "./sls-reader.ts";
import { SlsSource } from "./sls-source.ts";
import type { SharedSls } from "./sls-source.ts";

/** How long a whole read may take unless the settings say otherwise, in milliseconds. */
const PULL_TIMEOUT_MS = 8_000;
/** A call takes a little less than a puller waits for it: then it is the client who says what was late, in milliseconds. */
const SLACK_MS = 500;
/** How much room for pulled logs is kept that nobody uses, in bytes: a pull is unpacked and counted without a pause, so there is one at a time. */
const ROOM_KEPT_BYTES = 4 * 1_024 * 1_024;
/** How long what is said to a consumer group may take, in milliseconds. */
const GROUP_CALL_MS = 2_800;
/** After so long without a heartbeat a consumer of a new group loses what it holds, in seconds. */
const GROUP_TIMEOUT_SECONDS = 20;

/** As whom this process reads what a group shares out. */
export interface ConsumerPlace extends Pick<SharedSls, "claim" | "release"> {
  /** The same after a restart, and nobody else's. */
  readonly consumer: string;
}

/** What a source is opened with besides its settings. */
export interface SlsOpening {
  readonly wallMs: () => number;
  /** Asked for only where the settings name a group. */
  readonly placeOf: () => ConsumerPlace;
}

/** The logstore that the settings mean; undefined when they are not whole. Nothing is connected before it is read. */
export function openSls(settings: LogSourceSettings, { wallMs, placeOf }: SlsOpening): SlsSource | undefined {
  const { name, logstore, group, from = "begin", inOrder = false } = settings;
  const { pullTimeoutMs: readWithinMs = PULL_TIMEOUT_MS } = settings;
  const access = slsAccess(settings, wallMs);
  if (access === undefined || logstore === undefined) return undefined;
  const { ca, ...shared } = access;
  const pool = new BytePool(ROOM_KEPT_BYTES);
  const connect = async (onProgress: () => void): Promise<SlsLine> => {
    const { connectSls } = await import("./connect-sls.ts");
    const callTimeoutMs = readWithinMs - SLACK_MS;
    return connectSls({ ...shared, ca: ca(), callTimeoutMs, onProgress }, logstore, pool);
  };
  const connectGroup = async (): Promise<SlsGroupLine> => {
    const { connectGroup: open } = await import("./connect-sls.ts");
    return open({ ...shared, ca: ca(), callTimeoutMs: GROUP_CALL_MS }, logstore, group ?? "");
  };
  const { clock } = access;
  const parts = { name, connect, clock, from, inOrder, readWithinMs };
  if (group === undefined) return new SlsSource(parts);
  return new SlsSource({ ...parts, shared: sharedBy(settings, placeOf(), connectGroup) });
}

function sharedBy(
  { group: name = "", groupTimeoutSeconds, inOrder = false }: LogSourceSettings,
  { consumer, claim, release }: ConsumerPlace,
  connect: () => Promise<SlsGroupLine>,
): SharedSls {
  const timeoutSeconds = groupTimeoutSeconds ?? GROUP_TIMEOUT_SECONDS;
  const group = new SlsGroup({ name, consumer, timeoutSeconds, isOrdered: inOrder, connect });
  return { group, claim, release };
}
