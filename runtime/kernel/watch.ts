import type { TaggedMessage } from "../../protocols/protocol.ts";
import { PHASE } from "./phase.ts";
import type { Cell } from "./cell.ts";

/** Has `watcher` say `message` to itself once, when `target` has stopped. */
export function watch(watcher: Cell, target: Cell, message: TaggedMessage): void {
  if (target.phase === PHASE.stopped) return watcher.deliverOwn(message);
  (target.rare.watchers ??= new Map()).set(watcher, message);
  (watcher.rare.watching ??= new Set()).add(target);
}

/** Ends a watch; whoever does not watch is left as it is. */
export function unwatch(watcher: Cell, target: Cell): void {
  target.extras?.watchers?.delete(watcher);
  watcher.extras?.watching?.delete(target);
}

/** Tells everybody who watches a stopped actor, each exactly once. */
export function tellWatchers(target: Cell): void {
  const watchers = target.extras?.watchers;
  if (watchers === undefined) return;
  target.rare.watchers = undefined;
  for (const [watcher, message] of watchers) {
    watcher.extras?.watching?.delete(target);
    watcher.deliverOwn(message);
  }
}

/** Ends all watches of a life that is over. */
export function forgetWatches(watcher: Cell): void {
  for (const target of watcher.extras?.watching ?? []) target.extras?.watchers?.delete(watcher);
  if (watcher.extras !== undefined) watcher.extras.watching = undefined;
}
