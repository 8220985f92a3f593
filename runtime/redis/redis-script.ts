import { createHash } from "node:crypto";

/** A Lua script that runs inside Redis as one step. Its keys lie in one hash slot. */
export interface RedisScript {
  /** For errors and metrics: `append`. */
  readonly name: string;
  readonly lua: string;
  /** By which Redis knows it once it was loaded. */
  readonly sha: string;
}

/** Makes a script of its text. */
export function defineScript(name: string, lua: string): RedisScript {
  const text = lua.trim();
  return { name, lua: text, sha: createHash("sha1").update(text).digest("hex") };
}
