/** A socket with something to write. */
export interface Flushable {
  flush(): void;
}

/**
 * Sockets with something to write, each flushed once. A reply leaves at the end of the read that caused it when no other
 * socket is concerned; whatever a turn of the loop does to several sockets leaves together at the end of that turn.
 */
export class FlushQueue {
  readonly #schedule: (task: () => void) => void;
  #dirty: Flushable[] = [];
  #spare: Flushable[] = [];
  #scheduled = false;
  #reading = false;

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
  }

  /** What the read caused is done, as far as it was done at once. */
  readEnded(socket: Flushable): void {
    this.#reading = false;
    if (this.#dirty.length === 0) return;
    if (this.#dirty.length > 1 || this.#dirty[0] !== socket) return this.#flushLater();
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
