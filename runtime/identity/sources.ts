import type { NodeSettings } from "../../protocols/settings.ts";
import type { Keepsake } from "../feature.ts";
import type { Guard } from "../net/route.ts";
import type { Clock } from "../time/clock.ts";
import type { NonceStore } from "./nonce-store.ts";
import { sourceGuard } from "./source-guard.ts";
import { SourceVerifier } from "./source-verifier.ts";
import type { VerifierMemory } from "./source-verifier.ts";

/** For how many windows the nodes of a cluster remember a nonce: two pass until a timestamp from the edge of the future is stale, and clocks may be one apart. */
const WINDOWS_KEPT = 3;

/** The services that this node knows by their keys, for every route that only they may use. */
export class Sources {
  readonly #verifier: SourceVerifier;
  readonly #clock: Clock;
  readonly #nonces: NonceStore | undefined;
  readonly #keepNoncesMs: number;

  /** @param nonces what all nodes of the cluster remember; unless given, this node remembers alone */
  constructor({ keys, windowMs }: NodeSettings["push"], clock: Clock, nonces?: NonceStore) {
    this.#verifier = new SourceVerifier(keys, { windowMs, startedAtMs: clock.wallMs() });
    this.#clock = clock;
    this.#nonces = nonces;
    this.#keepNoncesMs = WINDOWS_KEPT * windowMs;
  }

  /** Lets only those pass whose key may do `action`, be it for some targets only. */
  guard(action: string): Guard {
    const parts = { verifier: this.#verifier, nonces: this.#nonces, keepNoncesMs: this.#keepNoncesMs };
    return sourceGuard(parts, action);
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
