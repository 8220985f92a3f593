import type { EndedWorker, RecycledWorker, RefusedReload } from "../../../protocols/host.ts";

/** How many ends and recyclings are remembered, of each the latest. */
const KEPT_MAX = 20;

/** What became of the workers before: for reports, latest first. */
export class RecentEnds {
  readonly #ended: EndedWorker[] = [];
  readonly #recycled: RecycledWorker[] = [];
  readonly #refusedReloads: RefusedReload[] = [];
  restarts = 0;
  reloads = 0;

  get ended(): readonly EndedWorker[] {
    return this.#ended;
  }

  get recycled(): readonly RecycledWorker[] {
    return this.#recycled;
  }

  get refusedReloads(): readonly RefusedReload[] {
    return this.#refusedReloads;
  }

  addEnded(end: EndedWorker): void {
    this.#ended.unshift(end);
    this.#ended.splice(KEPT_MAX);
  }

  addRecycled(recycled: RecycledWorker): void {
    this.#recycled.unshift(recycled);
    this.#recycled.splice(KEPT_MAX);
  }

  addRefusedReload(refused: RefusedReload): void {
    this.#refusedReloads.unshift(refused);
    this.#refusedReloads.splice(KEPT_MAX);
  }
}
