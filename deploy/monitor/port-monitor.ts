import { setTimeout as sleep } from "node:timers/promises";
import { Alarms } from "../../actors/alarms/alarms.ts";
import { alarmChannels } from "../../actors/alarms/alarm-channels.ts";
import type { AlarmSettings } from "../../protocols/alarm-settings.ts";
import type { AlarmsProtocol } from "../../protocols/alarms.ts";
import type { Reference } from "../../protocols/reference.ts";
import { ActorSystem } from "../../runtime/kernel/actor-system.ts";
import type { Logger } from "../../runtime/telemetry/logger.ts";
import type { PortCheck } from "./port-check.ts";
import { checkPort } from "./port-check.ts";
import { PortLedger } from "./port-ledger.ts";
import type { PortTarget } from "./port-target.ts";

/** How ports are watched. */
export interface MonitorRules {
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Looks in a row that must fail until there is an alarm. */
  readonly failures: number;
}

/** What a monitor is built from. */
export interface MonitorParts {
  /** As alarms call the one who raises them. */
  readonly name: string;
  readonly alarms: AlarmSettings;
  readonly rules: MonitorRules;
  readonly log: Logger;
  /** The ports, asked for anew before each round: a service that starts again may have others. */
  readonly targets: () => readonly PortTarget[];
}

/** Looks at ports from outside of the service, again and again, and tells people when one is down and when it is up again. */
export class PortMonitor {
  readonly #parts: MonitorParts;
  readonly #system: ActorSystem;
  readonly #alarms: Reference<AlarmsProtocol>;
  readonly #ledger: PortLedger;

  constructor(parts: MonitorParts) {
    const { name, log, alarms, rules } = parts;
    this.#parts = parts;
    this.#ledger = new PortLedger(rules.failures);
    this.#system = new ActorSystem({ name, log });
    const channels = alarmChannels(alarms, { log, wallMs: () => Date.now() });
    this.#alarms = this.#system.spawn(Alarms, "alarms", {
      node: name,
      policy: alarms,
      channels,
      quietMs: alarms.quietMs,
    });
  }

  /** Goes on until the signal, then stops in order. */
  async run(signal: AbortSignal): Promise<void> {
    const { everyMs } = this.#parts.rules;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await this.#round();
      const restMs = Math.max(0, everyMs - (performance.now() - startedMs));
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
    await this.#system.stop();
  }

  async #round(): Promise<void> {
    const { targets, rules } = this.#parts;
    const checks = targets().map(async (target) => {
      this.#note(target, await checkPort(target, rules.timeoutMs));
    });
    await Promise.all(checks);
  }

  #note({ name, url }: PortTarget, check: PortCheck): void {
    const { log } = this.#parts;
    const key = `port.down:${name}`;
    const change = this.#ledger.note(name, check.isUp);
    if (change === "up") {
      log.info("monitor.portUp", { target: name, url });
      this.#system.tell(this.#alarms, { kind: "clear", key });
    }
    if (check.isUp || change !== "down") return;
    const { why } = check;
    log.warn("monitor.portDown", { target: name, url, why });
    const summary = `${name} does not answer at ${url}: ${why}`;
    this.#system.tell(this.#alarms, { kind: "raise", key, severity: "critical", summary, details: { why } });
  }
}
