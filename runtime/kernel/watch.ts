import type { TaggedMessage } from "../../protocols/protocol.ts";
import { PHASE } from "./phase.ts";
import type { Cell } from "./cell.ts";

/** Whoever is told that an actor has stopped: another one, or what stands for one on another node. */
export interface Watcher {
  deliverOwn(message: TaggedMessage): void;
  /** What it watches, where that is noted; each is told when the watcher needs it no more. */
  readonly extras?: { watching: Set<Watched> | undefined } | undefined;
}

/** What can be watched: an actor, or what stands for one on another node. */
export interface Watched {
  unwatchedBy(watcher: Watcher): void;
}

/** Has `watcher` say `message` to itself once, when `target` has stopped. */
export function watch(watcher: Cell, target: Cell, message: TaggedMessage): void {
  if (target.phase === PHASE.stopped) return watcher.deliverOwn(message);
  watchFromOutside(watcher, target, message);
  (watcher.rare.watching ??= new Set()).add(target);
}

/** The same for a watcher that is no actor of this process; it ends its watch itself. */
export function watchFromOutside(watcher: Watcher, target: Cell, message: TaggedMessage): void {
  if (target.phase === PHASE.stopped) return watcher.deliverOwn(message);
  (target.rare.watchers ??= new Map()).set(watcher, message);
}

/** Ends a watch; whoever does not watch is left as it is. */
export function unwatch(watcher: Cell, target: Watched): void {
  target.unwatchedBy(watcher);
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
  for (const target of watcher.extras?.watching ?? []) target.unwatchedBy(watcher);
  if (watcher.extras !== undefined) watcher.extras.watching = undefined;
}
