import type { AskKind, Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AskContext, ReplyTo } from "../actor/context.ts";
import type { Ask } from "./ask.ts";
import type { Cell } from "./cell.ts";
import { CellContext } from "./cell-context.ts";

/** The context of a turn that handles a question. */
export class AskTurnContext extends CellContext implements AskContext<Protocol, AskKind<Protocol>> {
  readonly #ask: Ask;
  #isAnswered = false;

  constructor(cell: Cell, ask: Ask) {
    super(cell);
    this.#ask = ask;
  }

  reply(reply: TaggedMessage): void {
    const { system, reference } = this.live();
    if (this.#isAnswered) throw new TypeError(`${reference.address} answers a question twice`);
    this.#isAnswered = true;
    if (this.#ask.settled) system.deadLetters.add("lateReply", this.#ask.from ?? "outside", reply.kind);
    this.#ask.answer(reply);
  }

  replyLater(): ReplyTo<Protocol, AskKind<Protocol>> {
    this.live();
    this.#ask.deferred = true;
    return { reply: (reply: TaggedMessage) => this.reply(reply) };
  }

  protected override cause(): Ask | undefined {
    return this.#ask;
  }
}
