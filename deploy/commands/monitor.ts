import { Command } from "commander";
import type { NodeSettings } from "../../protocols/settings.ts";
import { DataDirectory } from "../data-directory.ts";
import type { MonitorRules } from "../monitor/port-monitor.ts";
import { namedTarget, nodeTargets } from "../monitor/port-target.ts";
import type { PortTarget } from "../monitor/port-target.ts";
import { EXIT_CODES, Refusal } from "../refusal.ts";
import { announcedNode } from "../running-node.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const EVERY_MS = "2000";
const TIMEOUT_MS = "1000";
const FAILURES = "2";

const EXAMPLES = `
Examples:
  banyan monitor                                     the node of the data directory, every 2 seconds
  banyan monitor --once                              look once; exits with 1 when a port does not answer
  banyan monitor --target http://10.0.0.7:9510/healthz --target tcp://10.0.0.7:9503

Run it as a process of its own, best on another machine: a dead process cannot report itself. Alarms go out as the settings
under alarms.routes.critical say; with the same settings file as the node, through the same channels.`;

interface MonitorOptions {
  readonly target?: readonly string[];
  readonly every: string;
  readonly timeout: string;
  readonly failures: string;
  readonly once?: boolean;
}

/** `banyan monitor`: looks from outside whether a node answers, and tells people when it does not. */
export function monitorCommand(): Command {
  const command = new Command("monitor")
    .summary("watch the ports of a node from outside, with alarms")
    .description("Looks at the ports of a node from outside, and tells people when one is down and up again.")
    .option(
      "--target <url>",
      "a port to look at instead of the node's; may be repeated",
      (text: string, earlier?: readonly string[]) => [...(earlier ?? []), text],
    )
    .option("--every <ms>", "how often to look, in milliseconds", EVERY_MS)
    .option("--timeout <ms>", "how long a port may take to answer, in milliseconds", TIMEOUT_MS)
    .option("--failures <count>", "how many looks in a row must fail until there is an alarm", FAILURES)
    .option("--once", "look once, print what was found, and exit with 1 when a port does not answer")
    .addHelpText("after", EXAMPLES);
  return addSettingsOptions(command, ["name"]).action(async (options: MonitorOptions) => {
    const rules = rulesOf(options);
    const settings = await settingsOf({ ...options });
    const targets = targetsOf(settings, options.target);
    if (options.once === true) return lookOnce(targets(), rules);
    // Only a monitor that stays needs actors and channels.
    const { watchPorts } = await import("../monitor/watch-ports.ts");
    return watchPorts(settings, rules, targets);
  });
}

function rulesOf({ every, timeout, failures }: MonitorOptions): MonitorRules {
  return {
    everyMs: whole("--every", every),
    timeoutMs: whole("--timeout", timeout),
    failures: whole("--failures", failures),
  };
}

function whole(flag: string, text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new Refusal("usage", `${flag} ${text}: a whole number from 1 on is expected`);
}

/** A node that has stopped takes its announcement back: then its last known ports are looked at. */
function targetsOf(settings: NodeSettings, named: readonly string[] | undefined): () => PortTarget[] {
  if (named !== undefined) {
    const targets = named.map(namedTarget);
    return () => targets;
  }
  const directory = new DataDirectory(settings.dataDir);
  let announced = announcedNode(directory);
  return () => {
    announced = announcedNode(directory) ?? announced;
    return nodeTargets(settings, announced);
  };
}

async function lookOnce(targets: readonly PortTarget[], { timeoutMs }: MonitorRules): Promise<void> {
  const { checkPort } = await import("../monitor/port-check.ts");
  const looks = await Promise.all(
    targets.map(async (target) => ({ target, check: await checkPort(target, timeoutMs) })),
  );
  for (const { target, check } of looks) {
    const found = check.isUp ? `up    ${check.tookMs} ms` : `DOWN  ${check.why}`;
    console.log(`${target.name.padEnd(12)}  ${target.url.padEnd(36)}  ${found}`);
  }
  if (looks.length === 0) {
    throw new Refusal("usage", "no port is known; start the node, or name one with --target");
  }
  process.exitCode = looks.every(({ check }) => check.isUp) ? EXIT_CODES.ok : EXIT_CODES.failed;
}
