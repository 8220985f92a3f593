import type { ChildProcess, Serializable } from "node:child_process";

// All that the system takes from inside Node's channel between processes; a contract test fails when a new Node does any of it differently.

interface Inside {
  /** What waits for the receipt of the handle that was sent last; null while there is none to wait for. */
  _handleQueue: unknown[] | null;
  _send(message: unknown, ...rest: unknown[]): boolean;
}

const RECEIPTS: ReadonlySet<unknown> = new Set(["NODE_HANDLE_ACK", "NODE_HANDLE_NACK"]);

/**
 * One end of the channel between a process and its child, on which handles follow each other at once; the other end is one
 * too. By itself Node waits for the receipt of each handle before it sends the next, and each receipt costs as much as a
 * handle, which together makes a hand-over several times as slow.
 *
 * A handle and its message must not be torn apart on the way, so that a message with a handle is small (see `Courier`).
 */
export class HandleChannel {
  readonly #channel: ChildProcess | NodeJS.Process;

  constructor(channel: ChildProcess | NodeJS.Process) {
    this.#channel = channel;
    // A process that is still loading answers with receipts; Node takes them for errors when it does not wait for any.
    (channel as ChildProcess).prependListener("internalMessage", (message: object) => {
      if (isReceipt(message)) inside(channel)._handleQueue ??= [];
    });
    const send = inside(channel)._send.bind(channel);
    inside(channel)._send = (message, ...rest) => isReceipt(message) || send(message, ...rest);
  }

  /** `onSent` is told when the message has left this process, and the handle with it, or never will. */
  send(message: unknown, handle: object | undefined, onSent: (error: Error | null) => void): void {
    this.#channel.send?.(message as Serializable, handle as never, {}, onSent);
    // No receipt will come for it.
    inside(this.#channel)._handleQueue = null;
  }
}

function isReceipt(message: unknown): boolean {
  return RECEIPTS.has((message as { readonly cmd?: unknown } | null)?.cmd);
}

function inside(channel: ChildProcess | NodeJS.Process): Inside {
  return channel as unknown as Inside;
}
