import { isFault } from "../fault.ts";
import type { RedisScript } from "./redis-script.ts";

/** What goes into a command: text, numbers, or bytes. */
export type RedisArgument = string | number | Uint8Array;

/** Sends a command; its answer as text, or as bytes. */
export type SendCommand = (
  name: string,
  args: readonly RedisArgument[],
  wantsBytes: boolean,
) => Promise<unknown>;

/** A script to run: on which keys of one hash slot, with what. */
export interface ScriptCall {
  readonly script: RedisScript;
  readonly keys: readonly string[];
  readonly args: readonly RedisArgument[];
  readonly wantsBytes: boolean;
}

interface Waiting extends ScriptCall {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs scripts by their digest over one connection. A server that does not know one (it was restarted, or somebody has flushed its scripts) is sent
 * the text, and everything keeps the order of the calls: what comes later waits until what was turned away has been sent again.
 */
export class ScriptCalls {
  readonly #send: SendCommand;
  #underWay = 0;
  /** Sent and turned away, in order. */
  #unknown: Waiting[] = [];
  /** Not sent, because some before it were turned away. */
  #held: Waiting[] = [];

  constructor(send: SendCommand) {
    this.#send = send;
  }

  run(call: ScriptCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = { ...call, resolve, reject };
      if (this.#unknown.length > 0) this.#held.push(waiting);
      else this.#start(waiting, "evalsha");
    });
  }

  #start(call: Waiting, command: "eval" | "evalsha"): void {
    this.#underWay++;
    const { script, keys, args, wantsBytes } = call;
    const text = command === "eval" ? script.lua : script.sha;
    this.#send(command, [text, keys.length, ...keys, ...args], wantsBytes).then(
      (answer) => {
        call.resolve(answer);
        this.#settled();
      },
      (error: unknown) => {
        if (isUnknownScript(error)) this.#unknown.push(call);
        else call.reject(error);
        this.#settled();
      },
    );
  }

  #settled(): void {
    this.#underWay--;
    if (this.#underWay > 0 || this.#unknown.length === 0) return;
    const [unknown, held] = [this.#unknown, this.#held];
    this.#unknown = [];
    this.#held = [];
    // The text with each of them: in a Redis Cluster they may be for different nodes.
    for (const call of unknown) this.#start(call, "eval");
    for (const call of held) this.#start(call, "evalsha");
  }
}

function isUnknownScript(error: unknown): boolean {
  return isFault(error, "redisRefused") && error.details["reply"] === "NOSCRIPT";
}

/** The library takes bytes for bytes only as a `Buffer`. */
export function sendable(argument: RedisArgument): string | number | Buffer {
  if (!(argument instanceof Uint8Array) || Buffer.isBuffer(argument)) return argument;
  return Buffer.from(argument.buffer, argument.byteOffset, argument.byteLength);
}
