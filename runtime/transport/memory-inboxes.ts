import type { Adoption, Inboxes, InboxEntry } from "./inboxes.ts";
import type { MemoryNetwork, Way } from "./memory-network.ts";

/** Entries that are read together. */
const PAGE = 16;
const HALF = 0.5;

/** The inboxes of a network as one node reaches them. */
export class MemoryInboxes implements Inboxes {
  readonly #network: MemoryNetwork;
  readonly #me: string;
  readonly #run: (task: () => void) => void;
  readonly #there: Way = { arrivesAtMs: 0, tasks: [] };
  readonly #back: Way = { arrivesAtMs: 0, tasks: [] };
  /** Calls without an answer yet. */
  readonly #waiting = new Set<(error: Error) => void>();
  #onLook: (() => void) | undefined = undefined;
  #isDead = false;

  /** @param run does something in the process of the node, which may stand still */
  constructor(network: MemoryNetwork, me: string, run: (task: () => void) => void) {
    this.#network = network;
    this.#me = me;
    this.#run = run;
  }

  add(to: string, frame: Uint8Array): Promise<"added" | "missing"> {
    const { faults } = this.#network;
    const isUnanswered = this.#network.chance(faults.addUnanswered);
    const isDone = !this.#network.chance(isUnanswered ? HALF : faults.addLost);
    const add = (): "added" | "missing" => {
      if (!isDone) return "added";
      const added = this.#network.streams.add(to, frame);
      this.#network.ring(to);
      return added;
    };
    return this.#call(add, { isAnswered: !isUnanswered });
  }

  open(): Promise<"open" | "adopted"> {
    return this.#call(() => this.#network.streams.open(this.#me));
  }

  read(after: string | undefined): Promise<readonly InboxEntry[] | "missing"> {
    const read = (): readonly InboxEntry[] | "missing" => this.#network.streams.read(this.#me, after, PAGE);
    return this.#call(read, { isEnough: (seen) => seen.length > 0 });
  }

  trim(upTo: string): Promise<void> {
    return this.#call(() => this.#network.streams.trim(this.#me, upTo));
  }

  leave(): Promise<void> {
    return this.#call(() => this.#network.streams.leave(this.#me));
  }

  adopt(dead: string, after: string | undefined): Promise<Adoption> {
    return this.#call(() => {
      const adoption = this.#network.streams.adopt(this.#me, dead, after);
      this.#network.ring(dead);
      return adoption;
    });
  }

  leftBehind(dead: string, after: string | undefined): Promise<readonly InboxEntry[]> {
    return this.#call(() => this.#network.streams.leftBehind(dead, after, PAGE));
  }

  forget(dead: string): Promise<void> {
    return this.#call(() => this.#network.streams.forgetLeft(this.#me, dead));
  }

  async close(): Promise<void> {
    this.kill();
  }

  /** Something may have come. */
  look(): void {
    this.#onLook?.();
  }

  /** The connection is lost: nobody knows what became of what is under way. */
  fail(): void {
    for (const reject of this.#waiting) reject(this.#network.unreachable());
    this.#waiting.clear();
    this.#onLook = undefined;
  }

  /** No call ends any more, and none begins. */
  kill(): void {
    this.#isDead = true;
    this.#waiting.clear();
    this.#onLook = undefined;
  }

  /** Goes to the store, does something there, waits there until it has come to something, and comes back. */
  #call<T>(task: () => T, { isEnough = () => true, isAnswered = true }: CallOptions<T> = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#isDead) return;
      if (!this.#network.isReachable) return reject(this.#network.unreachable());
      this.#waiting.add(reject);
      const end = (answer: T): void => {
        if (this.#isDead || !this.#waiting.delete(reject)) return;
        if (isAnswered) resolve(answer);
        else reject(this.#network.unreachable());
      };
      const look = (): void => {
        if (this.#onLook === look) this.#onLook = undefined;
        const answer = task();
        if (isEnough(answer)) this.#network.deliver(this.#back, () => this.#run(() => end(answer)));
        else this.#onLook = look;
      };
      this.#network.deliver(this.#there, () => {
        if (!this.#isDead && this.#waiting.has(reject)) look();
      });
    });
  }
}

interface CallOptions<T> {
  /** Whether this is what the call waits for. */
  readonly isEnough?: (answer: T) => boolean;
  readonly isAnswered?: boolean;
}
