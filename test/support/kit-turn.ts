import type { TaggedMessage } from "../../protocols/protocol.ts";
import type { OpenAsk } from "../../runtime/actor/actor-ref.ts";
import type { Effect } from "./effect.ts";

/** A message in the kit's mailbox; a question comes with the right to answer. */
export interface Mail {
  readonly message: TaggedMessage;
  readonly ask: OpenAsk | undefined;
}

/** One message being handled: sees to it that a question gets one answer. */
export class KitTurn {
  readonly mail: Mail;
  readonly #effects: Effect[];
  #duty: "open" | "elsewhere" | "done" = "open";

  constructor(mail: Mail, effects: Effect[]) {
    this.mail = mail;
    this.#effects = effects;
  }

  /** Stands in for the two methods by which an ask context differs from a plain one. */
  readonly reply = (reply: TaggedMessage): void => {
    if (this.#duty !== "open") throw new Error(`"${this.mail.message.kind}" was answered twice`);
    this.#answer(reply);
  };

  readonly replyLater = (): { reply(reply: TaggedMessage): void } => {
    this.#duty = "elsewhere";
    return {
      reply: (reply) => {
        if (this.#duty === "done") throw new Error(`"${this.mail.message.kind}" was answered twice`);
        this.#answer(reply);
      },
    };
  };

  /** The message was put aside: another turn will answer. */
  putAside(): void {
    this.#duty = "elsewhere";
  }

  /** The turn is over: a question that it should have answered ends with a fault. */
  end(fault: Error): void {
    if (this.#duty === "open") this.mail.ask?.refuse(fault);
  }

  #answer(reply: TaggedMessage): void {
    this.#duty = "done";
    this.#effects.push({ kind: "replied", reply });
    this.mail.ask?.answer(reply);
  }
}
