import type { AlertChange, AlertPhase, Judgement, Mover } from "../../protocols/alert-rule.ts";
import { BLOCK_MS } from "../counting/cells.ts";
import { BlockMemory } from "./block-memory.ts";
import type { StoredMemory } from "./block-memory.ts";
import type { PhaseState } from "./next-phase.ts";

/** What has become of an alert, that is kept; the oldest is forgotten. */
export const CHANGES_MAX = 200;
/** Deployments that are remembered. */
export const DEPLOYMENTS_MAX = 20;

/** What is stored of an alert. */
export interface AlertState {
  next: number | undefined;
  phase: PhaseState;
  sinceBlock: number | undefined;
  badSinceBlock: number | undefined;
  firedBlock: number | undefined;
  latest: Judgement | undefined;
  /** The latest bad block of what is wrong now. */
  latestBad: Judgement | undefined;
  acknowledged: { readonly by: string; readonly atMs: number } | undefined;
  silencedUntilMs: number | undefined;
  /** Since when people know of it, who were not told since that it is over. */
  toldAtMs: number | undefined;
  movers: readonly Mover[] | undefined;
  changes: readonly AlertChange[];
  deployedMs: readonly number[];
  /** Of what it looks at; undefined before it has judged. */
  digest: string | undefined;
  memory: BlockMemory;
}

/** One that has judged nothing. */
export function newAlertState(): AlertState {
  return {
    next: undefined,
    phase: { phase: "inactive", recent: [], goodRow: 0 },
    sinceBlock: undefined,
    badSinceBlock: undefined,
    firedBlock: undefined,
    latest: undefined,
    latestBad: undefined,
    acknowledged: undefined,
    silencedUntilMs: undefined,
    toldAtMs: undefined,
    movers: undefined,
    changes: [],
    deployedMs: [],
    digest: undefined,
    memory: new BlockMemory(),
  };
}

/** Whether something is wrong, for all that is known. Pure. */
export function isOn(phase: AlertPhase): boolean {
  return phase === "firing" || phase === "recovering";
}

/** How an alert stands, in one word: where nothing fires, that no value can be made of a block is news of its own. Pure. */
export function stateOf(phase: AlertPhase, latest: Judgement | undefined): AlertPhase | "noData" {
  return latest?.sense === "none" && !isOn(phase) ? "noData" : phase;
}

/** Notes something that has become of it. */
export function noteChange(state: AlertState, change: AlertChange): void {
  state.changes = [...state.changes, change].slice(-CHANGES_MAX);
}

/** Has it begin anew where its rule looks at something else than before: what was counted of that says nothing of this. */
export function followRule(state: AlertState, digest: string | undefined): void {
  const isAnother = state.digest !== undefined && digest !== undefined && state.digest !== digest;
  if (isAnother) {
    const { next, silencedUntilMs, toldAtMs, changes, deployedMs } = state;
    Object.assign(state, { ...newAlertState(), next, silencedUntilMs, toldAtMs, changes, deployedMs });
  }
  state.digest = digest ?? state.digest;
}

/** When a block is over. Pure. */
export function endOfBlock(block: number): number {
  return (block + 1) * BLOCK_MS;
}

/** A copy that can be changed without the other. */
export function copyOf(state: AlertState): AlertState {
  return { ...state, memory: state.memory.copy() };
}

type Stored = Omit<AlertState, "memory"> & { readonly memory: StoredMemory };

/** How it is stored as a whole. */
export const ALERT_SNAPSHOT = {
  version: 1,
  dump: (state: AlertState): Stored => ({ ...state, memory: state.memory.dump() }),
  load: (data: unknown): AlertState => ({
    ...newAlertState(),
    ...(data as Stored),
    memory: BlockMemory.load((data as Stored).memory),
  }),
} as const;
