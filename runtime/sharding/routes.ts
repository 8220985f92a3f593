import type { Clock } from "../time/clock.ts";

/** Entities of other nodes whose node is remembered. */
export const ROUTES_MAX = 200_000;
/** One that was used so recently may have letters on their way: forgotten, later ones could overtake them. In milliseconds. */
const IN_USE_MS = 10_000;
/** So many are looked at when there is no room. */
const LOOKS_MAX = 1_000;

interface Route {
  node: string;
  usedMs: number;
}

/**
 * Where this node sends what is meant for an entity of another one. It is kept until that node says that the entity is not there, or ends: what was sent
 * before must not be overtaken on another way.
 */
export class Routes {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #routes = new Map<string, Route>();

  constructor(clock: Clock, max = ROUTES_MAX) {
    this.#clock = clock;
    this.#max = max;
  }

  get size(): number {
    return this.#routes.size;
  }

  get(key: string): string | undefined {
    const route = this.#routes.get(key);
    if (route === undefined) return undefined;
    route.usedMs = this.#clock.nowMs();
    return route.node;
  }

  /** False when there is no room. */
  set(key: string, node: string): boolean {
    const route = this.#routes.get(key);
    if (route !== undefined) {
      route.node = node;
      route.usedMs = this.#clock.nowMs();
      return true;
    }
    if (this.#routes.size >= this.#max && !this.#makeRoom()) return false;
    this.#routes.set(key, { node, usedMs: this.#clock.nowMs() });
    return true;
  }

  delete(key: string): void {
    this.#routes.delete(key);
  }

  /** The keys of those that lead to a node. */
  to(node: string): readonly string[] {
    return [...this.#routes].filter(([, route]) => route.node === node).map(([key]) => key);
  }

  /** Nothing gets there any more. */
  nodeEnded(incarnation: string): void {
    for (const [key, { node }] of this.#routes) if (node === incarnation) this.#routes.delete(key);
  }

  #makeRoom(): boolean {
    const beforeMs = this.#clock.nowMs() - IN_USE_MS;
    let looks = 0;
    for (const [key, { usedMs }] of this.#routes) {
      if (usedMs <= beforeMs) this.#routes.delete(key);
      if (++looks >= LOOKS_MAX) break;
    }
    return this.#routes.size < this.#max;
  }
}
