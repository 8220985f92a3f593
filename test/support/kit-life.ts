import type { Protocol, TaggedMessage } from "../../protocols/protocol.ts";
import type { AnyReference } from "../../protocols/reference.ts";
import type { ActorRef } from "../../runtime/actor/actor-ref.ts";
import type { AskOptions, Outcome } from "../../runtime/actor/context.ts";
import { Fault } from "../../runtime/fault.ts";
import { ASK_DEADLINE_MS } from "../../runtime/kernel/actor-system.ts";
import type { Cancel } from "../../runtime/time/clock.ts";
import type { VirtualClock } from "../../runtime/time/virtual-clock.ts";
import type { Effect } from "./effect.ts";
import type { LogRecord } from "./log-record.ts";
import { Probe } from "./probe.ts";

/** What a life needs of the kit around it. */
export interface Stage {
  readonly self: AnyReference;
  readonly path: string;
  readonly clock: VirtualClock;
  readonly log: LogRecord;
  readonly random: () => number;
  readonly children: Map<string, Probe<Protocol>>;
  readonly effects: Effect[];
  /** Puts a message into the actor's own mailbox. */
  enqueue(message: TaggedMessage): void;
  stash(): void;
  unstash(): number;
  stopSelf(): void;
}

interface Spawnable {
  readonly protocol: Protocol;
  readonly type: string;
}

/**
 * One life of an actor under test. Its methods are those of a context, without the types, which were checked where the
 * handler was written; each of them acts on probes and virtual time and leaves an effect.
 */
export class KitLife {
  readonly self: AnyReference;
  readonly path: string;
  readonly log: LogRecord;
  readonly random: () => number;
  readonly #stage: Stage;
  readonly #timers = new Map<string, Cancel>();
  readonly #watched = new Map<AnyReference, TaggedMessage>();
  readonly #abort = new AbortController();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.self = stage.self;
    this.path = stage.path;
    this.log = stage.log;
    this.random = stage.random;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get runningTimers(): readonly string[] {
    return [...this.#timers.keys()];
  }

  get watchedTargets(): readonly AnyReference[] {
    return [...this.#watched.keys()];
  }

  /** Ends this life: its timers and watches are gone, and its context is of no more use. */
  end(): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#watched.clear();
    this.#abort.abort();
  }

  /** The target has stopped: an actor that watches it is told once. */
  notice(target: AnyReference): void {
    const message = this.#watched.get(target);
    this.#watched.delete(target);
    if (message !== undefined) this.#stage.enqueue(message);
  }

  nowMs(): number {
    return this.#stage.clock.nowMs();
  }

  wallMs(): number {
    return this.#stage.clock.wallMs();
  }

  tell(to: AnyReference, message: TaggedMessage): unknown {
    this.#leave({ kind: "told", to, message });
    return (to as ActorRef<Protocol>).deliver(message, undefined);
  }

  ask(to: AnyReference, message: TaggedMessage, options?: AskOptions): Promise<TaggedMessage> {
    this.#leave({ kind: "asked", to, message });
    const { clock } = this.#stage;
    const deadlineMs = options?.deadlineMs ?? ASK_DEADLINE_MS;
    const details = { to: to.address, ask: message.kind };
    return new Promise((resolve, reject) => {
      const refuse = (fault: Error) => (cancel(), reject(fault));
      const cancel = clock.after(deadlineMs, () =>
        refuse(new Fault("askTimeout", { ...details, deadlineMs })),
      );
      const answer = (reply: TaggedMessage) => (cancel(), resolve(reply));
      const verdict = (to as ActorRef<Protocol>).deliver(message, {
        from: this.self.address,
        answer,
        refuse,
      });
      if (verdict !== "accepted") {
        refuse(new Fault(verdict === "busy" ? "mailboxFull" : "actorGone", details));
      }
    });
  }

  pipeToSelf(promise: Promise<unknown>, toMessage: (outcome: Outcome<unknown>) => TaggedMessage): void {
    this.#assertCurrent();
    const pipe = (outcome: Outcome<unknown>): void => {
      if (!this.signal.aborted) this.#stage.enqueue(toMessage(outcome));
    };
    promise.then(
      (value) => pipe({ ok: true, value }),
      (error: unknown) => pipe({ ok: false, error: error as Error }),
    );
  }

  spawn({ protocol, type }: Spawnable, name: string, args?: unknown): AnyReference {
    const { children, path } = this.#stage;
    if (children.has(name)) throw new Fault("nameTaken", { path, name });
    this.#leave({ kind: "spawned", name, type, args });
    const child = new Probe(protocol, `${path}/${name}`);
    children.set(name, child);
    return child;
  }

  stopChild(child: AnyReference): void {
    const { children } = this.#stage;
    const found = [...children].find(([, probe]) => probe === child);
    if (found === undefined) return;
    const [name, probe] = found;
    this.#leave({ kind: "childStopped", name });
    children.delete(name);
    probe.verdict = "gone";
    this.notice(probe);
  }

  stopSelf(): void {
    this.#leave({ kind: "selfStopped" });
    this.#stage.stopSelf();
  }

  children(): ReadonlyMap<string, AnyReference> {
    return new Map(this.#stage.children);
  }

  watch(target: AnyReference, message: TaggedMessage): void {
    this.#leave({ kind: "watched", target, message });
    this.#watched.set(target, message);
    if (target instanceof Probe && target.verdict === "gone") this.notice(target);
  }

  unwatch(target: AnyReference): void {
    this.#leave({ kind: "unwatched", target });
    this.#watched.delete(target);
  }

  startTimer(name: string, delayMs: number, message: TaggedMessage): void {
    this.#leave({ kind: "timerStarted", name, delayMs, message });
    this.#timers.get(name)?.();
    const fire = (): void => {
      this.#timers.delete(name);
      this.#stage.enqueue(message);
    };
    this.#timers.set(name, this.#stage.clock.after(delayMs, fire));
  }

  beat(note?: string): void {
    this.#leave({ kind: "beat", note });
  }

  stopTimer(name: string): void {
    const cancel = this.#timers.get(name);
    if (cancel === undefined) return this.#assertCurrent();
    this.#leave({ kind: "timerStopped", name });
    cancel();
    this.#timers.delete(name);
  }

  stash(): void {
    this.#assertCurrent();
    this.#stage.stash();
  }

  unstashAll(): void {
    this.#leave({ kind: "unstashed", count: this.#stage.unstash() });
  }

  #leave(effect: Effect): void {
    this.#assertCurrent();
    this.#stage.effects.push(effect);
  }

  #assertCurrent(): void {
    if (this.signal.aborted) throw new Fault("staleTurn", { path: this.path });
  }
}
