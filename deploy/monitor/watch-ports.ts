import type { NodeSettings } from "../../protocols/settings.ts";
import { PinoLogger } from "../../runtime/telemetry/pino-logger.ts";
import { stopSignal } from "../stop-signals.ts";
import { PortMonitor } from "./port-monitor.ts";
import type { MonitorRules } from "./port-monitor.ts";
import type { PortTarget } from "./port-target.ts";

/** Runs a monitor until a signal stops it. */
export async function watchPorts(
  settings: NodeSettings,
  rules: MonitorRules,
  targets: () => readonly PortTarget[],
): Promise<void> {
  const name = `${settings.name}-monitor`;
  const format = settings.log.format === "pretty" ? "pretty" : "json";
  const log = new PinoLogger({ level: settings.log.level, format, node: name });
  const ended = new AbortController();
  void stopSignal().then(() => ended.abort());
  log.info("monitor.started", { targets: targets().map(({ url }) => url), ...rules });
  await new PortMonitor({ name, alarms: settings.alarms, rules, log, targets }).run(ended.signal);
}
