import type { NodeSettings } from "../protocols/settings.ts";
import { urlHost } from "../runtime/net/url-host.ts";
import { DataDirectory } from "./data-directory.ts";
import { Refusal } from "./refusal.ts";
import { findNode } from "./running-node.ts";

/** The file of the data directory that holds the operators' token. */
export const OPS_TOKEN_FILE = "ops-token";
const REQUEST_LIMIT_MS = 10_000;

/** Talks to the operators' port of a node. */
export class OpsClient {
  readonly #url: string;
  readonly #token: string;
  readonly #unreachable: string;

  /** `unreachable` is what an operator reads when nobody answers. */
  constructor(url: string, token: string, unreachable: string) {
    this.#url = url;
    this.#token = token;
    this.#unreachable = unreachable;
  }

  /** The answer of `GET path`. @throws Refusal when nobody answers, or the answer is a refusal */
  get(path: string, query: Query = {}): Promise<unknown> {
    return this.#call("GET", path + textOf(query));
  }

  /** The answer of `POST path`. @throws Refusal */
  post(path: string, body: object = {}, withinMs?: number): Promise<unknown> {
    return this.#call("POST", path, { body, withinMs });
  }

  /** The answer of `DELETE path`. @throws Refusal */
  delete(path: string): Promise<unknown> {
    return this.#call("DELETE", path);
  }

  async #call(method: string, path: string, options: CallOptions = {}): Promise<unknown> {
    const response = await this.#request(method, path, options);
    const body = (await response.json().catch(() => undefined)) as
      | { field?: string; text?: string }
      | undefined;
    if (response.ok) return body;
    const why = body?.text === undefined ? `HTTP ${response.status}` : wordsOf(body.text, body.field);
    const advice =
      response.status === 401 ? " (is this the data directory of that node? see --data-dir)" : "";
    throw new Refusal("failed", `${why}${advice}`);
  }

  async #request(method: string, path: string, options: CallOptions): Promise<Response> {
    const { body, withinMs = REQUEST_LIMIT_MS } = options;
    const headers = { authorization: `Bearer ${this.#token}` };
    const content =
      body === undefined
        ? { headers }
        : { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
    try {
      return await fetch(this.#url + path, { method, ...content, signal: AbortSignal.timeout(withinMs) });
    } catch (error) {
      throw new Refusal("unavailable", this.#unreachable, { cause: error });
    }
  }
}

/** What stands behind the `?`; what is undefined is left out. */
export type Query = Readonly<Record<string, string | undefined>>;

function textOf(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, value);
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

interface CallOptions {
  readonly body?: object;
  /** How long the answer may take, in milliseconds. */
  readonly withinMs?: number | undefined;
}

/** A rule such as "must be a number" says nothing without the field that it is about. */
function wordsOf(text: string, field: string | undefined): string {
  const isRule = field !== undefined && field !== "" && /^(must|is) /.test(text);
  return isRule ? `${field.replace(/^\//, "")} ${text}` : text;
}

/** The client for the node that these settings describe; `url` overrides where it is. */
export function opsClientOf(settings: NodeSettings, url: string | undefined): OpsClient {
  const directory = new DataDirectory(settings.dataDir);
  const token = settings.ops.token ?? directory.knownSecret(OPS_TOKEN_FILE);
  if (token === undefined) {
    throw new Refusal(
      "unavailable",
      `there is no operators' token in ${settings.dataDir}; has a node been started on it?`,
    );
  }
  if (url !== undefined) return new OpsClient(trimmed(url), token, `no node answers at ${trimmed(url)}`);
  const node = findNode(directory);
  if (node !== undefined) {
    const silent = `the node of ${settings.dataDir}, process ${node.pid}, does not answer at ${node.opsUrl}`;
    return new OpsClient(trimmed(node.opsUrl), token, silent);
  }
  // A node that this machine does not see, as one in a container, may still answer where the settings say.
  const { host, port } = settings.ops;
  const expected = `http://${urlHost(host)}:${port}`;
  const nobody =
    `no node runs on the data directory ${settings.dataDir}, and none answers at ${expected}; ` +
    "start one with: banyan start, or name another directory with --data-dir";
  return new OpsClient(expected, token, nobody);
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
