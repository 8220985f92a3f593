/** A socket with something to write. */
export interface Flushable {
  flush(): void;
}

/**
 * Sockets with something to write, each flushed once. What a read causes for its own socket alone leaves at the end of
 * that read; whatever a turn of the loop does to several sockets leaves together at the end of that turn.
 */
export class FlushQueue {
  readonly #schedule: (task: () => void) => void;
  #dirty: Flushable[] = [];
  #spare: Flushable[] = [];
  #scheduled = false;
  #reading = false;
  /** How many sockets had something to write before the read that is under way. */
  #dirtyBefore = 0;

  /** @param schedule runs a task at the end of the turn of the loop */
  constructor(schedule: (task: () => void) => void = setImmediate) {
    this.#schedule = schedule;
  }

  /** Takes a socket in; it must not be in already. */
  add(socket: Flushable): void {
    this.#dirty.push(socket);
    // The end of a read decides by itself, so that an echo costs no task of its own.
    if (!this.#reading) this.#flushLater();
  }

  /** A socket has delivered frames; until `readEnded` nothing is scheduled. */
  readBegan(): void {
    this.#reading = true;
    this.#dirtyBefore = this.#dirty.length;
  }

  /** What the read caused is done, as far as it was done at once. */
  readEnded(socket: Flushable): void {
    if (!this.#reading) return;
    this.#reading = false;
    const added = this.#dirty.length - this.#dirtyBefore;
    if (added === 0) return;
    if (added > 1 || this.#dirty.at(-1) !== socket) return this.#flushLater();
    this.#dirty.pop();
    socket.flush();
  }

  #flushLater(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(this.#onTurnEnd);
  }

  readonly #onTurnEnd = (): void => {
    this.#scheduled = false;
    this.#flushAll();
  };

  #flushAll(): void {
    const dirty = this.#dirty;
    this.#dirty = this.#spare;
    for (let index = 0; index < dirty.length; index++) dirty[index]?.flush();
    dirty.length = 0;
    this.#spare = dirty;
  }
}
