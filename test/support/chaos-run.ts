import type { LocalRef } from "../../runtime/kernel/local-ref.ts";
import type { SteeringAct } from "../../runtime/kernel/steering.ts";
import type { Strategy } from "../../runtime/supervision/restart-policy.ts";
import { answer, gate, newNotes, own, question, script, work } from "./script.ts";
import type { Gate, ScriptContext, ScriptParts, ScriptRef } from "./script.ts";
import { VirtualSystem } from "./virtual-system.ts";

/** What one turn may do, by what it does to its actor. */
export const ACTS = {
  harmless: ["nothing", "stash", "unstash", "timer", "watch", "pipe", "ask", "wait"],
  failing: ["throw", "stashAndThrow", "waitAndThrow"],
  ending: ["stopSelf", "stopChildren", "stopAndWait", "hang"],
} as const;
export type Act = (typeof ACTS)[keyof typeof ACTS][number];

/** How an actor ends and is supervised, and how it supervises. */
export interface Birth {
  /** Lives that fail before one works. */
  readonly stillborn: number;
  readonly afterStop: keyof typeof AFTER_STOP;
  readonly restart: "permanent" | "temporary";
  readonly strategy: Strategy;
  readonly max: number;
  readonly whenExhausted: "escalate" | "stop";
}

/** One thing that happens to the system; actors and gates are meant by number, whatever numbers there are. */
export type Step =
  | { readonly kind: "spawn"; readonly parent: number; readonly birth: Birth }
  | { readonly kind: "tell" | "ask"; readonly to: number; readonly act: Act; readonly other: number }
  | { readonly kind: "open"; readonly which: number }
  | { readonly kind: "steer"; readonly act: SteeringAct; readonly to: number }
  | { readonly kind: "freeze" | "thaw" }
  | { readonly kind: "pass"; readonly ms: number };

/** The ways in which an `afterStop` can end. */
export const AFTER_STOP = {
  returns: () => {},
  throws: fail,
  resolves: () => Promise.resolve(),
  rejects: () => Promise.reject(new Error("planned")),
  hangs: () => new Promise<void>(() => {}),
} as const;

/** Lets things happen to an actor system, and keeps account of every message, question and turn. */
export class ChaosRun {
  readonly world = new VirtualSystem({ onFailure: () => {} });
  /** Messages that a mailbox took. */
  accepted = 0;
  /** Messages whose turn came to its end. */
  ended = 0;
  /** Questions that have no answer and no fault yet. */
  openAsks = 0;
  /** Turns that began while another of the same actor was open and alive. */
  doubleTurns = 0;
  readonly #refs: ScriptRef[] = [];
  readonly #gates: Gate[] = [];
  readonly #open = new Map<string, Turn>();

  constructor() {
    for (const name of ["first", "second", "third"]) this.#refs.push(this.world.spawn(name));
  }

  async step(step: Step): Promise<void> {
    if (step.kind === "spawn") this.#spawn(step.parent, step.birth);
    else if (step.kind === "open") this.#gates.splice(step.which % this.#gates.length, 1)[0]?.open();
    else if (step.kind === "pass") await this.world.advance(step.ms);
    else if (step.kind === "tell") this.#tellToAct(step.to, step.act, step.other);
    else if (step.kind === "ask") this.#askToAct(step.to, step.act, step.other);
    else if (step.kind === "steer") this.#steer(step.act, step.to);
    else if (step.kind === "freeze") void this.world.system.dump({ withinMs: 50 });
    else this.world.system.thaw();
    await this.world.settle();
  }

  /** Stops the system, waits for everything that is bounded, then opens all gates. */
  async end(): Promise<void> {
    void this.world.system.stop();
    await this.world.advance(600_000);
    for (const { open } of this.#gates) open();
    await this.world.settle();
  }

  #steer(act: SteeringAct, to: number): void {
    const { cell } = this.#ref(to) as unknown as LocalRef;
    this.world.system.steering.steer(act, { path: cell.pathText });
  }

  #ref(index: number): ScriptRef {
    return this.#refs[index % this.#refs.length] as ScriptRef;
  }

  #spawn(parent: number, birth: Birth): void {
    this.#tell(this.#ref(parent), ({ context }) => {
      this.#refs.push(context.spawn(script(partsOf(birth)), `actor-${this.#refs.length}`));
    });
  }

  #tell(to: ScriptRef, run: (turn: Turn) => void | Promise<void>): void {
    this.#count(to, () =>
      this.world.tell(
        to,
        work((context) => this.#turn(context, run)),
      ),
    );
  }

  #tellToAct(to: number, act: Act, other: number): void {
    this.#tell(this.#ref(to), (turn) => this.#act(act, other, turn));
  }

  #askToAct(to: number, act: Act, other: number): void {
    const asking = question((context) =>
      this.#turn(context, async (turn) => {
        if (act === "unstash") context.replyLater();
        else if (act === "nothing") context.reply(answer());
        await this.#act(act, other, turn);
      }),
    );
    void this.#watchAsk(this.#count(this.#ref(to), () => this.world.ask(this.#ref(to), asking)));
  }

  #ask(to: ScriptRef, context: ScriptContext): Promise<void> {
    const asking = question((asked) => this.#turn(asked, () => asked.reply(answer())));
    return this.#watchAsk(this.#count(to, () => context.ask(to, asking)));
  }

  /** Counts the messages that `send` puts into the mailbox of `to`. */
  #count<T>(to: ScriptRef, send: () => T): T {
    const { cell } = to as unknown as LocalRef;
    const before = cell.mailbox.size;
    const result = send();
    this.accepted += cell.mailbox.size - before;
    return result;
  }

  async #watchAsk(asked: Promise<unknown>): Promise<void> {
    this.openAsks++;
    await asked.catch(() => {});
    this.openAsks--;
  }

  #turn(context: ScriptContext, run: (turn: Turn) => void | Promise<void>): void | Promise<void> {
    const { address } = context.self;
    const before = this.#open.get(address);
    if (before !== undefined && isLive(before.context)) this.doubleTurns++;
    const turn: Turn = { context, isPutAside: false };
    this.#open.set(address, turn);
    const close = (): void => {
      if (this.#open.get(address) === turn) this.#open.delete(address);
    };
    const ended = (): void => {
      close();
      if (isLive(context) && !turn.isPutAside) this.ended++;
    };
    let result: void | Promise<void>;
    try {
      result = run(turn);
    } catch (error) {
      close();
      throw error;
    }
    return result instanceof Promise ? result.finally(close).then(ended) : ended();
  }

  #act(act: Act, other: number, turn: Turn): void | Promise<void> {
    return this.#acts(other, turn)[act]();
  }

  #acts(other: number, turn: Turn): Record<Act, () => void | Promise<void>> {
    const { context } = turn;
    const stash = (): void => {
      context.stash();
      turn.isPutAside = true;
    };
    return {
      nothing: () => {},
      stash,
      unstash: () => context.unstashAll(),
      timer: () => context.startTimer("timer", 60, own("timer")),
      watch: () => context.watch(this.#ref(other), own("gone")),
      pipe: () => context.pipeToSelf(this.#ask(this.#ref(other), context), () => own("piped")),
      ask: () => this.#ask(this.#ref(other), context),
      wait: () => this.#wait(),
      throw: fail,
      stashAndThrow: () => {
        stash();
        fail();
      },
      waitAndThrow: () => this.#wait().then(fail),
      stopSelf: () => context.stopSelf(),
      stopChildren: () => {
        for (const child of context.children().values()) context.stopChild(child);
      },
      stopAndWait: () => {
        context.stopSelf();
        return this.#wait();
      },
      hang: () => new Promise(() => {}),
    };
  }

  #wait(): Promise<void> {
    const held = gate();
    this.#gates.push(held);
    return held.opened;
  }
}

/** A turn under observation. */
interface Turn {
  readonly context: ScriptContext;
  isPutAside: boolean;
}

function fail(): never {
  throw new Error("planned");
}

function partsOf(birth: Birth): ScriptParts {
  let lives = 0;
  return {
    initialState: () => {
      if (lives++ < birth.stillborn) fail();
      return newNotes();
    },
    afterStop: AFTER_STOP[birth.afterStop],
    restart: birth.restart,
    handOver: { version: 1, dump: (state) => state, load: newNotes },
    supervision: {
      strategy: birth.strategy,
      budget: { max: birth.max, withinMs: 10_000 },
      whenExhausted: birth.whenExhausted,
    },
  };
}

function isLive(context: ScriptContext): boolean {
  try {
    context.children();
    return true;
  } catch {
    return false;
  }
}
