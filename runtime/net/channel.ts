import type { ChannelProtocol, SlowPolicy } from "../../protocols/channel.ts";
import type { ServerFrame } from "../../protocols/client-frames.ts";
import type { TaggedMessage, TellKind, TellMessage } from "../../protocols/protocol.ts";
import { ActorRef } from "../actor/actor-ref.ts";
import type { OpenAsk, Verdict } from "../actor/actor-ref.ts";
import { Batch } from "./batch.ts";
import { Outlet } from "./outlet.ts";
import { Remembered } from "./remembered.ts";
import { Roster } from "./roster.ts";
import { receive } from "./receive.ts";
import type { WireFormat } from "./wire-format.ts";

/** The fast lane of a fan-out: encodes a publication once for each format and appends it to every subscriber's socket. */
export class Channel extends ActorRef<ChannelProtocol> {
  readonly address: string;
  readonly policy: SlowPolicy;
  readonly #rosters = new Map<WireFormat, Roster>();
  /** Undefined unless subscribers are on their way from another process. */
  #remembered: Remembered | undefined = undefined;

  /**
   * @param address what a slow client's drops are listed under
   * @param policy what happens to subscribers who do not keep up
   */
  constructor(address: string, policy: SlowPolicy) {
    super();
    this.address = address;
    this.policy = policy;
  }

  /** How many sockets are attached. */
  get size(): number {
    let size = 0;
    for (const roster of this.#rosters.values()) size += roster.size;
    return size;
  }

  deliver(message: TaggedMessage, ask: OpenAsk | undefined): Verdict {
    return receive(this, TELLS, message, ask);
  }

  attach(outlet: Outlet, first: ServerFrame | undefined): void {
    if (outlet.closed) return;
    if (outlet.membershipIn(this) === undefined) outlet.remember(this.#rosterFor(outlet.format).add(outlet));
    if (first !== undefined) outlet.send(first);
  }

  detach(outlet: Outlet): void {
    outlet.membershipIn(this)?.end();
  }

  /** Keeps what is published from now on for those who come by `resume`. */
  remember(): void {
    this.#remembered = new Remembered();
  }

  /** Attaches a subscriber of another process's channel: it goes on with what this one has published first. */
  resume(outlet: Outlet): void {
    this.attach(outlet, undefined);
    const member = outlet.membershipIn(this);
    const remembered = this.#remembered;
    if (member === undefined || remembered === undefined) return;
    if (remembered.skipped !== undefined) {
      const { room, offset } = remembered.skipped;
      member.drops += remembered.drops;
      outlet.send({ kind: "skipped", room, offset });
    }
    for (const issue of remembered.issues(outlet.format)) outlet.issue(issue, member);
  }

  /** Nobody comes any more. */
  forget(): void {
    this.#remembered = undefined;
  }

  publish(frame: ServerFrame): void {
    this.#remembered?.add(frame);
    for (const roster of this.#rosters.values()) {
      if (roster.size > 0) {
        roster.publish({ kind: frame.kind, frame, single: Batch.of(roster.format.frame(frame)) });
      }
    }
  }

  publishText(text: string): void {
    for (const roster of this.#rosters.values()) {
      if (roster.size > 0) {
        roster.publish({ kind: "text", frame: undefined, single: Batch.of(roster.format.text(text)) });
      }
    }
  }

  /** Detaches everybody. */
  close(): void {
    this.forget();
    for (const roster of this.#rosters.values()) roster.clear();
  }

  #rosterFor(format: WireFormat): Roster {
    let roster = this.#rosters.get(format);
    if (roster === undefined) this.#rosters.set(format, (roster = new Roster(this, format)));
    return roster;
  }
}

const TELLS: {
  readonly [K in TellKind<ChannelProtocol>]: (
    channel: Channel,
    message: TellMessage<ChannelProtocol, K>,
  ) => void;
} = {
  attach(channel, { outlet, first }) {
    // A socket of another process cannot be on the fast lane; nobody can hold a reference to one.
    if (outlet instanceof Outlet) channel.attach(outlet, first);
  },
  detach(channel, { outlet }) {
    if (outlet instanceof Outlet) channel.detach(outlet);
  },
  remember: (channel) => channel.remember(),
  resume(channel, { outlet }) {
    if (outlet instanceof Outlet) channel.resume(outlet);
  },
  forget: (channel) => channel.forget(),
  publish: (channel, { frame }) => channel.publish(frame),
  publishText: (channel, { text }) => channel.publishText(text),
  close: (channel) => channel.close(),
};
