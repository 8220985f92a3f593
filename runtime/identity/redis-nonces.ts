import type { RedisCommands } from "../redis/redis-connection.ts";
import { nonceKey } from "../redis/redis-keys.ts";
import type { NonceStore } from "./nonce-store.ts";

/** Remembers in the Redis of a cluster which nonces have been used. Each goes by itself when its time is over. */
export class RedisNonces implements NonceStore {
  readonly #redis: Pick<RedisCommands, "command">;

  constructor(redis: Pick<RedisCommands, "command">) {
    this.#redis = redis;
  }

  async take(keyId: string, nonce: string, keepMs: number): Promise<boolean> {
    return (await this.#redis.command("set", nonceKey(keyId, nonce), "", "nx", "px", keepMs)) === "OK";
  }
}
