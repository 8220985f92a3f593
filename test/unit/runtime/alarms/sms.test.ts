import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { smsCall } from "../../../../runtime/alarms/sms.ts";

const PROVIDER = { url: "https://example.com/send", method: "POST", headers: {}, to: [] } as const;
const VALUES = { to: "+49 170 1", text: 'full & "done" <b>' };

describe("the request for a text message", () => {
  it("has number and text in the body, escaped as its type asks for", () => {
    const bodyFor = (type: string, body: string) =>
      smsCall({ ...PROVIDER, headers: { "content-type": type }, body }, VALUES).body;
    assert.equal(bodyFor("application/json", '{"t":"{{text}}"}'), '{"t":"full & \\"done\\" <b>"}');
    assert.equal(
      bodyFor("application/x-www-form-urlencoded", "to={{to}}&t={{text}}"),
      "to=%2B49%20170%201&t=full%20%26%20%22done%22%20%3Cb%3E",
    );
    assert.equal(bodyFor("text/xml", "<t>{{text}}</t>"), "<t>full &#38; &#34;done&#34; &#60;b&#62;</t>");
    assert.equal(bodyFor("text/plain", "{{to}}: {{text}}"), `${VALUES.to}: ${VALUES.text}`);
  });

  it("has them in the address, where a provider wants them there", () => {
    const { url } = smsCall({ ...PROVIDER, url: "https://example.com/?to={{to}}&t={{text}}" }, VALUES);
    assert.deepEqual(
      [...new URL(url).searchParams],
      [
        ["to", VALUES.to],
        ["t", VALUES.text],
      ],
    );
  });

  it("stays JSON whatever the text holds, and the text stays what it was", () => {
    const provider = {
      ...PROVIDER,
      headers: { "content-type": "application/json" },
      body: '{"to":"{{to}}","text":"{{text}}"}',
    };
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        const { body } = smsCall(provider, { to: "1", text });
        assert.deepEqual(JSON.parse(body ?? ""), { to: "1", text });
      }),
    );
  });
});
