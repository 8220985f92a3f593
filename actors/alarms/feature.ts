import { AlarmsProtocol } from "../../protocols/alarms.ts";
import { alarmWordOf } from "../../runtime/alarms/event-alarms.ts";
import type { Feature } from "../../runtime/feature.ts";
import { alarmChannels } from "./alarm-channels.ts";
import { addAlarmMetrics } from "./alarm-metrics.ts";
import { alarmRoutes } from "./alarm-routes.ts";
import { Alarms } from "./alarms.ts";

/** Tells people what goes wrong in the node: what its log says that somebody must look at, and what other features raise. */
export const alarmsFeature: Feature = {
  name: "alarms",
  start({ settings, system, metrics, onEvent, hostLink, status }) {
    const { alarms: policy } = settings;
    const { quietMs } = policy;
    // Until this process serves, the one before it tells what the host has seen.
    const hostReport =
      hostLink === undefined ? undefined : () => (status() === "starting" ? undefined : hostLink.report());
    const wallMs = () => system.clock.wallMs();
    const channels = alarmChannels(policy, { log: system.log, wallMs });
    const alarms = system.spawn(Alarms, "alarms", {
      node: settings.name,
      policy,
      channels,
      quietMs,
      hostReport,
    });
    addAlarmMetrics(metrics, channels);
    onEvent((event, fields) => {
      const word = alarmWordOf(event, fields, quietMs);
      if (word?.kind === "raise") system.tell(alarms, { kind: "raise", ...word.call });
      if (word?.kind === "clear") system.tell(alarms, { kind: "clear", key: word.key });
    });
    return {
      operatorRoutes: alarmRoutes(alarms, channels),
      offers: [{ protocol: AlarmsProtocol, reference: alarms }],
    };
  },
};
