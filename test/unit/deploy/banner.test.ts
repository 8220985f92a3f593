import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { banner } from "../../../deploy/banner.ts";
import type { ReadySettings } from "../../../deploy/node-secrets.ts";
import { loadSettings } from "../../../deploy/settings.ts";

const settings = loadSettings({ folder: "/no/such/folder", environment: {}, flags: [] });
const node = {
  pid: 1,
  workers: [],
  opsUrl: "http://127.0.0.1:9510",
  listeners: { web: "http://127.0.0.1:9501", length: "tcp://127.0.0.1:9502", line: "tcp://127.0.0.1:9503" },
};
const kept = (name: string) => ({ value: `the-${name}`, path: `/srv/app/.banyan/${name}`, isNew: true });

function text(ready: Partial<ReadySettings>, isTerminal = true): string {
  return banner({
    version: "1.2.3",
    node,
    ready: { settings, opsToken: undefined, pushKey: undefined, ...ready },
    folder: "/srv/app",
    isTerminal,
  });
}

describe("the banner", () => {
  it("says where everything is", () => {
    const shown = text({});
    for (const place of [
      "http://127.0.0.1:9501/",
      "ws://127.0.0.1:9501/chatroom",
      "127.0.0.1:9502 (frames behind",
      "127.0.0.1:9503 (a frame a line)",
    ]) {
      assert.ok(shown.includes(place), place);
    }
  });

  it("shows the token that the node has made, with a line to try it", () => {
    const shown = text({ opsToken: kept("ops-token"), pushKey: kept("push-key") });
    assert.match(shown, /token {6}the-ops-token \(kept in \.banyan\/ops-token\)/);
    assert.match(shown, /tree {7}http:\/\/127\.0\.0\.1:9510\/tree#token=the-ops-token\n/);
    assert.match(shown, /traffic {4}http:\/\/127\.0\.0\.1:9510\/traffic#token=the-ops-token\n/);
    assert.match(
      shown,
      /curl -s -H "Authorization: Bearer \$\(cat \.banyan\/ops-token\)" http:\/\/127\.0\.0\.1:9510\/v1\/tree/,
    );
    assert.doesNotMatch(shown, /the-push-key/);
  });

  it("names only the file of the token where it may be kept", () => {
    const shown = text({ opsToken: kept("ops-token") }, false);
    assert.match(shown, /token {6}kept in \.banyan\/ops-token\n/);
    assert.match(shown, /tree {7}http:\/\/127\.0\.0\.1:9510\/tree\n/);
    assert.doesNotMatch(shown, /the-ops-token/);
  });

  it("never shows a token that somebody configured", () => {
    const shown = text({ settings: { ...settings, ops: { ...settings.ops, token: "configured-token" } } });
    assert.doesNotMatch(shown, /token/);
  });
});
