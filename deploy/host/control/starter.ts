import type { WorkerUrls } from "../../../protocols/host.ts";

/** What a host, or a node without one, in the background tells the command that has started it: once, and then they part. */
export type StarterWord =
  | {
      readonly kind: "serving";
      readonly role: "host" | "node";
      readonly pid: number;
      readonly urls: WorkerUrls;
    }
  | { readonly kind: "refused"; readonly text: string; readonly exitCode: number };

/** Who reads standard error: nobody where the start is in the background, a person at a terminal, or a reader that may keep it. */
export type Onlooker = "none" | "terminal" | "reader";

/** Who reads the standard error of this process. Ask it before the starter is told, who then parts. */
export function onlooker(): Onlooker {
  if (process.connected) return "none";
  return process.stderr.isTTY ? "terminal" : "reader";
}

/** Tells the command that has started this process in the background, where one did and still listens. */
export function tellStarter(word: StarterWord): void {
  if (!process.connected) return;
  process.send?.(word, undefined, {}, () => {
    if (process.connected) process.disconnect();
  });
}
