import type { NodeRole } from "../protocols/cluster-settings.ts";
import type { NodeSettings } from "../protocols/settings.ts";
import { Refusal } from "./refusal.ts";

/** One worker of a host: its number, and what it is there for. */
export interface PlannedWorker {
  readonly number: number;
  readonly roles: readonly NodeRole[];
}

/** The workers that the settings ask for, numbered from 1, those that take clients first. Pure. */
export function plannedWorkers({ host, cluster }: NodeSettings): readonly PlannedWorker[] {
  const roles =
    host.workersByRole.length === 0
      ? Array.from({ length: host.workers }, () => cluster.roles)
      : host.workersByRole.toSorted(gatewaysFirst).flatMap(rolesOf);
  return roles.map((of, index) => ({ number: index + 1, roles: of }));
}

function gatewaysFirst(one: string, other: string): number {
  return Number(other.startsWith("gateway=")) - Number(one.startsWith("gateway="));
}

/** Logs have no workers of their own here: those that count them read them, too. */
function rolesOf(text: string): (readonly NodeRole[])[] {
  const [role, count] = text.split("=");
  const roles: readonly NodeRole[] = role === "entities" ? ["entities", "logs"] : [role as NodeRole];
  return Array.from({ length: Number(count) }, () => roles);
}

/**
 * The settings of one worker. As one of several it is a node of its own: with a name of its own, and with an operators' port of its own, because
 * on a shared one another worker would answer each time. Pure.
 * @throws Refusal when the host was started with more workers than the settings ask for now: it would be a second node in the place of another one
 */
export function settingsOfWorker(settings: NodeSettings, number: number): NodeSettings {
  const all = plannedWorkers(settings);
  const planned = all.find((worker) => worker.number === number);
  if (planned === undefined && number > 1) throw new Refusal("settings", tooFew(all.length, number));
  if (planned === undefined) return settings;
  const cluster = { ...settings.cluster, roles: [...planned.roles] };
  if (all.length === 1) return { ...settings, cluster };
  const ops = number === 1 ? settings.ops : { ...settings.ops, port: 0 };
  return { ...settings, cluster, ops, name: `${settings.name}-${number}` };
}

function tooFew(count: number, number: number): string {
  return `the settings ask for ${count} workers now, and the host was started with more: this is number ${number}; banyan stop, then start, changes how many there are`;
}

/** The settings without the doors for clients where a node is not there for clients. One that stands alone is there for everything. Pure. */
export function withinRoles(settings: NodeSettings): NodeSettings {
  return hasRole(settings, "gateway") ? settings : { ...settings, listeners: [] };
}

/** Whether a node is there for this. Pure. */
export function hasRole({ cluster }: NodeSettings, role: NodeRole): boolean {
  return cluster.redis === undefined || cluster.roles.includes(role);
}
