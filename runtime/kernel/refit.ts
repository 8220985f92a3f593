import type { AnyDefinition } from "../actor/define-actor.ts";
import type { Deadline } from "../time/deadlines.ts";
import type { Cell } from "./cell.ts";
import type { Trace } from "./trace.ts";

/**
 * What was changed about one actor's definition while it runs. Whatever is needed rarely is done by giving the cell
 * another definition for a while, so that all other actors, and this one afterwards, pay nothing for it.
 */
export interface Refit {
  /** The definition of its spawn. */
  readonly own: AnyDefinition;
  /** Looks whether a drain has come to its end. */
  readonly drain: Deadline | undefined;
  readonly trace: Trace | undefined;
}

/** Changes what is different about an actor, and gives it the definition that follows. */
export function refit(cell: Cell, change: Partial<Omit<Refit, "own">>): void {
  const before: Refit = cell.extras?.refit ?? { own: cell.definition, drain: undefined, trace: undefined };
  const { own, drain, trace } = { ...before, ...change };
  const isPlain = drain === undefined && trace === undefined;
  cell.rare.refit = isPlain ? undefined : { own, drain, trace };
  cell.definition = isPlain
    ? own
    : {
        ...own,
        ...(drain === undefined ? {} : { mailboxMax: 0 }),
        ...(trace === undefined ? {} : { handlers: trace.wrap(own.handlers) }),
      };
}
