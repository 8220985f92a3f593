import type { NodeSettings } from "../../protocols/settings.ts";
import { urlHost } from "../../runtime/net/url-host.ts";
import { Refusal } from "../refusal.ts";
import type { RunningNode } from "../running-node.ts";

/** One port that is watched. */
export interface PortTarget {
  /** As alarms call it: the listener's name, or the address. */
  readonly name: string;
  /** `http://host:port/path`, or `tcp://host:port`. */
  readonly url: string;
  /** How frames stand in a stream; a TCP port without it is only connected to. */
  readonly framing?: "length" | "line";
}

/** The path by which a node says whether it lives; on the operators' port, without a token. */
const HEALTH_PATH = "/healthz";
const SCHEMES: readonly string[] = ["http:", "https:", "tcp:"];

/** The ports of a node: where it says that it is, else where its settings put it. A port that nobody knows is left out. Pure. */
export function nodeTargets(settings: NodeSettings, announced: RunningNode | undefined): PortTarget[] {
  const { listeners, ops } = settings;
  const gateway = listeners.map(({ name, kind, host, port, framing }) => ({
    name,
    url: announced?.listeners[name] ?? addressOf(kind, host, port),
    ...(framing === undefined ? {} : { framing }),
  }));
  const health = `${announced?.opsUrl ?? addressOf("http", ops.host, ops.port)}${HEALTH_PATH}`;
  return [...gateway, { name: "ops", url: health }].filter(({ url }) => new URL(url).port !== "0");
}

function addressOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${urlHost(host)}:${port}`;
}

/** The target that a flag names. Pure. @throws Refusal when it is no address */
export function namedTarget(text: string): PortTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && SCHEMES.includes(url.protocol) && (url.protocol !== "tcp:" || url.port !== "")) {
    return { name: text, url: text };
  }
  throw new Refusal("usage", `--target ${text}: write it as http://host:port/path or tcp://host:port`);
}
