import type { ChildProcess, Serializable } from "node:child_process";

// All that the system takes from inside Node's channel between processes; a contract test fails when a new Node does any of it differently.

interface Inside {
  /** What waits for the receipt of the handle that was sent last; null while there is none to wait for. */
  _handleQueue: unknown[] | null;
}

interface Receipt {
  readonly cmd?: string;
}

const RECEIPTS: ReadonlySet<unknown> = new Set(["NODE_HANDLE_ACK", "NODE_HANDLE_NACK"]);

/**
 * One end of the channel between a process and its child, on which handles follow each other at once. By itself Node waits
 * for the receipt of each before it sends the next, which makes a hand-over three times as slow.
 *
 * A handle and its message must not be torn apart on the way, so that a message with a handle is small (see `Courier`).
 */
export class HandleChannel {
  readonly #channel: ChildProcess | NodeJS.Process;

  constructor(channel: ChildProcess | NodeJS.Process) {
    this.#channel = channel;
    // Node takes a receipt for an error when it does not wait for one.
    (channel as ChildProcess).prependListener("internalMessage", ({ cmd }: Receipt) => {
      if (RECEIPTS.has(cmd)) inside(channel)._handleQueue ??= [];
    });
  }

  /** `onSent` is told when the message has left this process, and the handle with it, or never will. */
  send(message: unknown, handle: object | undefined, onSent: (error: Error | null) => void): void {
    if (inside(this.#channel)._handleQueue?.length === 0) inside(this.#channel)._handleQueue = null;
    this.#channel.send?.(message as Serializable, handle as never, {}, onSent);
  }
}

function inside(channel: ChildProcess | NodeJS.Process): Inside {
  return channel as unknown as Inside;
}
