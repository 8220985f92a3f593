import { defineProtocol } from "../../protocols/protocol.ts";
import type { AskKind, AskMessage, Protocol, TaggedMessage, Tell } from "../../protocols/protocol.ts";
import { local } from "../../protocols/reference.ts";
import type { AnyReference, Reference } from "../../protocols/reference.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import type { Context } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import { LocalRef } from "../kernel/local-ref.ts";
import { PHASE } from "../kernel/phase.ts";
import { PlacedRef } from "../kernel/placed-ref.ts";
import type { Candidate, Choosing } from "./choosing.ts";

/** Any message that a receiver of this protocol is told or asked. */
export type RoutedMessage<P extends Protocol> =
  | Tell<P>
  | { [K in AskKind<P>]: { readonly kind: K } & AskMessage<P, K> }[AskKind<P>];

/** What may be said to a router itself, in place of those behind it. */
export const RouterProtocol = defineProtocol({
  name: "router",
  version: 1,
  tell: { add: { member: local<AnyReference>() }, leaveOut: { member: local<AnyReference>() } },
  self: { memberStopped: { member: local<AnyReference>() } },
});
export type RouterProtocol = typeof RouterProtocol;

/** Receivers of one protocol behind one reference: actors of this node, entities, actors of other nodes. */
export class Routees<P extends Protocol> {
  readonly #choosing: Choosing<RoutedMessage<P>>;
  #members: readonly Routee[] = [];
  /** Messages for which there was nobody. */
  unrouted = 0;

  constructor(choosing: Choosing<RoutedMessage<P>>, members: readonly Reference<P>[] = []) {
    this.#choosing = choosing;
    for (const member of members) this.add(member);
  }

  /** Where they are all reached: like one of them. */
  get reference(): Reference<P> {
    return new RouterRef(this as unknown as Routees<Protocol>) as unknown as Reference<P>;
  }

  /** Those behind it now. */
  get members(): readonly AnyReference[] {
    return this.#members.map(({ member }) => member);
  }

  /** False when it is there already. */
  add(member: AnyReference): boolean {
    if (this.#members.some(({ address }) => address === member.address)) return false;
    this.#members = [...this.#members, new Routee(member)];
    return true;
  }

  leaveOut(member: AnyReference): void {
    this.#members = this.#members.filter(({ address }) => address !== member.address);
  }

  /** Gives a message to one of them. `gone` when there is nobody, `busy` when nobody can take it who may have it. */
  route(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    let verdict: Verdict = "gone";
    for (const routee of this.#choosing.order(this.#members, message as RoutedMessage<P>)) {
      if (routee.hasStopped) continue;
      verdict = routee.deliver(message, ask);
      if (verdict === "accepted" || (ask !== undefined && !routee.leavesAsksOpen)) return verdict;
    }
    if (verdict === "gone") this.unrouted++;
    return verdict;
  }
}

/** One receiver behind a router. */
class Routee implements Candidate {
  readonly member: AnyReference;
  readonly address: string;

  constructor(member: AnyReference) {
    this.member = member;
    this.address = member.address;
  }

  get waiting(): number {
    const { member } = this;
    if (member instanceof LocalRef) return member.cell.mailbox.size;
    return member instanceof PlacedRef ? (member.present?.mailbox.size ?? 0) : 0;
  }

  /** It was told to go, and its watch has not come yet. */
  get hasStopped(): boolean {
    const { member } = this;
    return member instanceof LocalRef && member.cell.phase >= PHASE.stopping;
  }

  /** Whether a question that it does not take may be put to somebody else. */
  get leavesAsksOpen(): boolean {
    return this.member instanceof LocalRef;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return (this.member as unknown as ActorRef<Protocol>).deliver(message, ask);
  }
}

class RouterRef extends ActorRef<Protocol> {
  readonly address = "router";
  readonly #routees: Routees<Protocol>;

  constructor(routees: Routees<Protocol>) {
    super();
    this.#routees = routees;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return this.#routees.route(message, ask);
  }
}

/** Looks after those behind a router: whoever stops is left out. Messages do not pass it: they go from their senders to whom they are for. */
export const Router = defineActor({
  protocol: RouterProtocol,
  initialState(routees: Routees<Protocol>, context): Routees<Protocol> {
    for (const member of routees.members) watchOne(member, context);
    return routees;
  },
  handlers: {
    add(routees, { member }, context) {
      if (routees.add(member)) watchOne(member, context);
    },
    leaveOut(routees, { member }, context) {
      context.unwatch(member);
      routees.leaveOut(member);
    },
    memberStopped: (routees, { member }) => routees.leaveOut(member),
  },
  describe: ({ members, unrouted }) => ({ members: members.map(({ address }) => address), unrouted }),
});

/** An entity is a place: it is still there when it has left memory. */
function watchOne(member: AnyReference, context: Context<RouterProtocol>): void {
  if (!member.address.startsWith("entity:")) context.watch(member, { kind: "memberStopped", member });
}
