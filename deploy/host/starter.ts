import type { WorkerUrls } from "../../protocols/host.ts";

/** What a host in the background tells the command that has started it: once, and then they part. */
export type StarterWord =
  | { readonly kind: "serving"; readonly pid: number; readonly urls: WorkerUrls }
  | { readonly kind: "refused"; readonly text: string; readonly exitCode: number };

/** Tells the command that has started this process in the background, where one did and still listens. */
export function tellStarter(word: StarterWord): void {
  if (!process.connected) return;
  process.send?.(word, undefined, {}, () => {
    if (process.connected) process.disconnect();
  });
}
