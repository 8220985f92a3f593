import { signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { askOperators } from "../../../runtime/pages/kit/ask-operators.ts";
import { LookLoop } from "../../../runtime/pages/kit/look-loop.ts";
import type { Look } from "../../../runtime/pages/kit/look-loop.ts";
import type { OperatorToken } from "../../../runtime/pages/kit/operator-token.ts";
import { bandsQuestion, inForce, stretchesOfBand } from "./bands.ts";
import type { Alert, Bands, Expected } from "./bands.ts";
import { RANGES } from "./range.ts";
import type { Choice } from "./range.ts";

/** Blocks take three minutes: who looks more often sees no more. */
const LOOK_EVERY_MS = 10_000;

/** The alerts in force and what is expected, as this window looks at them; the page does without when nobody answers. */
export class AlertsWatch {
  readonly alerts: Signal<readonly Alert[]> = signal([]);
  readonly band: Signal<readonly (readonly Expected[])[]> = signal([]);
  readonly #choice: Signal<Choice>;

  constructor(token: OperatorToken, choice: Signal<Choice>) {
    this.#choice = choice;
    const loop = new LookLoop(token, {
      look: (look) => this.#look(look),
      forget: () => {
        this.alerts.value = [];
        this.band.value = [];
      },
    });
    choice.subscribe(() => loop.plan(0));
  }

  async #look({ token, asking, isOver }: Look): Promise<number | undefined> {
    const question = bandsQuestion(RANGES[this.#choice.value.range].ms, Date.now());
    const [alerts, bands] = await Promise.all([
      askOperators("/v1/alerts", token, asking),
      question === undefined ? undefined : askOperators(question, token, asking),
    ]);
    if (isOver()) return undefined;
    if (alerts.kind === "seen") {
      this.alerts.value = inForce((alerts.body as { readonly alerts: readonly Alert[] }).alerts);
    }
    this.band.value = bands?.kind === "seen" ? stretchesOfBand(bands.body as Bands) : [];
    return alerts.kind === "unknown" ? undefined : LOOK_EVERY_MS;
  }
}
