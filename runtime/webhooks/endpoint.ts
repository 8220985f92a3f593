import { EndpointProtocol } from "../../protocols/endpoint.ts";
import type { Attempt } from "../../protocols/endpoint.ts";
import type { Context } from "../actor/context.ts";
import { defineActor } from "../actor/define-actor.ts";
import { TokenBucket } from "../net/token-bucket.ts";
import type { Rate } from "../net/token-bucket.ts";
import type { Delivery, Transport } from "./delivery.ts";
import type { EndpointAccount, EndpointCounts } from "./endpoint-account.ts";
import { failureOf } from "./http-exchange.ts";
import type { Outbox } from "./outbox.ts";
import { nextStep } from "./retry-plan.ts";
import type { RetryRules } from "./retry-plan.ts";

/** How one receiver is spoken to. */
export interface EndpointRules extends RetryRules {
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs: number;
  /** How often something is sent; as fast as the receiver answers unless given. */
  readonly rate?: Rate | undefined;
}

/** What an endpoint is started with. Outbox and account outlast its lives. */
export interface EndpointArgs {
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly account: EndpointAccount;
  readonly rules: EndpointRules;
}

interface EndpointState extends EndpointArgs {
  readonly bucket: TokenBucket | undefined;
  /** Failed tries of the head of the queue. */
  attempts: number;
  /** The number of the present or last try: what an earlier one brings is too late. */
  serial: number;
  /** Ends the try that is under way. */
  abort: AbortController | undefined;
  /** Whether a try is under way or has its time. */
  isBusy: boolean;
}

/** What the next process needs to go on. */
interface EndpointDump {
  readonly deliveries: readonly Delivery[];
  readonly attempts: number;
  readonly counts: EndpointCounts;
  readonly last: EndpointAccount["last"];
}

type EndpointContext = Context<EndpointProtocol>;

/**
 * Delivers to one receiver: one at a time, in order, tried again until it is taken, rejected or too old. A slow or dead
 * receiver holds up nobody else.
 */
export const Endpoint = defineActor({
  protocol: EndpointProtocol,
  essential: true,
  initialState: (args: EndpointArgs, context: EndpointContext): EndpointState => begin(args, 0, context),
  handlers: {
    deliver(state, { id, type, atMs, data }, context) {
      const { outbox, account } = state;
      if (outbox.add({ id, type, atMs, data }) === "full") {
        account.counts.refused++;
        context.log.warn("delivery.refused", { id, type, waiting: outbox.size });
        return context.reply(queueFull(outbox));
      }
      context.reply({ kind: "queued", ahead: outbox.size - 1 });
      if (!state.isBusy) attempt(state, context);
    },
    tryNext(state, _message, context) {
      attempt(state, context);
    },
    attempted(state, { serial, attempt: ended }, context) {
      if (serial === state.serial) settle(state, ended, context);
    },
    tookTooLong(state, { serial }, context) {
      // A transport that does not heed the signal is not waited for.
      if (serial === state.serial) settle(state, { kind: "failed", text: "no answer in time" }, context);
    },
  },
  // A try that is under way then may still arrive, and is made again: its id is the same.
  handOver: {
    version: 1,
    dump: ({ outbox, attempts, account }): EndpointDump => ({
      deliveries: outbox.all(),
      attempts,
      counts: account.counts,
      last: account.last,
    }),
    load(data, args, context) {
      const { deliveries, attempts, counts, last } = data as EndpointDump;
      for (const delivery of deliveries) args.outbox.add(delivery);
      Object.assign(args.account.counts, counts);
      args.account.last = last;
      return begin(args, attempts, context);
    },
  },
  afterStop: ({ abort }) => abort?.abort(),
  describe: ({ outbox, account, attempts }) => ({
    waiting: outbox.size,
    failedTries: attempts,
    ...account.counts,
    ...(account.last === undefined ? {} : { last: account.last }),
  }),
});

function begin(args: EndpointArgs, attempts: number, context: EndpointContext): EndpointState {
  const { rate } = args.rules;
  const bucket = rate === undefined ? undefined : new TokenBucket(rate, context.nowMs());
  // What an earlier life has left is still to be delivered.
  const isBusy = args.outbox.size > 0;
  if (isBusy) context.startTimer("next", 0, { kind: "tryNext" });
  return { ...args, bucket, attempts, serial: 0, abort: undefined, isBusy };
}

function attempt(state: EndpointState, context: EndpointContext): void {
  const { outbox, bucket, transport, rules } = state;
  const delivery = outbox.head();
  state.isBusy = delivery !== undefined;
  if (delivery === undefined) return;
  const waitMs = bucket?.take(context.nowMs()) ?? 0;
  if (waitMs > 0) return context.startTimer("next", waitMs, { kind: "tryNext" });
  const serial = ++state.serial;
  state.abort = new AbortController();
  context.startTimer("limit", rules.timeoutMs, { kind: "tookTooLong", serial });
  context.pipeToSelf(transport.send(delivery, state.abort.signal), (outcome) => ({
    kind: "attempted",
    serial,
    attempt: outcome.ok ? outcome.value : { kind: "failed", text: failureOf(outcome.error) },
  }));
}

function settle(state: EndpointState, ended: Attempt, context: EndpointContext): void {
  context.stopTimer("limit");
  state.serial++;
  state.abort?.abort();
  state.abort = undefined;
  state.account.last = { atMs: context.wallMs(), kind: ended.kind, text: ended.text };
  const delivery = state.outbox.head();
  if (delivery === undefined) return;
  if (ended.kind === "failed") return retry(state, delivery, { ...ended, context });
  state.account.counts[ended.kind]++;
  const what = { id: delivery.id, type: delivery.type };
  if (ended.kind === "rejected") context.log.error("delivery.rejected", { ...what, answer: ended.text });
  else context.log.debug("delivery.made", what);
  finish(state, delivery, context);
}

interface Failure {
  readonly text: string;
  readonly afterMs?: number;
  readonly context: EndpointContext;
}

function retry(state: EndpointState, delivery: Delivery, { text, afterMs, context }: Failure): void {
  const { rules, account } = state;
  const attempts = ++state.attempts;
  const ageMs = context.wallMs() - delivery.atMs;
  const step = nextStep(rules, { attempts, ageMs, afterMs, random: context.random() });
  const what = { id: delivery.id, type: delivery.type, answer: text };
  if (step.kind === "giveUp") {
    account.counts.gaveUp++;
    context.log.error("delivery.gaveUp", { ...what, attempts, why: step.why });
    return finish(state, delivery, context);
  }
  account.counts.retried++;
  // Once for each delivery: a receiver that is away for long is one event, not hundreds.
  if (attempts === 1) context.log.warn("delivery.failed", { ...what, retryInMs: step.inMs });
  context.startTimer("next", step.inMs, { kind: "tryNext" });
}

function finish(state: EndpointState, { id }: Delivery, context: EndpointContext): void {
  state.outbox.remove(id);
  state.attempts = 0;
  attempt(state, context);
}

function queueFull({ max }: Outbox) {
  const text = `${max} deliveries wait for this endpoint, and it takes no more until one has left`;
  return { kind: "refused", code: "queueFull", text } as const;
}
