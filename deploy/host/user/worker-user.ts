import { fileURLToPath } from "node:url";
import { existsSync } from "node:fs";
import type { NodeSettings } from "../../../protocols/settings.ts";
import { settingsFileOf } from "../../commands/settings-options.ts";
import { LOCK_FILE } from "../place/host-lock.ts";
import { checkAccess, giveDataDirectory } from "./data-owner.ts";
import { findOsUser } from "./os-user.ts";
import type { OsUser } from "./os-user.ts";

/** What the host has written before. */
const HOST_FILES: readonly string[] = [LOCK_FILE, "banyan.pid", "control.sock"];
const CODE = fileURLToPath(new URL("../../worker.js", import.meta.url));

/**
 * Who the workers run as, once the data directory is theirs; undefined when that is who the host runs as.
 * @throws Refusal when there is no such user, or what it needs is out of its reach
 */
export async function prepareWorkerUser(
  { dataDir, host }: NodeSettings,
  options: Readonly<Record<string, unknown>>,
): Promise<OsUser | undefined> {
  const osUser = findOsUser(host);
  if (osUser === undefined) return undefined;
  giveDataDirectory(dataDir, osUser, HOST_FILES);
  const settingsFile = await settingsFileOf(options);
  checkAccess(osUser, {
    read: [CODE, ...(existsSync(settingsFile) ? [settingsFile] : [])],
    write: [dataDir],
  });
  return osUser;
}
