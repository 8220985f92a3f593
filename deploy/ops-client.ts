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

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** The answer of `GET path`. @throws Refusal when nobody answers, or the answer is a refusal */
  async get(path: string): Promise<unknown> {
    const response = await this.#request(path);
    const body = (await response.json().catch(() => undefined)) as { text?: string } | undefined;
    if (response.ok) return body;
    const why = body?.text ?? `HTTP ${response.status}`;
    const advice =
      response.status === 401 ? " (is this the data directory of that node? see --data-dir)" : "";
    throw new Refusal("failed", `${why}${advice}`);
  }

  async #request(path: string): Promise<Response> {
    const headers = { authorization: `Bearer ${this.#token}` };
    try {
      return await fetch(this.#url + path, { headers, signal: AbortSignal.timeout(REQUEST_LIMIT_MS) });
    } catch (error) {
      throw new Refusal("unavailable", `no node answers at ${this.#url}; start one with: banyan start`, {
        cause: error,
      });
    }
  }
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
  const { host, port } = settings.ops;
  return new OpsClient(
    trimmed(url ?? findNode(directory)?.opsUrl ?? `http://${urlHost(host)}:${port}`),
    token,
  );
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
