import { batch, effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { askOperators } from "../../../runtime/pages/kit/ask-operators.ts";
import type { OperatorsAnswer } from "../../../runtime/pages/kit/ask-operators.ts";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { followPulse } from "./follow-pulse.ts";
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
  readonly #token: OperatorToken;
  #asking: AbortController | undefined;
  #following: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(token: OperatorToken) {
    this.#token = token;
    effect(() => this.#begin(token.value.value));
    document.addEventListener("visibilitychange", () => this.#begin(token.value.value));
  }

  choose(choice: Choice): void {
    this.choice.value = choice;
    this.pointedMs.value = undefined;
    this.#plan(0);
  }

  #begin(token: string | undefined): void {
    this.#stop();
    if (token === undefined) {
      this.traffic.value = undefined;
      this.pulse.value = undefined;
      return;
    }
    if (document.visibilityState === "hidden") return;
    void this.#follow(token);
    this.#plan(0);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    this.#asking?.abort();
    this.#following?.abort();
    this.#asking = undefined;
    this.#following = undefined;
  }

  async #follow(token: string): Promise<void> {
    const following = new AbortController();
    this.#following = following;
    let before: Pulse | undefined = undefined;
    await followPulse(token, following.signal, (revision) => {
      if (this.#following !== following) return;
      before = revised(before, revision);
      this.pulse.value = before;
    });
    if (this.#following !== following) return;
    // What was seen once is not shown as if it were now.
    this.pulse.value = undefined;
    this.#again = setTimeout(() => void this.#follow(token), FOLLOW_AGAIN_MS);
  }

  /** A new look takes the place of one that is under way. */
  #plan(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#asking = undefined;
    this.#timer = setTimeout(() => void this.#look(), afterMs);
  }

  async #look(): Promise<void> {
    const token = this.#token.value.value;
    if (token === undefined) return;
    const asking = new AbortController();
    this.#asking = asking;
    const choice = this.choice.value;
    const seenAtMs = Date.now();
    const questions = {
      ...questionsOf(choice, { nowMs: seenAtMs, zone: this.zone }),
      partitions: "/v1/stats/partitions",
    };
    const asked = Object.entries(questions).map(
      async ([name, path]) => [name, await askOperators(path, token, asking)] as const,
    );
    const answers: Answers = Object.fromEntries(await Promise.all(asked));
    // Another look has begun, or nobody looks any more.
    if (this.#asking !== asking) return;
    const failed = Object.values(answers).find(({ kind }) => kind !== "seen");
    batch(() => {
      this.answer.value = failed ?? { kind: "seen", body: undefined };
      if (failed === undefined) this.traffic.value = trafficOf(answers, choice, seenAtMs);
    });
    if (failed?.kind === "unknown") return this.#token.forget();
    this.#plan(RANGES[choice.range].refreshMs);
  }
}

function trafficOf(answers: Answers, choice: Choice, seenAtMs: number): Traffic {
  const bodies = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [name, answer.kind === "seen" ? answer.body : undefined]),
  ) as Omit<Traffic, "choice" | "seenAtMs" | "partitions"> & {
    readonly partitions: { readonly partitions: readonly Partition[] };
  };
  return { ...bodies, partitions: bodies.partitions.partitions, choice, seenAtMs };
}
