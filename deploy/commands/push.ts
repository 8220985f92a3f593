import { Command } from "commander";
import { randomUUID } from "node:crypto";
import type { NodeSettings, PushKey } from "../../protocols/settings.ts";
import { sign } from "../../runtime/identity/signature.ts";
import { urlHost } from "../../runtime/net/url-host.ts";
import { DataDirectory } from "../data-directory.ts";
import { LOCAL_KEY_ID, PUSH_KEY_FILE } from "../node-secrets.ts";
import { Refusal } from "../refusal.ts";
import { findNode } from "../running-node.ts";
import { addSettingsOptions, settingsOf } from "./settings-options.ts";

const PUSH_PATH = "/chatroom/push";
const REQUEST_LIMIT_MS = 10_000;

const EXAMPLES = `
Examples:
  banyan push live/final "Kick-off"
  banyan push live/final "1:0!" --fact home=1 --fact away=0 --from scorer
  banyan push chat/lobby "The server restarts at noon"`;

interface PushOptions {
  readonly fact?: readonly string[];
  readonly from?: string;
  readonly id?: string;
  readonly key?: string;
  readonly url?: string;
}

/** `banyan push`: posts into a room as a service does, signed with the key of the data directory. */
export function pushCommand(): Command {
  const command = new Command("push")
    .summary("post into a room, signed as a service does it")
    .description(
      "Posts into a room, signed as a service does it. Facts stay with the room and are shown to who comes later.",
    )
    .argument("<room>", "the room, such as live/final")
    .argument("<text>", "what to say")
    .option(
      "--fact <name=value>",
      "what is now known; may be repeated",
      (text: string, earlier?: readonly string[]) => [...(earlier ?? []), text],
    )
    .option("--from <name>", "who says it (default: the id of the key)")
    .option("--id <id>", "names the push: sent again under the same id, it is posted once")
    .option(
      "--key <id>",
      "the key of the settings to sign with (default: the first, or the one that the node has made)",
    )
    .option("--url <url>", "the gateway (default: the node of the data directory)")
    .addHelpText("after", EXAMPLES);
  return addSettingsOptions(command, ["port"]).action(
    async (room: string, text: string, options: PushOptions) => {
      const settings = await settingsOf({ ...options });
      const directory = new DataDirectory(settings.dataDir);
      const key = pushKeyOf(settings, directory, options.key);
      const url = gatewayUrl(settings, directory, options.url);
      const answer = await post(url, key, bodyOf(room, text, options));
      console.log(`${room}: publication ${answer.offset} of epoch ${answer.epoch}`);
    },
  );
}

function bodyOf(room: string, text: string, { fact = [], from, id }: PushOptions): string {
  const facts = Object.fromEntries(fact.map(parseFact));
  return JSON.stringify({
    room,
    data: { text },
    ...(fact.length === 0 ? {} : { facts }),
    ...(from === undefined ? {} : { from }),
    ...(id === undefined ? {} : { id }),
  });
}

/** `home=1` is a number, `stadium=Olympic` a text. */
function parseFact(fact: string): [string, unknown] {
  const equals = fact.indexOf("=");
  if (equals < 1) throw new Refusal("usage", `--fact ${fact}: write it as name=value, such as home=1`);
  const value = fact.slice(equals + 1);
  return [fact.slice(0, equals), /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value];
}

type SigningKey = Pick<PushKey, "id" | "kind" | "secret">;

function pushKeyOf(settings: NodeSettings, directory: DataDirectory, wanted: string | undefined): SigningKey {
  const { keys } = settings.push;
  const made = keys.length === 0 ? directory.knownSecret(PUSH_KEY_FILE) : undefined;
  const all: SigningKey[] = made === undefined ? keys : [{ id: LOCAL_KEY_ID, kind: "hmac", secret: made }];
  const key = wanted === undefined ? all[0] : all.find(({ id }) => id === wanted);
  if (key !== undefined) return key;
  if (all.length > 0) {
    throw new Refusal("usage", `no key is called ${wanted}; there is ${all.map(({ id }) => id).join(", ")}`);
  }
  throw new Refusal(
    "unavailable",
    `there is no push key in ${settings.dataDir}; has a node been started on it?`,
  );
}

function gatewayUrl(settings: NodeSettings, directory: DataDirectory, url: string | undefined): string {
  if (url !== undefined) return url.replace(/\/+$/, "");
  const http = settings.listeners.find(({ kind }) => kind === "http");
  if (http === undefined) {
    throw new Refusal("usage", "no listener takes HTTP; say where the gateway is with --url");
  }
  return findNode(directory)?.listeners[http.name] ?? `http://${urlHost(http.host)}:${http.port}`;
}

interface Published {
  readonly epoch: string;
  readonly offset: number;
}

async function post(url: string, key: SigningKey, body: string): Promise<Published> {
  const response = await request(url, { "content-type": "application/json", ...proof(key, body) }, body);
  const answer = (await response.json().catch(() => ({}))) as Partial<Published> & {
    text?: string;
    field?: string;
  };
  if (response.ok && answer.epoch !== undefined && answer.offset !== undefined) {
    return { epoch: answer.epoch, offset: answer.offset };
  }
  const why = [answer.field, answer.text ?? `HTTP ${response.status}`]
    .filter((part) => part !== undefined)
    .join(" ");
  throw new Refusal("failed", `the push was refused: ${why}`);
}

function proof(key: SigningKey, body: string): Record<string, string> {
  if (key.kind === "apiKey") return { authorization: `Bearer ${key.secret}` };
  return sign(key, { method: "POST", path: PUSH_PATH, body, timestampMs: Date.now(), nonce: randomUUID() });
}

async function request(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  try {
    return await fetch(url + PUSH_PATH, {
      method: "POST",
      headers,
      body,
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
  } catch (error) {
    throw new Refusal("unavailable", `no gateway answers at ${url}; start one with: banyan start`, {
      cause: error,
    });
  }
}
