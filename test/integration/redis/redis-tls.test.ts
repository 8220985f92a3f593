import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestAuthority } from "../../support/certificates.ts";
import { RedisNode } from "../../support/redis-node.ts";
import type { NodeChanges } from "../../support/redis-node.ts";
import { freePort, RedisServer } from "../../support/redis-server.ts";

const LIMIT_MS = 120_000;

describe("a Redis that is reached by TLS", { timeout: LIMIT_MS }, () => {
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let redis: RedisServer;
  let url: string;
  let trusting: NodeChanges;

  before(async () => {
    authority = new TestAuthority();
    stranger = new TestAuthority();
    const [server, node, port] = [authority.certify("redis"), authority.certify("node"), await freePort()];
    redis = await RedisServer.start({
      "tls-port": String(port),
      "tls-cert-file": server.cert,
      "tls-key-file": server.key,
      "tls-ca-cert-file": authority.caFile,
      "tls-auth-clients": "yes",
    });
    url = `rediss://127.0.0.1:${port}`;
    trusting = {
      "cluster.tls.caFile": authority.caFile,
      "cluster.tls.certFile": node.cert,
      "cluster.tls.keyFile": node.key,
    };
  });
  after(async () => {
    await redis.stop();
    authority.remove();
    stranger.remove();
  });

  const refused = async (changes: NodeChanges, words: RegExp): Promise<void> => {
    await assert.rejects(RedisNode.start("a", url, changes), ({ name, message }) => {
      assert.equal(name, "Refusal");
      assert.match(message, words);
      return true;
    });
  };

  it("serves a cluster whose nodes show a certificate and check its own", async () => {
    const node = await RedisNode.start("a", url, trusting);
    assert.equal(await node.enter("fsync", "over-tls", 1), "entered");
    assert.match(redis.cli("client", "list"), /name=banyan:a\/journal:replicated/);
    await node.stop();
  });

  it("is refused in words when its certificate is from somebody else", async () => {
    const words = /self-signed certificate in certificate chain|unable to.*certificate/;
    await refused({}, words);
    await refused({ ...trusting, "cluster.tls.caFile": stranger.caFile }, words);
    await refused({ ...trusting, "cluster.tls.caFile": stranger.caFile }, /correct cluster\.tls: caFile is/);
  });

  it("is refused in words when its certificate is for another name", async () => {
    await refused(
      { ...trusting, "cluster.tls.serverName": "elsewhere.test" },
      /altnames.*serverName is the name in it/,
    );
  });

  it("is refused in words when it asks for a certificate and there is none", async () => {
    await refused({ "cluster.tls.caFile": authority.caFile }, /certificate.*certFile and keyFile/);
  });
});
