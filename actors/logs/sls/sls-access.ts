import { readFileSync } from "node:fs";
import type { LogSourceSettings } from "../../../protocols/log-settings.ts";
import { CredentialsKeeper } from "../../../runtime/sls/credentials-keeper.ts";
import type { FetchCredentials } from "../../../runtime/sls/credentials-keeper.ts";
import { fileCredentials } from "../../../runtime/sls/file-credentials.ts";
import { roleCredentials } from "../../../runtime/sls/role-credentials.ts";
import { ServerClock } from "../../../runtime/sls/server-clock.ts";
import type { SlsClientOptions } from "../../../runtime/sls/sls-client.ts";
import { parseEndpoint } from "../../../runtime/sls/sls-endpoint.ts";
import { PullFailure } from "../source.ts";

/** What all clients of a source share. */
export type SlsAccess = Pick<
  SlsClientOptions,
  "endpoint" | "project" | "credentials" | "clock" | "v4Region" | "connectTimeoutMs"
> & {
  /** Who certifies the service, where that is nobody whom everybody knows. Throws PullFailure. */
  readonly ca: () => string | undefined;
};

/** How the service is reached that the settings mean, and with whose key; undefined when they are not whole. */
export function slsAccess(settings: LogSourceSettings, wallMs: () => number): SlsAccess | undefined {
  const { project, endpoint: text = "", signature = "v1", region, connectTimeoutMs, caFile } = settings;
  const endpoint = parseEndpoint(text);
  if (endpoint === undefined || project === undefined) return undefined;
  return {
    endpoint,
    project,
    credentials: new CredentialsKeeper(keysOf(settings), wallMs),
    clock: new ServerClock({ wallMs }),
    v4Region: signature === "v4" ? region : undefined,
    connectTimeoutMs,
    ca: () => (caFile === undefined ? undefined : readCa(caFile)),
  };
}

function keysOf({ keyId, keySecret, keyFile, keyRole, metadataUrl }: LogSourceSettings): FetchCredentials {
  if (keyFile !== undefined) return fileCredentials(keyFile);
  if (keyRole !== undefined) return roleCredentials(keyRole, metadataUrl);
  const key = { accessKeyId: keyId ?? "", accessKeySecret: keySecret ?? "" };
  return () => Promise.resolve(key);
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new PullFailure("noCa", "escalate", `caFile ${path} cannot be read: ${(error as Error).message}`);
  }
}
