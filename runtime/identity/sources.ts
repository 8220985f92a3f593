import type { NodeSettings } from "../../protocols/settings.ts";
import type { Keepsake } from "../feature.ts";
import type { Guard } from "../net/route.ts";
import type { Clock } from "../time/clock.ts";
import { sourceGuard } from "./source-guard.ts";
import { SourceVerifier } from "./source-verifier.ts";
import type { VerifierMemory } from "./source-verifier.ts";

/** The services that this node knows by their keys, for every route that only they may use. */
export class Sources {
  readonly #verifier: SourceVerifier;
  readonly #clock: Clock;

  constructor({ keys, windowMs }: NodeSettings["push"], clock: Clock) {
    this.#verifier = new SourceVerifier(keys, { windowMs, startedAtMs: clock.wallMs() });
    this.#clock = clock;
  }

  /** Lets only those pass whose key may do `action`, be it for some targets only. */
  guard(action: string): Guard {
    return sourceGuard(this.#verifier, action);
  }

  /** What was signed and used: nothing of it may pass a second time after a reload. */
  get keepsake(): Keepsake {
    return {
      name: "nonces",
      version: 1,
      dump: () => this.#verifier.dump(),
      load: (data) => this.#verifier.load(data as VerifierMemory, this.#clock.wallMs()),
    };
  }
}
