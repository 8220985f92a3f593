import type { NodeSettings } from "../protocols/settings.ts";
import type { DataDirectory, KeptSecret } from "./data-directory.ts";
import { OPS_TOKEN_FILE } from "./ops-client.ts";

/** The file of the data directory that holds the push key of this machine. */
export const PUSH_KEY_FILE = "push-key";
/** The id of the push key that a node makes for its own machine. */
export const LOCAL_KEY_ID = "local";

/** Settings with every secret filled in, and those secrets that the data directory keeps. */
export interface ReadySettings {
  readonly settings: NodeSettings;
  readonly opsToken: KeptSecret | undefined;
  readonly pushKey: KeptSecret | undefined;
}

/** Takes the secrets that nobody configured from the data directory, which makes them at the first start. */
export function fillInSecrets(settings: NodeSettings, directory: DataDirectory): ReadySettings {
  const opsToken = settings.ops.token === undefined ? directory.secret(OPS_TOKEN_FILE) : undefined;
  const pushKey = settings.push.keys.length === 0 ? directory.secret(PUSH_KEY_FILE) : undefined;
  const token = settings.ops.token ?? opsToken?.value;
  const localKeys: NodeSettings["push"]["keys"] =
    pushKey === undefined
      ? []
      : [{ id: LOCAL_KEY_ID, kind: "hmac", secret: pushKey.value, scopes: ["push", "messages"] }];
  return {
    settings: {
      ...settings,
      ops: { ...settings.ops, ...(token === undefined ? {} : { token }) },
      push: { ...settings.push, keys: [...settings.push.keys, ...localKeys] },
    },
    opsToken,
    pushKey,
  };
}
