import type { HostAnswer, HostCommand, HostReport } from "../protocols/host.ts";

/** What a process is that no host watches, and so cannot be reloaded. */
export const NO_HOST =
  "one process, no host: nobody could take over from it. Stop it, and start it without --workers 0";

/** The host of this worker, as the features of a node reach it. */
export interface HostLink {
  /** What the host knew of its processes a second ago at most; undefined before its first word. */
  report(): HostReport | undefined;
  /** Has the host carry out a command; `onEvent` hears of what happens on the way. Resolves with its last word. */
  ask(command: HostCommand, onEvent?: (text: string) => void): Promise<HostAnswer>;
  /** This worker is worn out by what only it can see, and wants to be replaced. */
  wantsRecycle(reason: string): void;
}
