import { PullFailure } from "../source.ts";
import type { ConsumerContext } from "./consumer.ts";
import type { ConsumerState, Talk } from "./consumer-state.ts";

/** Writes down what a talk with the group has failed of, and tells people once; or that it does well again. */
export function noteTalk(
  state: ConsumerState,
  talk: Talk,
  error: Error | undefined,
  context: ConsumerContext,
): void {
  const { troubles, account, source } = state;
  if (error === undefined) troubles.delete(talk);
  // Anything else is a bug, and ends this life.
  else if (!(error instanceof PullFailure)) throw error;
  else {
    const { code, message: text } = error;
    if (!troubles.has(talk)) context.log.error("logs.unlisted", { source: source.name, code, why: text });
    troubles.set(talk, { atMs: context.wallMs(), code, text });
  }
  account.trouble = [...troubles.values()].at(-1);
}
