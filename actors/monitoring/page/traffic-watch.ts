import { batch, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { askOperators } from "../../../runtime/pages/kit/ask-operators.ts";
import type { OperatorsAnswer } from "../../../runtime/pages/kit/ask-operators.ts";
import { LookLoop } from "../../../runtime/pages/kit/look-loop.ts";
import type { Look } from "../../../runtime/pages/kit/look-loop.ts";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { followPulse } from "./follow-pulse.ts";
import type { LogReaders } from "./log-troubles.ts";
import { revised } from "./pulse.ts";
import type { Pulse } from "./pulse.ts";
import { choiceOf, questionsOf, RANGES } from "./range.ts";
import type { Choice } from "./range.ts";
import type { Partition, Stats } from "./stats.ts";

/** A stream that has ended is opened again after so long. */
const FOLLOW_AGAIN_MS = 2_000;

/** Everything that was seen of a range with one look. */
export interface Traffic {
  readonly choice: Choice;
  readonly seenAtMs: number;
  readonly requests: Stats;
  readonly latency: Stats;
  readonly clients: Stats;
  readonly urls: Stats;
  readonly routes: Stats;
  /** The same range as the routes, undivided: what they are parts of. */
  readonly all: Stats;
  readonly partitions: readonly Partition[];
  /** What reads the logs, on each node. */
  readonly readers: readonly LogReaders[];
}

type Answers = Readonly<Record<string, OperatorsAnswer>>;

/** The traffic as this window looks at it: the latest cells as they change, all else anew every few seconds, and only while somebody can see it. */
export class TrafficWatch {
  readonly choice: Signal<Choice> = signal(choiceOf("hour"));
  /** What came of the latest look; undefined before the first. */
  readonly answer: Signal<OperatorsAnswer | undefined> = signal(undefined);
  /** The latest that was seen. */
  readonly traffic: Signal<Traffic | undefined> = signal(undefined);
  readonly pulse: Signal<Pulse | undefined> = signal(undefined);
  /** The time that somebody points at, in all charts. */
  readonly pointedMs: Signal<number | undefined> = signal(undefined);
  readonly zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  readonly #loop: LookLoop;

  constructor(token: OperatorToken) {
    this.#loop = new LookLoop(token, {
      look: (look) => this.#look(look),
      forget: () => void (this.traffic.value = undefined),
      begin: (known) => this.#follow(known),
    });
  }

  choose(choice: Choice): void {
    this.choice.value = choice;
    this.pointedMs.value = undefined;
    this.#loop.plan(0);
  }

  /** Follows the latest cells until it is ended; a stream that breaks off is opened again. */
  #follow(token: string): () => void {
    const following = new AbortController();
    void this.#followUntil(following.signal, token);
    return () => {
      following.abort();
      this.pulse.value = undefined;
    };
  }

  async #followUntil(until: AbortSignal, token: string): Promise<void> {
    while (!until.aborted) {
      let before: Pulse | undefined = undefined;
      await followPulse(token, until, (revision) => {
        if (until.aborted) return;
        before = revised(before, revision);
        this.pulse.value = before;
      });
      // What was seen once is not shown as if it were now.
      if (!until.aborted) this.pulse.value = undefined;
      await new Promise((resolve) => setTimeout(resolve, FOLLOW_AGAIN_MS));
    }
  }

  async #look({ token, asking, isOver }: Look): Promise<number | undefined> {
    const choice = this.choice.value;
    const seenAtMs = Date.now();
    const questions = {
      ...questionsOf(choice, { nowMs: seenAtMs, zone: this.zone }),
      partitions: "/v1/stats/partitions",
      logs: "/v1/logs",
    };
    const asked = Object.entries(questions).map(
      async ([name, path]) => [name, await askOperators(path, token, asking)] as const,
    );
    const answers: Answers = Object.fromEntries(await Promise.all(asked));
    if (isOver()) return undefined;
    const failed = Object.values(answers).find(({ kind }) => kind !== "seen");
    batch(() => {
      this.answer.value = failed ?? { kind: "seen", body: undefined };
      if (failed === undefined) this.traffic.value = trafficOf(answers, choice, seenAtMs);
    });
    return failed?.kind === "unknown" ? undefined : RANGES[choice.range].refreshMs;
  }
}

function trafficOf(answers: Answers, choice: Choice, seenAtMs: number): Traffic {
  const bodies = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [name, answer.kind === "seen" ? answer.body : undefined]),
  ) as Omit<Traffic, "choice" | "seenAtMs" | "partitions" | "readers"> & {
    readonly partitions: { readonly partitions: readonly Partition[] };
    readonly logs: { readonly nodes: readonly LogReaders[] };
  };
  const { partitions, logs, ...stats } = bodies;
  return { ...stats, partitions: partitions.partitions, readers: logs.nodes, choice, seenAtMs };
}
