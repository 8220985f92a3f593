import type { ListenerSettings, NodeSettings } from "../protocols/settings.ts";
import { alarmConflicts } from "./alarm-rules.ts";
import { alertConflicts } from "./alert-rules.ts";
import { clusterConflicts } from "./cluster-rules.ts";
import { logConflicts } from "./log-rules.ts";
import { isLoopback } from "./loopback.ts";
import { dayZoneConflicts, metricConflicts } from "./metric-rules.ts";
import type { SettingPath, SettingProblem } from "./settings-check.ts";

/** What no schema can say: how settings must fit each other. Pure; one function a rule. */
export function findConflicts(settings: NodeSettings): readonly SettingProblem[] {
  return [
    ...repeated(
      settings.listeners.map(({ name }) => name),
      (index) => ["listeners", index, "name"],
    ),
    ...repeated(
      settings.push.keys.map(({ id }) => id),
      (index) => ["push", "keys", index, "id"],
    ),
    ...settings.listeners.flatMap(misfitsOfListener),
    ...sharedPorts(settings),
    ...openOperatorsPort(settings),
    ...frameLargerThanBuffer(settings),
    ...clusterConflicts(settings),
    ...alarmConflicts(settings.alarms),
    ...logConflicts(settings.logs),
    ...metricConflicts(settings.metrics),
    ...alertConflicts(settings.alerts, settings.metrics),
    ...dayZoneConflicts(settings.dayZones),
  ];
}

function problem(path: SettingPath, text: string): SettingProblem {
  return { path, at: "value", text };
}

function repeated(names: readonly string[], pathOf: (index: number) => SettingPath): SettingProblem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [problem(pathOf(index), `is "${name}" a second time; names must differ`)],
  );
}

function misfitsOfListener(listener: ListenerSettings, index: number): SettingProblem[] {
  const place: SettingPath = ["listeners", index];
  const { name, kind, framing, routes } = listener;
  if (kind === "http") {
    if (framing === undefined) return [];
    return [
      problem([...place, "framing"], `is for TCP only, and listener ${name} is of kind http; leave it out`),
    ];
  }
  const misfits: SettingProblem[] = [];
  if (framing === undefined) {
    misfits.push(
      problem([...place, "framing"], `is missing; TCP listener ${name} needs one of length, line`),
    );
  }
  if (routes === undefined) {
    misfits.push(problem([...place, "routes"], `is missing; TCP listener ${name} needs at least one route`));
  }
  return misfits;
}

interface BoundPort {
  readonly owner: string;
  readonly host: string;
  readonly port: number;
  readonly path: SettingPath;
}

function sharedPorts({ listeners, ops }: NodeSettings): SettingProblem[] {
  const bound: BoundPort[] = listeners.map(({ name, host, port }, index) => ({
    owner: `listener ${name}`,
    host,
    port,
    path: ["listeners", index, "port"],
  }));
  bound.push({ owner: "ops", host: ops.host, port: ops.port, path: ["ops", "port"] });
  return bound.flatMap(({ host, port, path }, index) => {
    const other = bound
      .slice(0, index)
      .find((earlier) => port !== 0 && earlier.port === port && overlap(earlier.host, host));
    return other === undefined ? [] : [problem(path, `is ${port}, and ${other.owner} has that port already`)];
  });
}

function overlap(hostA: string, hostB: string): boolean {
  const everywhere = ["0.0.0.0", "::"];
  return hostA === hostB || everywhere.includes(hostA) || everywhere.includes(hostB);
}

function openOperatorsPort({ ops }: NodeSettings): SettingProblem[] {
  if (isLoopback(ops.host) || ops.token !== undefined) return [];
  const text = `is ${ops.host}, which other machines reach; set ops.token (at least 16 characters), or bind 127.0.0.1`;
  return [problem(["ops", "host"], text)];
}

function frameLargerThanBuffer({ limits }: NodeSettings): SettingProblem[] {
  if (limits.frameBytes <= limits.outboundBytes) return [];
  const text = `is ${limits.outboundBytes}, less than limits.frameBytes (${limits.frameBytes}): no such frame could be sent on`;
  return [problem(["limits", "outboundBytes"], text)];
}
