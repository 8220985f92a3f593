import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { AlarmChannel } from "../../../protocols/alarm-settings.ts";
import type { Attempt } from "../../../protocols/endpoint.ts";
import { channelTransport } from "../../../runtime/alarms/channel.ts";
import { HttpReceiver } from "../../support/http-receiver.ts";
import type { AnswerTo } from "../../support/http-receiver.ts";
import { dingtalkRobot, feishuRobot, wecomRobot } from "../../support/robots.ts";
import { sampleDelivery } from "../../support/sample-notice.ts";
import { SmtpInbox } from "../../support/smtp-inbox.ts";

const TIMEOUT_MS = 5_000;
const TITLE = "CRITICAL [elm] the disk of /data is full";

let receiver: HttpReceiver;
before(async () => {
  receiver = await new HttpReceiver().open();
});
after(() => receiver.close());

/** Sends one notice through a channel, to a receiver that answers like this. */
function send(channel: Omit<AlarmChannel, "name">, answer?: AnswerTo): Promise<Attempt> {
  receiver.received.length = 0;
  if (answer !== undefined) receiver.answer = answer;
  const transport = channelTransport(
    { name: "chat", ...channel },
    { wallMs: () => Date.now(), timeoutMs: TIMEOUT_MS },
  );
  return transport.send(sampleDelivery(), AbortSignal.timeout(TIMEOUT_MS));
}
const at = (path: string) => receiver.url + path;

describe("the robot of DingTalk", () => {
  const robot = dingtalkRobot("abc", "SEC-of-a-test");

  it("takes what is signed with its secret, and shows it", async () => {
    const channel = {
      kind: "dingtalk",
      url: at("/robot/send?access_token=abc"),
      secret: "SEC-of-a-test",
    } as const;
    assert.equal((await send(channel, robot)).kind, "delivered");
    assert.match(receiver.received[0]?.body ?? "", /the disk of \/data is full/);
  });

  it("refuses another secret and another token with HTTP 200, and that counts as refused", async () => {
    const wrong = {
      kind: "dingtalk",
      url: at("/robot/send?access_token=abc"),
      secret: "SEC-of-another",
    } as const;
    assert.deepEqual(await send(wrong, robot), { kind: "rejected", text: "code 310000: sign not match" });
    const stranger = { ...wrong, url: at("/robot/send?access_token=abd") };
    assert.deepEqual(await send(stranger, robot), {
      kind: "rejected",
      text: "code 300001: token is not exist",
    });
  });

  it("asks for time when there was too much, with HTTP 200 too", async () => {
    const channel = { kind: "dingtalk", url: at("/robot/send?access_token=abc") } as const;
    const full = () => ({
      status: 200,
      body: { errcode: 130_101, errmsg: "send too fast, exceed 20 times per minute" },
    });
    assert.equal((await send(channel, full)).kind, "failed");
  });
});

describe("the robot of WeCom", () => {
  it("takes what comes with its key", async () => {
    const channel = { kind: "wecom", url: at("/cgi-bin/webhook/send?key=abc") } as const;
    assert.equal((await send(channel, wecomRobot("abc"))).kind, "delivered");
    assert.deepEqual(await send(channel, wecomRobot("abd")), {
      kind: "rejected",
      text: "code 93000: invalid webhook url",
    });
  });
});

describe("the robot of Feishu", () => {
  it("takes what is signed with its secret", async () => {
    const channel = {
      kind: "feishu",
      url: at("/open-apis/bot/v2/hook/abc"),
      secret: "key-of-a-test",
    } as const;
    assert.equal((await send(channel, feishuRobot("key-of-a-test"))).kind, "delivered");
    assert.match(String((await send(channel, feishuRobot("another"))).text), /code 19021/);
  });
});

describe("a provider of text messages", () => {
  const sms = {
    kind: "sms",
    to: ["+49170", "+49171"],
    headers: ["authorization: Bearer key-of-a-test", "content-type: application/json"],
    body: '{"to":"{{to}}","text":"{{text}}"}',
    accepted: '"OK"',
  } as const;
  const provider: AnswerTo = ({ headers }) =>
    headers.authorization === "Bearer key-of-a-test"
      ? { status: 200, body: { code: "OK" } }
      : { status: 401, body: { code: "who" } };
  const channel = (more: object = {}): Omit<AlarmChannel, "name"> => ({
    ...sms,
    to: [...sms.to],
    headers: [...sms.headers],
    url: at("/sms"),
    ...more,
  });

  it("is called once for each number", async () => {
    assert.deepEqual(await send(channel(), provider), { kind: "delivered", text: "accepted for 2 numbers" });
    assert.deepEqual(
      receiver.received.map(({ body }) => JSON.parse(body) as unknown),
      [
        { to: "+49170", text: TITLE },
        { to: "+49171", text: TITLE },
      ],
    );
  });

  it("that refuses with HTTP 200 has not taken it", async () => {
    assert.equal((await send(channel(), () => ({ status: 200, body: { code: "LIMIT" } }))).kind, "failed");
    assert.equal((await send(channel({ headers: [] }), provider)).kind, "rejected");
  });

  it("that fails midway leaves those in peace who have got it", async () => {
    receiver.received.length = 0;
    receiver.answer = (_request, count) =>
      count === 2 ? { status: 503 } : { status: 200, body: { code: "OK" } };
    const parts = { wallMs: () => Date.now(), timeoutMs: TIMEOUT_MS };
    const transport = channelTransport({ name: "phone", ...channel() }, parts);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    assert.equal((await transport.send(sampleDelivery(), signal)).kind, "failed");
    assert.equal((await transport.send(sampleDelivery(), signal)).kind, "delivered");
    const numbers = () => receiver.received.map(({ body }) => (JSON.parse(body) as { to: string }).to);
    assert.deepEqual(numbers(), ["+49170", "+49171", "+49171"]);
    assert.equal((await transport.send(sampleDelivery(2), signal)).kind, "delivered");
    assert.deepEqual(numbers().slice(3), ["+49170", "+49171"]);
  });
});

describe("a mail server", () => {
  const mail = (port: number, more: Partial<AlarmChannel> = {}): Omit<AlarmChannel, "name"> => ({
    kind: "mail",
    host: "127.0.0.1",
    port,
    security: "none",
    user: "banyan",
    password: "password of a test",
    from: "banyan@example.com",
    to: ["ann@example.com", "bob@example.com"],
    ...more,
  });
  let inbox: SmtpInbox;
  before(async () => {
    inbox = await new SmtpInbox("banyan", "password of a test", false).open();
  });
  after(() => inbox.close());

  it("takes a mail for all, which says what is wrong", async () => {
    assert.deepEqual(await send(mail(inbox.port)), { kind: "delivered", text: "accepted for 2 of 2" });
    const [got] = inbox.mails;
    assert.deepEqual([got?.from, got?.to], ["banyan@example.com", ["ann@example.com", "bob@example.com"]]);
    assert.match(got?.source ?? "", /^Subject: CRITICAL \[elm\] the disk of \/data is full\r$/m);
    assert.match(got?.source ?? "", new RegExp(`^Message-ID: <${sampleDelivery().id}@banyan>\r$`, "m"));
    assert.match(got?.source ?? "", /^Auto-Submitted: auto-generated\r$/im);
    assert.match(got?.source ?? "", /^key: disk\.full:1\r$/m);
  });

  it("refuses a wrong password for good, and the attempt does not repeat it", async () => {
    assert.deepEqual(await send(mail(inbox.port, { password: "wrong password" })), {
      kind: "rejected",
      text: "SMTP 535",
    });
  });

  it("that is full today is tried again, one that does not want it is not", async () => {
    inbox.refuse = () => ({ responseCode: 452, message: "insufficient storage" });
    assert.deepEqual(await send(mail(inbox.port)), { kind: "failed", text: "SMTP 452" });
    inbox.refuse = () => ({ responseCode: 554, message: "no" });
    assert.deepEqual(await send(mail(inbox.port)), { kind: "rejected", text: "SMTP 554" });
    inbox.refuse = () => undefined;
  });

  it("that offers no encryption gets neither password nor mail, unless that is wanted", async () => {
    const { length } = inbox.mails;
    assert.notEqual((await send(mail(inbox.port, { security: "starttls" }))).kind, "delivered");
    assert.equal(inbox.mails.length, length);
  });

  it("that is not there may be there later", async () => {
    const gone = await new SmtpInbox("a", "b", false).open();
    const { port } = gone;
    await gone.close();
    assert.match((await send(mail(port))).text, /^no answer \(E/);
  });
});
