import { NonceMemory } from "./nonce-memory.ts";
import { allowsSome } from "./scopes.ts";
import { isSame, SIGNATURE_HEADERS, signatureOf } from "./signature.ts";

/** A key of a service, from the settings. */
export interface SourceKey {
  readonly id: string;
  /** `hmac` signs each request; `apiKey` is sent along as it is. */
  readonly kind: "hmac" | "apiKey";
  readonly secret: string;
  readonly scopes: readonly string[];
}

/** What a verifier looks at. */
export interface SourceRequest {
  readonly method: string;
  readonly path: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body byte for byte. */
  readonly raw: Uint8Array;
}

/** Why a source was not believed, and the HTTP status that says so. */
export const SOURCE_REFUSALS = {
  missing: { status: 401, text: "sign the request, or send an API key as Authorization: Bearer KEY" },
  unknownKey: { status: 401, text: "no key of this node is meant" },
  badSignature: { status: 401, text: "the signature does not fit the request" },
  staleTimestamp: { status: 401, text: "the timestamp is too far from this node's time" },
  signedBeforeStart: { status: 401, text: "the request was signed before this node started; sign it anew" },
  replayedNonce: { status: 401, text: "the nonce was used before" },
  nonceMemoryFull: { status: 503, text: "too many signed requests of this key in a short time" },
  nonceUnknown: {
    status: 503,
    text: "the cluster cannot say now whether the nonce was used before, so nothing was done; sign the request anew",
  },
  missingScope: { status: 403, text: "the key may not do this" },
} as const;

export type SourceRefusal = keyof typeof SOURCE_REFUSALS;

/** Who is behind a request, or why that is not believed. */
export type SourceVerdict =
  | {
      readonly kind: "verified";
      readonly key: SourceKey;
      /** Of a signed request: new to this node, and still to be asked of the others. */
      readonly nonce?: string;
    }
  | { readonly kind: "refused"; readonly code: SourceRefusal; readonly keyId?: string };

/** What a verifier goes by. */
export interface VerifierRules {
  /** How far a timestamp may be off, in milliseconds. */
  readonly windowMs: number;
  /**
   * When the memory of nonces began, in milliseconds since 1970. What was signed before may have been used with an
   * earlier process, so it is refused: a restart must not let a captured request pass again.
   */
  readonly startedAtMs: number;
  /** How many nonces are remembered for each key; 100,000 unless given. */
  readonly noncesMax?: number;
}

/** What a verifier has seen, as plain data: another process goes on with it, so that it refuses neither too much nor too little. */
export interface VerifierMemory {
  /** How far a timestamp might be off. */
  readonly windowMs: number;
  readonly keys: readonly {
    readonly id: string;
    /** Since when its nonces are remembered. */
    readonly sinceMs: number;
    readonly nonces: readonly (readonly [nonce: string, takenAtMs: number])[];
  }[];
}

/** What is remembered of one key. */
interface KeyMemory {
  readonly nonces: NonceMemory;
  /** What was signed before may have been used unseen, in milliseconds since 1970. */
  sinceMs: number;
}

/** Nonces remembered for one key; one key's flood must not shut out the others. */
const NONCES_MAX = 100_000;
/** The longest nonce, in characters. */
const NONCE_MAX = 128;
const API_KEY = /^Bearer +(\S+)$/i;
const TIMESTAMP = /^\d{1,15}$/;

/**
 * Verifies which service is behind a request: by an HMAC signature over method, path, timestamp, nonce and body, or by
 * an API key. Time is an argument; its own memory holds only the nonces of rightly signed requests.
 */
export class SourceVerifier {
  readonly #hmacKeys: ReadonlyMap<string, SourceKey>;
  readonly #apiKeys: readonly SourceKey[];
  readonly #memories: ReadonlyMap<string, KeyMemory>;
  readonly #windowMs: number;

  constructor(keys: readonly SourceKey[], { windowMs, startedAtMs, noncesMax = NONCES_MAX }: VerifierRules) {
    const signing = keys.filter(({ kind }) => kind === "hmac");
    this.#hmacKeys = new Map(signing.map((key) => [key.id, key]));
    this.#apiKeys = keys.filter(({ kind }) => kind === "apiKey");
    // A timestamp from the edge of the future is good for two windows.
    const memory = (): KeyMemory => ({
      nonces: new NonceMemory(noncesMax, 2 * windowMs),
      sinceMs: startedAtMs,
    });
    this.#memories = new Map(signing.map(({ id }) => [id, memory()]));
    this.#windowMs = windowMs;
  }

  /** What another process needs to go on. Whatever is verified here later, it does not know. */
  dump(): VerifierMemory {
    const keys = Array.from(this.#memories, ([id, { nonces, sinceMs }]) => ({
      id,
      sinceMs,
      nonces: nonces.entries(),
    }));
    return { windowMs: this.#windowMs, keys };
  }

  /** Goes on with what another process has seen up to now. `wallMs`: milliseconds since 1970. */
  load({ windowMs, keys }: VerifierMemory, wallMs: number): void {
    for (const { id, sinceMs, nonces } of keys) {
      const memory = this.#memories.get(id);
      if (memory === undefined) continue;
      memory.nonces.inherit(nonces);
      // What its window refused it may have forgotten, and ours may be longer.
      memory.sinceMs = Math.max(sinceMs, wallMs - windowMs);
    }
  }

  /** Whether a known service that may do `action` sent this request. `wallMs`: milliseconds since 1970. */
  verify(request: SourceRequest, action: string, wallMs: number): SourceVerdict {
    const header = request.headers["authorization"];
    const verdict =
      header === undefined ? this.#verifySignature(request, wallMs) : this.#verifyApiKey(header);
    if (verdict.kind === "refused" || allowsSome(verdict.key.scopes, action)) return verdict;
    return { kind: "refused", code: "missingScope", keyId: verdict.key.id };
  }

  #verifyApiKey(header: string | readonly string[]): SourceVerdict {
    const [, given] = API_KEY.exec(String(header)) ?? [];
    if (given === undefined) return { kind: "refused", code: "missing" };
    // All keys are compared, so that the time does not tell which one came close.
    const [key] = this.#apiKeys.filter(({ secret }) => isSame(given, secret));
    return key === undefined ? { kind: "refused", code: "unknownKey" } : { kind: "verified", key };
  }

  #verifySignature(request: SourceRequest, wallMs: number): SourceVerdict {
    const claim = readClaim(request);
    if (claim === undefined) return { kind: "refused", code: "missing" };
    const { keyId, timestampMs, nonce, signature } = claim;
    const key = this.#hmacKeys.get(keyId);
    if (key === undefined) return { kind: "refused", code: "unknownKey" };
    const { method, path, raw: body } = request;
    const expected = signatureOf(key.secret, { method, path, body, timestampMs, nonce });
    if (!isSame(signature.toLowerCase(), expected)) return { kind: "refused", code: "badSignature", keyId };
    const isStale = Math.abs(wallMs - timestampMs) > this.#windowMs;
    if (isStale) return { kind: "refused", code: "staleTimestamp", keyId };
    const memory = this.#memories.get(keyId);
    if (memory === undefined || timestampMs < memory.sinceMs) {
      return { kind: "refused", code: "signedBeforeStart", keyId };
    }
    switch (memory.nonces.take(nonce, wallMs)) {
      case "fresh":
        return { kind: "verified", key, nonce };
      case "replayed":
        return { kind: "refused", code: "replayedNonce", keyId };
      case "full":
        return { kind: "refused", code: "nonceMemoryFull", keyId };
    }
  }
}

interface Claim {
  readonly keyId: string;
  readonly timestampMs: number;
  readonly nonce: string;
  readonly signature: string;
}

function readClaim({ headers }: SourceRequest): Claim | undefined {
  const [keyId, timestamp, nonce, signature] = [
    headers[SIGNATURE_HEADERS.key],
    headers[SIGNATURE_HEADERS.timestamp],
    headers[SIGNATURE_HEADERS.nonce],
    headers[SIGNATURE_HEADERS.signature],
  ];
  if (typeof keyId !== "string" || typeof signature !== "string") return undefined;
  if (typeof timestamp !== "string" || !TIMESTAMP.test(timestamp)) return undefined;
  if (typeof nonce !== "string" || nonce.length === 0 || nonce.length > NONCE_MAX) return undefined;
  return { keyId, timestampMs: Number(timestamp), nonce, signature };
}
