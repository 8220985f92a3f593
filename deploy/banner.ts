import { relative } from "node:path";
import type { KeptSecret } from "./data-directory.ts";
import type { ReadySettings } from "./node-secrets.ts";
import type { RunningNode } from "./running-node.ts";
import { trafficLink, treeLink } from "./tree-link.ts";

/** What the banner tells. */
export interface BannerParts {
  readonly version: string;
  readonly node: RunningNode;
  readonly ready: ReadySettings;
  /** Paths are shown relative to it. */
  readonly folder: string;
  /** A person reads it, and nothing keeps it: a secret may be shown. */
  readonly isTerminal: boolean;
}

/** What a person reads when a node has started: where it is, and what to try first. Pure. */
export function banner({ version, node, ready, folder, isTerminal }: BannerParts): string {
  const { settings, opsToken } = ready;
  const web = Object.values(node.listeners).find((url) => url.startsWith("http"));
  const tcp = settings.listeners.filter(({ kind }) => kind === "tcp");
  const shown = (path: string): string => shortest(path, folder);
  const key = isTerminal ? opsToken?.value : undefined;
  return [
    "",
    `  Banyan ${version}, node ${settings.name}`,
    "",
    ...(web === undefined
      ? []
      : [`    pages      ${web}/`, `    WebSocket  ${web.replace(/^http/, "ws")}/chatroom`]),
    ...tcp.map(
      ({ name, framing }) => `    TCP        ${addressOf(node, name)} (${FRAMING_WORDS[framing ?? "line"]})`,
    ),
    `    operators  ${node.opsUrl}`,
    `    tree       ${treeLink(node.opsUrl, key)}`,
    `    traffic    ${trafficLink(node.opsUrl, key)}`,
    ...(opsToken === undefined ? [] : [`    token      ${tokenWords(opsToken, shown, isTerminal)}`]),
    ...(ready.pushKey === undefined ? [] : [`    push key   kept in ${shown(ready.pushKey.path)}`]),
    "",
    "  See the tree:    npm run -s banyan -- tree",
    ...(opsToken === undefined
      ? []
      : [
          `  or:              curl -s -H "Authorization: Bearer $(cat ${shown(opsToken.path)})" ${node.opsUrl}/v1/tree`,
        ]),
    '  Push a message:  npm run -s banyan -- push live/final "Kick-off"',
    "  Stop:            Ctrl-C",
    "",
  ].join("\n");
}

function tokenWords(
  { value, path }: KeptSecret,
  shown: (path: string) => string,
  isTerminal: boolean,
): string {
  return isTerminal ? `${value} (kept in ${shown(path)})` : `kept in ${shown(path)}`;
}

const FRAMING_WORDS = { length: "frames behind a 4-byte length", line: "a frame a line" } as const;

function addressOf({ listeners }: RunningNode, name: string): string {
  return listeners[name]?.replace("tcp://", "") ?? "closed";
}

function shortest(path: string, folder: string): string {
  const short = relative(folder, path);
  return short.startsWith("..") ? path : short;
}
