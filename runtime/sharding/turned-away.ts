/** Senders that may be turned away at a time, each for one entity; beyond it their letters are refused. */
export const TURNED_AWAY_MAX = 100_000;

/**
 * Whose letters to which entities this node has sent back. All that follow go back as well, also if the entity comes here meanwhile: the
 * later ones must not overtake the earlier. It ends when the sender knows (`mark`).
 */
export class TurnedAway {
  readonly #bySender = new Map<string, Set<string>>();
  size = 0;

  has(sender: string, key: string): boolean {
    return this.#bySender.get(sender)?.has(key) === true;
  }

  /** False when there are too many. */
  add(sender: string, key: string): boolean {
    if (this.has(sender, key)) return true;
    if (this.size >= TURNED_AWAY_MAX) return false;
    let keys = this.#bySender.get(sender);
    if (keys === undefined) this.#bySender.set(sender, (keys = new Set()));
    keys.add(key);
    this.size++;
    return true;
  }

  delete(sender: string, key: string): void {
    const keys = this.#bySender.get(sender);
    if (keys?.delete(key) !== true) return;
    this.size--;
    if (keys.size === 0) this.#bySender.delete(sender);
  }

  nodeEnded(incarnation: string): void {
    this.size -= this.#bySender.get(incarnation)?.size ?? 0;
    this.#bySender.delete(incarnation);
  }
}
