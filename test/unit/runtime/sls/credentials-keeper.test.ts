import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CredentialsKeeper } from "../../../../runtime/sls/credentials-keeper.ts";
import type { SlsCredentials } from "../../../../runtime/sls/credentials-keeper.ts";

const MINUTE_MS = 60_000;

describe("a keeper of credentials", () => {
  it("asks once for all who need a key at the same time, and keeps it", async () => {
    const { keeper, made } = keeping((number) => ({ expiresAtMs: number * 60 * MINUTE_MS }));
    const keys = await Promise.all([keeper.current(), keeper.current()]);
    assert.deepEqual(
      keys.map(({ accessKeyId }) => accessKeyId),
      ["key-1", "key-1"],
    );
    await keeper.current();
    assert.equal(made(), 1);
  });

  it("renews a temporary key five minutes before it ends", async () => {
    const { keeper, pass } = keeping((number) => ({ expiresAtMs: number * 60 * MINUTE_MS }));
    await keeper.current();
    pass(54 * MINUTE_MS);
    assert.equal((await keeper.current()).accessKeyId, "key-1");
    pass(2 * MINUTE_MS);
    assert.equal((await keeper.current()).accessKeyId, "key-2");
  });

  it("does not ask at each call when what it gets ends as soon as what it had", async () => {
    const { keeper, made, pass } = keeping(() => ({ expiresAtMs: 60 * MINUTE_MS }));
    await keeper.current();
    pass(56 * MINUTE_MS);
    for (let call = 0; call < 5; call++) await keeper.current();
    assert.equal(made(), 2);
    pass(11_000);
    await keeper.current();
    assert.equal(made(), 3);
  });

  it("goes on with a key that still works while the token service is away, and no longer", async () => {
    const { keeper, pass } = keeping((number) => {
      if (number > 1) throw new Error("away");
      return { expiresAtMs: 60 * MINUTE_MS };
    });
    await keeper.current();
    pass(58 * MINUTE_MS);
    assert.equal((await keeper.current()).accessKeyId, "key-1");
    pass(3 * MINUTE_MS);
    await assert.rejects(keeper.current(), /away/);
  });

  it("renews a key also after the clock was set back", async () => {
    const { keeper, made, pass } = keeping(() => ({ expiresAtMs: 60 * MINUTE_MS }));
    const refused = await keeper.current();
    pass(-60 * MINUTE_MS);
    assert.equal(await keeper.replace(refused), true);
    assert.equal(made(), 2);
  });

  it("replaces a refused key once for all who were refused", async () => {
    const { keeper, made, pass } = keeping(() => ({}));
    const refused = await keeper.current();
    pass(MINUTE_MS);
    assert.deepEqual(await Promise.all([keeper.replace(refused), keeper.replace(refused)]), [true, true]);
    assert.equal(await keeper.replace(refused), true);
    assert.equal(made(), 2);
  });

  it("does not ask again and again for a key that is refused however new it is", async () => {
    const { keeper, made, pass } = keeping(() => ({ accessKeyId: "the only one" }));
    const refused = await keeper.current();
    assert.equal(await keeper.replace(refused), false);
    assert.equal(made(), 1);
    pass(11_000);
    assert.equal(await keeper.replace(refused), false);
    assert.equal(made(), 2);
  });
});

function keeping(key: (number: number) => Partial<SlsCredentials>) {
  let nowMs = 0;
  let made = 0;
  const keeper = new CredentialsKeeper(
    async () => {
      made++;
      return { accessKeyId: `key-${made}`, accessKeySecret: "secret", ...key(made) };
    },
    () => nowMs,
  );
  return { keeper, made: () => made, pass: (ms: number) => void (nowMs += ms) };
}
