import { readFile } from "node:fs/promises";
import type { FetchCredentials } from "./credentials-keeper.ts";
import { readCredentials, UnfitCredentials } from "./read-credentials.ts";

/** Keys from a file that somebody else keeps new: it is read again before its key ends, and when a key is refused. Rejects with UnfitCredentials. */
export function fileCredentials(path: string): FetchCredentials {
  return async () => {
    try {
      return readCredentials(await readFile(path, "utf8"));
    } catch (error) {
      throw new UnfitCredentials(`the file ${path} gives no key: ${(error as Error).message}`);
    }
  };
}
