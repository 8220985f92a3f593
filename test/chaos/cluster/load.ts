import type { Reference } from "../../../protocols/reference.ts";
import { Fault } from "../../../runtime/fault.ts";
import type { ActorSystem } from "../../../runtime/kernel/actor-system.ts";
import type { EntityType } from "../../../runtime/sharding/entity-type.ts";
import { SeededChance } from "../../support/seeded-chance.ts";
import { OK } from "./node-words.ts";
import type { EndedWord, LoadOrder, SaidWord } from "./node-words.ts";
import type { TallyProtocol } from "./tally.ts";

const DELIVER_AGAIN_MS = 250;
const AT_ONCE_MAX = 6;
const SENDERS = 3;

interface Delivery {
  readonly tally: string;
  readonly from: string;
  acknowledged: number;
  /** When the next one was sent last; undefined when there is none. */
  sentMs: number | undefined;
}

/** What a load is made of. */
export interface LoadParts {
  readonly system: ActorSystem;
  readonly type: EntityType<TallyProtocol>;
  readonly order: LoadOrder;
  readonly say: (word: SaidWord | EndedWord) => void;
}

/** Numbered messages from this node to tallies wherever they are, told, asked and delivered, and what became of each. */
export class Load {
  readonly #parts: LoadParts;
  readonly #chance: SeededChance;
  readonly #seqs = new Map<string, number>();
  readonly #deliveries = new Map<string, Delivery>();
  readonly #ticking: NodeJS.Timeout;
  #isQuiet = false;
  #asking = 0;

  constructor(parts: LoadParts) {
    this.#parts = parts;
    this.#chance = new SeededChance(parts.order.seed);
    this.#ticking = setInterval(() => this.#tick(), parts.order.everyMs);
  }

  /** What has no end yet. */
  get open(): number {
    const waiting = [...this.#deliveries.values()].filter(({ sentMs }) => sentMs !== undefined);
    return this.#asking + waiting.length;
  }

  quiet(): void {
    this.#isQuiet = true;
  }

  end(): void {
    clearInterval(this.#ticking);
  }

  #tick(): void {
    for (const delivery of this.#deliveries.values()) {
      if (delivery.sentMs !== undefined && performance.now() - delivery.sentMs > DELIVER_AGAIN_MS) {
        this.#send(delivery);
      }
    }
    if (this.#isQuiet) return;
    for (let left = this.#chance.between(1, AT_ONCE_MAX); left > 0; left--) this.#one();
  }

  #one(): void {
    const { ids } = this.#parts.order.tallies;
    const id = ids[this.#chance.between(0, ids.length - 1)] ?? "";
    const lot = this.#chance.next();
    if (lot < 0.45) this.#tell(id);
    else if (lot < 0.8) this.#ask(id);
    else if (this.#parts.order.delivers) this.#deliver(id);
  }

  #tell(id: string): void {
    const { from, seq } = this.#next(id);
    const verdict = this.#parts.system.tell(this.#tally(id), { kind: "note", from, seq });
    if (verdict === "accepted") this.#parts.say(["tell", id, from, seq]);
  }

  #ask(id: string): void {
    const { system, say, order } = this.#parts;
    const { from, seq } = this.#next(id);
    say(["ask", id, from, seq]);
    this.#asking++;
    const ended = (end: string): void => {
      this.#asking--;
      say(["ended", id, from, seq, end]);
    };
    system.ask(this.#tally(id), { kind: "enter", from, seq }, { deadlineMs: order.askWithinMs }).then(
      () => ended(OK),
      (error: unknown) => ended(error instanceof Fault ? error.code : String(error)),
    );
  }

  /** One after the other for each tally: the next one leaves when the one before it has its receipt. */
  #deliver(id: string): void {
    const { as } = this.#parts.order;
    const known = this.#deliveries.get(id);
    if (known?.sentMs !== undefined) return;
    const delivery = known ?? { tally: id, from: `${as}.d`, acknowledged: 0, sentMs: undefined };
    this.#deliveries.set(id, delivery);
    this.#parts.say(["deliver", id, delivery.from, delivery.acknowledged + 1]);
    this.#send(delivery);
  }

  #send(delivery: Delivery): void {
    const { tally, from, acknowledged } = delivery;
    const seq = acknowledged + 1;
    delivery.sentMs = performance.now();
    this.#parts.type.deliver(tally, { kind: "note", from, seq }, { sender: from, seq }, () => {
      if (delivery.acknowledged >= seq) return;
      delivery.acknowledged = seq;
      delivery.sentMs = undefined;
      this.#parts.say(["ended", tally, from, seq, OK]);
    });
  }

  #tally(id: string): Reference<TallyProtocol> {
    return this.#parts.type.entity(id);
  }

  #next(id: string): { readonly from: string; readonly seq: number } {
    const from = `${this.#parts.order.as}.${this.#chance.between(1, SENDERS)}`;
    const key = `${from} ${id}`;
    const seq = (this.#seqs.get(key) ?? 0) + 1;
    this.#seqs.set(key, seq);
    return { from, seq };
  }
}
