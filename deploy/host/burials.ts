import type { WorkerProcess } from "./worker/worker-process.ts";

/** So many are remembered that nobody could be told of. */
const OPEN_MAX = 100;

/**
 * Members of a cluster whose processes the host has seen end. It speaks to no Redis itself, because it loads nothing that could fail it: a worker that is left says it to the
 * others, or else the next one as soon as it has joined. Nobody of this host could take their entities before that, and for all others their leases still lapse.
 */
export class Burials {
  readonly #open = new Set<string>();

  /** Takes note of an end; one that never joined needs no word. */
  add({ incarnation }: WorkerProcess): void {
    if (incarnation === undefined) return;
    this.#open.add(incarnation);
    const [oldest] = this.#open;
    if (this.#open.size > OPEN_MAX && oldest !== undefined) this.#open.delete(oldest);
  }

  /** Has one of the workers say all that is open, if one of them is a member. */
  tell(workers: readonly WorkerProcess[]): void {
    const member = workers.find(({ incarnation, hasEnded }) => incarnation !== undefined && !hasEnded);
    if (member === undefined) return;
    for (const incarnation of this.#open) member.send({ kind: "reaped", incarnation });
    this.#open.clear();
  }
}
