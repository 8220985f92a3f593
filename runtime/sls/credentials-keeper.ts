/** A key of an account, or a temporary one with its token. */
export interface SlsCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of a temporary key. */
  readonly securityToken?: string | undefined;
  /** When a temporary key ends, in milliseconds since 1970. */
  readonly expiresAtMs?: number | undefined;
}

/** Where keys come from: settings, the environment, a token service. Called again whenever a key has run out. */
export type FetchCredentials = () => Promise<SlsCredentials>;

/** A temporary key is renewed this long before its end. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** A key that is refused however new it is, or no newer than the one before: nobody asks the token service for another at each call. */
const RENEW_AGAIN_AFTER_MS = 10_000;

/** Keeps the present key, and renews it before it ends or when the service does not take it any more. Shared by all clients. */
export class CredentialsKeeper {
  readonly #fetch: FetchCredentials;
  readonly #wallMs: () => number;
  #current: SlsCredentials | undefined;
  #askedAtMs = -Infinity;
  #fetching: Promise<SlsCredentials> | undefined;

  constructor(fetch: FetchCredentials, wallMs: () => number) {
    this.#fetch = fetch;
    this.#wallMs = wallMs;
  }

  /** The key to sign with now. */
  async current(): Promise<SlsCredentials> {
    const known = this.#current;
    if (known === undefined) return this.#renew();
    const { expiresAtMs = Infinity } = known;
    const leftMs = expiresAtMs - this.#wallMs();
    if (leftMs > RENEW_BEFORE_MS || (leftMs > 0 && this.#hasJustAsked)) return known;
    return this.#renewInTime(known, expiresAtMs);
  }

  /** The service has refused a key: whether there is another one now. */
  async replace(refused: SlsCredentials): Promise<boolean> {
    const known = this.#current;
    // Many pullers are refused at once, and the first of them has fetched the new key.
    if (known !== undefined && !isSameKey(known, refused)) return true;
    if (this.#fetching === undefined && this.#hasJustAsked) return false;
    return !isSameKey(await this.#renew(), refused);
  }

  get #hasJustAsked(): boolean {
    const passedMs = this.#wallMs() - this.#askedAtMs;
    // A clock that was set back must not keep it from asking for as long.
    return passedMs >= 0 && passedMs < RENEW_AGAIN_AFTER_MS;
  }

  /** A token service that is away does no harm as long as the key still works. */
  async #renewInTime(known: SlsCredentials, expiresAtMs: number): Promise<SlsCredentials> {
    try {
      return await this.#renew();
    } catch (error) {
      if (expiresAtMs > this.#wallMs()) return known;
      throw error;
    }
  }

  #renew(): Promise<SlsCredentials> {
    this.#fetching ??= this.#fetchOnce();
    return this.#fetching;
  }

  async #fetchOnce(): Promise<SlsCredentials> {
    try {
      this.#askedAtMs = this.#wallMs();
      this.#current = await this.#fetch();
      return this.#current;
    } finally {
      this.#fetching = undefined;
    }
  }
}

function isSameKey(one: SlsCredentials, other: SlsCredentials): boolean {
  return (
    one.accessKeyId === other.accessKeyId &&
    one.accessKeySecret === other.accessKeySecret &&
    one.securityToken === other.securityToken
  );
}
