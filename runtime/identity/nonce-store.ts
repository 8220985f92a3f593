/** What all nodes of a cluster remember of signed requests, so that what one of them has taken passes at no other one. */
export interface NonceStore {
  /**
   * Takes a nonce of a key, and answers whether nobody had. It is remembered for `keepMs` milliseconds.
   * @throws Fault of the store: then nobody knows, and nothing may be done in its name
   */
  take(keyId: string, nonce: string, keepMs: number): Promise<boolean>;
}
