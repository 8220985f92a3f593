import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ENVIRONMENT_PREFIX } from "../settings-names.ts";
import { Refusal } from "../refusal.ts";
import { OwnProcess } from "./child-process.ts";

const CLI = fileURLToPath(new URL("../cli.js", import.meta.url));
/** What is shown of a node's log. */
const SHOWN: readonly unknown[] = ["warn", "error", "fatal"];
/** What every line has, and nobody needs here. */
const KNOWN = new Set(["level", "time", "node", "event"]);

/** Where a node is reached. */
export interface DevUrls {
  readonly opsUrl: string;
  readonly listeners: Readonly<Record<string, string>>;
}

/** How a node is started. */
export interface DevNodeOrders {
  readonly name: string;
  readonly folder: string;
  readonly redisUrl: string;
  /** By setting. */
  readonly ports: DevPorts;
  readonly say: (line: string) => void;
}

interface LogLine {
  readonly level?: string;
  readonly event?: string;
  readonly incarnation?: string;
  readonly opsUrl?: string;
  readonly listeners?: Readonly<Record<string, string>>;
}

/** Ports by the name of their setting. */
export type DevPorts = Readonly<Record<string, number>>;

const DEFAULTS: DevPorts = {
  "listeners.web.port": 9501,
  "listeners.length.port": 9502,
  "listeners.line.port": 9503,
  "ops.port": 9510,
};

/** The ports of the defaults so much further up; undefined takes free ones. */
export function portsUp(by: number | undefined): DevPorts {
  const moved = Object.entries(DEFAULTS).map(([setting, port]) => [
    setting,
    by === undefined ? 0 : port + by,
  ]);
  return Object.fromEntries(moved) as DevPorts;
}

/** The ports at which a node is reached: for the next one in its place. */
export function portsOf({ opsUrl, listeners }: DevUrls): DevPorts {
  const urls = Object.entries(listeners).map(([name, url]) => [`listeners.${name}.port`, url] as const);
  return Object.fromEntries(
    [...urls, ["ops.port", opsUrl] as const].map(([setting, url]) => [setting, Number(new URL(url).port)]),
  );
}

/** A process of one of the nodes, whose trouble is shown and whose other words are not. */
export class DevNode {
  readonly name: string;
  /** Where commands find it. */
  readonly dataDir: string;
  readonly process: OwnProcess;
  /** Resolves when it serves. @throws Refusal when it ends before that */
  readonly serving: Promise<DevUrls>;
  /** Its present life in the cluster; undefined before the first one. */
  incarnation: string | undefined = undefined;

  constructor({ name, folder, redisUrl, ports, say }: DevNodeOrders) {
    this.name = name;
    this.dataDir = join(folder, "data");
    mkdirSync(folder, { recursive: true });
    let serves = (_urls: DevUrls): void => undefined;
    const serving = new Promise<DevUrls>((resolve) => (serves = resolve));
    const set = Object.entries(ports).flatMap(([setting, port]) => ["--set", `${setting}=${port}`]);
    this.process = new OwnProcess({
      command: process.execPath,
      words: [
        CLI,
        "start",
        "--workers",
        "0",
        "--name",
        name,
        "--data-dir",
        this.dataDir,
        "--set",
        "log.format=json",
        ...set,
      ],
      folder,
      environment: environmentFor(redisUrl),
      onLine: (text, from) => {
        const line = from === "out" ? parsed(text) : undefined;
        if (line?.event === "cluster.joined") this.incarnation = line.incarnation;
        if (line?.event === "node.started") serves(line as DevUrls);
        const shown = line === undefined ? text : trouble(line);
        if (shown !== undefined && shown !== "") say(`${name}  ${shown}`);
      },
    });
    this.serving = Promise.race([serving, this.process.ended.then((how) => refuse(name, how))]);
    // It is asked for later; what goes wrong until then is not unhandled.
    this.serving.catch(() => undefined);
  }
}

/** A setting of the shell that starts all three must not reach them: they would share it. */
function environmentFor(redisUrl: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith(ENVIRONMENT_PREFIX));
  return { ...Object.fromEntries(others), BANYAN_CLUSTER_REDIS: redisUrl };
}

function refuse(name: string, how: string): never {
  throw new Refusal("failed", `node ${name} does not start: ${how}`);
}

function parsed(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

function trouble(line: LogLine): string | undefined {
  if (!SHOWN.includes(line.level)) return undefined;
  const rest = Object.entries(line).filter(([name]) => !KNOWN.has(name));
  const fields = rest.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(" ");
  return `${line.level}  ${line.event}  ${fields}`.trimEnd();
}
