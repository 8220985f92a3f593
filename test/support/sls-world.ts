import { after } from "node:test";
import { SlsServer } from "../../deploy/dev/sls/sls-server.ts";
import type { SlsServerOptions } from "../../deploy/dev/sls/sls-server.ts";
import type { DevShard } from "../../deploy/dev/sls/dev-logstore.ts";
import { CredentialsKeeper } from "../../runtime/sls/credentials-keeper.ts";
import { encodeLogGroup } from "../../runtime/sls/encode-log-group.ts";
import { ServerClock } from "../../runtime/sls/server-clock.ts";
import { SlsClient } from "../../runtime/sls/sls-client.ts";
import type { SlsClientOptions } from "../../runtime/sls/sls-client.ts";
import { parseEndpoint } from "../../runtime/sls/sls-endpoint.ts";
import { SlsLogstore } from "../../runtime/sls/sls-logstore.ts";

export const PROJECT = "shop";
export const LOGSTORE = "nginx";
export const KEY = { id: "dev-key", secret: "dev-secret" };

/** A server of the test's own with one logstore, and clients for it; all ends with the test file. */
export class SlsWorld {
  readonly server: SlsServer;
  readonly #clients: SlsClient[] = [];

  private constructor(server: SlsServer) {
    this.server = server;
    after(async () => {
      for (const client of this.#clients) client.close();
      await server.close();
    });
  }

  static async open(shards = 1, options: Partial<SlsServerOptions> = {}): Promise<SlsWorld> {
    const server = await SlsServer.open({ keys: [KEY], ...options });
    server.store.createProject(PROJECT);
    server.store.createLogstore(PROJECT, LOGSTORE, { shards, ttlDays: 1 });
    return new SlsWorld(server);
  }

  client(options: Partial<SlsClientOptions> = {}): SlsClient {
    const endpoint = parseEndpoint(this.server.url);
    if (endpoint === undefined) throw new Error(`${this.server.url} is no endpoint`);
    const client = new SlsClient({
      endpoint,
      project: PROJECT,
      credentials: keeperOf(KEY),
      clock: new ServerClock({ wallMs: Date.now }),
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  logstore(options: Partial<SlsClientOptions> = {}): SlsLogstore {
    return new SlsLogstore(this.client(options), LOGSTORE);
  }

  shard(id = 0): DevShard {
    return this.server.store.logstore(PROJECT, LOGSTORE).shard(id);
  }

  /** Stores log groups in a shard, as if they had been put. */
  store(groups: number, shard = 0): void {
    const logstore = this.server.store.logstore(PROJECT, LOGSTORE);
    for (let index = 0; index < groups; index++) logstore.append(logstore.shard(shard), sampleGroup(index));
  }
}

/** Credentials that never change. */
export function keeperOf({ id, secret }: { id: string; secret: string }): CredentialsKeeper {
  return new CredentialsKeeper(async () => ({ accessKeyId: id, accessKeySecret: secret }), Date.now);
}

/** A log group with one log, known by its number. */
export function sampleGroup(index: number): Uint8Array {
  return encodeLogGroup({
    topic: "web",
    source: "10.0.0.1",
    tags: [["__hostname__", "web-1"]],
    logs: [
      {
        seconds: Math.floor(Date.now() / 1000),
        fields: [
          ["id", String(index)],
          ["status", "200"],
        ],
      },
    ],
  });
}
