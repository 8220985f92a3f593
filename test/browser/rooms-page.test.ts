import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import type { ServerFrames } from "../../protocols/client-frames.ts";
import { openBrowser, RoomsWindow } from "../support/browser-window.ts";
import { CutProxy } from "../support/cut-proxy.ts";
import { eventually } from "../support/eventually.ts";
import { FrameClient } from "../support/frame-client.ts";
import { banyan, startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";
import { Pusher } from "../support/pusher.ts";

/** Where the pictures of the page are left for people to look at. */
const PICTURES = join(tmpdir(), "banyan-pictures");

let place: Workplace;
let node: NodeProcess;
let browser: Browser;
const closing: (() => Promise<unknown>)[] = [];

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  place = workplace();
  [node, browser] = await Promise.all([startNode(place.folder), openBrowser()]);
});

after(async () => {
  for (const close of closing.toReversed()) await close();
  await browser.close();
  await node.stop();
  place.remove();
});

const portOf = (listener: string) => Number(new URL(node.listeners[listener] ?? "").port);

/** A window of its own on a wire of its own. */
async function open(query = "", options: Parameters<typeof RoomsWindow.open>[2] = {}) {
  const wire = await CutProxy.open(portOf("web"));
  closing.push(() => wire.close());
  const window = await RoomsWindow.open(browser, `${wire.url}/${query}`, options);
  closing.push(() => window.close());
  return { window, wire };
}

/** Posts as a service does, with the signed request of the command line. */
async function push(room: string, text: string, ...words: string[]): Promise<void> {
  const { code, stderr } = await banyan(place.folder, ["push", room, text, ...words]);
  assert.equal(code, 0, stderr);
}

/** A client that is no browser, in both rooms of a test. */
async function joined(client: FrameClient, rooms: readonly string[]): Promise<FrameClient> {
  closing.push(async () => client.close());
  for (const [id, room] of rooms.entries()) {
    client.send({ kind: "subscribe", id: id + 1, room });
    await client.next("subscribed");
  }
  return client;
}

/** What a client without a page has been told in a room. */
function told(client: FrameClient, room: string): string[] {
  const frames = client.inbox.filter(
    (frame): frame is ServerFrames["publication"] => frame.kind === "publication",
  );
  return frames
    .filter((frame) => frame.room === room)
    .map(({ data }) => (typeof data === "string" ? data : (data as { text: string }).text));
}

/** Lets a picture be taken when fonts and movements have come to rest. */
async function picture(window: RoomsWindow, name: string): Promise<void> {
  await window.page.screenshot({ path: join(PICTURES, `${name}.png`), animations: "disabled" });
}

describe("two windows, a WebSocket client and a TCP client", () => {
  const CHAT = "chat/harbour";
  const LIVE = "live/harbour";
  let one: RoomsWindow;
  let two: RoomsWindow;
  let wire: CutProxy;
  let socket: FrameClient;
  let tcp: FrameClient;
  const said: string[] = [];
  const lines: string[] = [];

  /** Says something, and waits until it has its place: what somebody else says then comes after it. */
  async function speak(words: string, say: (words: string) => void | Promise<void>): Promise<void> {
    await say(words);
    said.push(words);
    await eventually(async () => (await one.sequenced()).map(({ text }) => text), said);
  }

  /** Everybody shows the same, in the same order: nothing is lost and nothing stands twice. */
  async function everybodyShows(): Promise<void> {
    for (const window of [one, two]) {
      await eventually(() => window.chat(), said);
      await eventually(() => window.feed(), lines);
    }
    for (const client of [socket, tcp]) {
      await eventually(() => told(client, CHAT), said, client.name);
      await eventually(() => told(client, LIVE), lines, client.name);
    }
  }

  before(async () => {
    const query = "?room=harbour&live=harbour";
    one = (await open(query)).window;
    ({ window: two, wire } = await open(query, { colorScheme: "dark" }));
    const web = node.listeners["web"]?.replace("http", "ws");
    socket = await joined(await FrameClient.webSocket("socket", `${web}/chatroom`), [CHAT, LIVE]);
    tcp = await joined(await FrameClient.line("tcp", portOf("line")), [CHAT, LIVE]);
  });

  it("are all present", async () => {
    await eventually(() => one.page.locator(".panel-chat .presence summary").innerText(), "4 people here");
    await eventually(() => two.page.locator(".panel-live .presence summary").innerText(), "4 watching");
  });

  it("hear each other, and a signed push, whatever they speak", async () => {
    const publish = { kind: "publish", id: 9, room: CHAT } as const;
    const talk: Record<string, (words: string) => void | Promise<void>> = {
      "from a window": (words) => one.say(words),
      "from the other window": (words) => two.say(words),
      "from a socket": (words) => socket.send({ ...publish, data: words }),
      "from a line": (words) => tcp.send({ ...publish, data: { text: words } }),
    };
    for (const [words, say] of Object.entries(talk)) await speak(words, say);
    await push(LIVE, "Kick-off", "--fact", "home=0", "--fact", "away=0");
    await push(LIVE, "Goal!", "--fact", "home=1");
    lines.push("Kick-off", "Goal!");
    await everybodyShows();
    await eventually(() => two.score(), "1 : 0");
  });

  it("miss nothing and see nothing twice when the wire of one is cut while all talk", async () => {
    wire.cut();
    await two.disconnected();
    for (let n = 1; n <= 5; n++) {
      await speak(`while you were away ${n}`, (words) => one.say(words));
      const publish = { kind: "publish", id: 20 + n, room: CHAT } as const;
      await speak(`from the line ${n}`, (data) => tcp.send({ ...publish, data }));
    }
    await push(LIVE, "Half time", "--fact", "minute=45");
    lines.push("Half time");
    wire.mend();
    await two.reconnected();
    await everybodyShows();
    assert.deepEqual(await two.gaps(), []);
  });

  it("keep what could not be sent, and send it once when asked again", async () => {
    wire.cut();
    await two.disconnected();
    await two.say("said into the void");
    const retry = two.page.locator(".message-failed button");
    await retry.waitFor();
    wire.mend();
    await two.reconnected();
    assert.deepEqual(await one.chat(), said);
    await retry.click();
    said.push("said into the void");
    await everybodyShows();
  });

  it("agree on every message that was on its way when the wire broke", async () => {
    for (let n = 1; n <= 12; n++) {
      await two.say(`burst ${n}`);
      if (n === 6) wire.cut();
    }
    wire.mend();
    await two.reconnected();
    // What got its answer lost comes back with the recovery and has no button any more; the rest is sent again.
    await eventually(() => two.retryAll(), 0);
    await eventually(async () => (await one.chat()).length, said.length + 12);
    const burst = (await one.chat()).slice(said.length);
    assert.deepEqual(burst.toSorted(), Array.from({ length: 12 }, (_, n) => `burst ${n + 1}`).toSorted());
    said.push(...burst);
    await eventually(() => two.chat(), said);
    assert.deepEqual(await two.gaps(), []);
  });

  it("give the browser nothing to complain about", () => {
    assert.deepEqual([...one.complaints, ...two.complaints], []);
  });
});

describe("the page", () => {
  const TELEPHONE = { viewport: { width: 360, height: 720 } };

  it("speaks the language of the browser, and the other one when asked", async () => {
    const { window } = await open("?room=tongues&live=tongues", {
      ...TELEPHONE,
      locale: "zh-CN",
      colorScheme: "dark",
    });
    await eventually(() => window.page.locator(".empty h3").first().innerText(), "还没有人说话");
    assert.equal(await window.page.locator("html").getAttribute("lang"), "zh-Hans");
    await picture(window, "telephone-zh-dark");
    await window.page.getByLabel("Switch to English").click();
    await eventually(() => window.page.locator(".empty h3").first().innerText(), "Nothing said yet");
    await window.page.reload();
    await window.connected();
    assert.equal(await window.page.locator("html").getAttribute("lang"), "en");
    assert.deepEqual(window.complaints, []);
  });

  it("wears the theme of the system, or the one chosen, also after it is loaded again", async () => {
    const { window } = await open("?room=themes&live=themes", { colorScheme: "dark" });
    const theme = () => window.page.locator("html").getAttribute("data-theme");
    await eventually(theme, "dark");
    await window.page.emulateMedia({ colorScheme: "light" });
    await eventually(theme, "light");
    await window.page.getByLabel("Theme: as the system").click();
    await window.page.getByLabel("Theme: light").click();
    await eventually(theme, "dark");
    await window.page.reload();
    await window.connected();
    assert.equal(await theme(), "dark");
    assert.deepEqual(window.complaints, []);
  });

  it("fits a telephone and a wide screen in both themes, with nothing to scroll sideways", async () => {
    await push(
      "live/pictures",
      "Kick-off.",
      "--fact",
      "homeTeam=North Bank",
      "--fact",
      "awayTeam=South Bank",
      "--fact",
      "score=0 : 0",
    );
    await push(
      "live/pictures",
      "Goal! A low shot from the edge of the box.",
      "--fact",
      "score=1 : 0",
      "--fact",
      "minute=23",
    );
    for (const colorScheme of ["light", "dark"] as const) {
      const { window } = await open("?room=pictures&live=pictures", {
        colorScheme,
        viewport: { width: 1440, height: 900 },
      });
      await window.say(`In the ${colorScheme} one. ${"A_word_without_any_place_to_break_".repeat(5)}`);
      await eventually(async () => (await window.feed()).length, 2);
      await picture(window, `wide-${colorScheme}`);
      await window.page.setViewportSize({ width: 360, height: 720 });
      await picture(window, `telephone-chat-${colorScheme}`);
      await window.page.locator(".side-button").nth(1).click();
      await window.page.locator(".feed-text").first().waitFor();
      await picture(window, `telephone-live-${colorScheme}`);
      const { scroll, client } = await window.widths();
      assert.ok(scroll <= client, `${scroll} px of content on ${client} px`);
      assert.deepEqual(window.complaints, []);
    }
  });

  it("shows whatever is said as text, and lets no foreign code or address in", async () => {
    const { window } = await open("?room=safe&live=safe");
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await window.say(evil);
    await eventually(() => window.chat(), [evil]);
    assert.equal(await window.page.locator(".messages img, .messages script").count(), 0);
    assert.equal(await window.page.title(), "Banyan");
    assert.deepEqual(window.complaints, []);
    // The policy itself: what a mistake in the page could add is refused by the browser.
    assert.deepEqual(await window.violations(), [
      "script-src-elem inline",
      "connect-src",
      "style-src-attr inline",
    ]);
  });

  it("lets one choose a name, and comes back with it", async () => {
    const { window } = await open("?room=names&live=names");
    const watcher = await joined(
      await FrameClient.webSocket("watcher", `${node.listeners["web"]?.replace("http", "ws")}/chatroom`),
      ["chat/names"],
    );
    await window.page.locator(".who").click();
    await window.page.keyboard.type("Zoë");
    await window.page.keyboard.press("Enter");
    await eventually(() => window.page.locator(".who b").innerText(), "Zoë");
    await window.connected();
    await eventually(
      async () => (await watcher.next("joined")).members.map(({ name }) => name).includes("Zoë"),
      true,
    );
    await window.page.reload();
    await window.connected();
    assert.equal(await window.page.locator(".who b").innerText(), "Zoë");
    await window.page.locator(".panel-chat .presence summary").click();
    await eventually(
      () =>
        window.page.locator(".panel-chat .presence-list li", { hasText: "Zoë" }).locator(".tag").innerText(),
      "you",
    );
  });
});

describe("a window on a match that has gone on for long", () => {
  it("shows the latest, and leads back to the first that was ever posted", async () => {
    const room = "live/long";
    const pusher = new Pusher(node.listeners["web"] ?? "", node.dataDir);
    const said = Array.from({ length: 320 }, (_, index) => `minute ${index + 1}`);
    for (const data of said) assert.equal((await pusher.push({ room, data })).status, 200);
    const { window } = await open("?room=long&live=long");
    await eventually(() => window.feed(), said.slice(-200));
    const earlier = window.page.getByRole("button", { name: "Earlier" });
    await earlier.click();
    await eventually(() => window.feed(), said.slice(-300));
    await picture(window, "read-back");
    await earlier.click();
    await eventually(() => window.feed(), said);
    assert.equal(await earlier.count(), 0);
    await pusher.push({ room, data: "full time" });
    await eventually(() => window.feed(), [...said, "full time"]);
    assert.deepEqual(window.complaints, []);
  });
});

describe("a gateway that is started anew", () => {
  it("comes with a gap that one sees, and goes on from there", async () => {
    const { window, wire } = await open("?room=anew&live=anew");
    await window.say("before");
    await eventually(
      () =>
        window.page
          .locator(".delivery")
          .innerText()
          .then((text) => text.endsWith("#1")),
      true,
    );
    await node.stop();
    await window.disconnected();
    await picture(window, "reconnecting");
    node = await startNode(place.folder);
    wire.target = portOf("web");
    await window.reconnected();
    await eventually(() => window.gaps(), ["The room restarted: messages may be missing here"]);
    await window.say("after");
    await eventually(() => window.chat(), ["before", "after"]);
    assert.equal(await window.page.locator(".panel-live .gap").count(), 0, "a live room is the same one");
    await picture(window, "gap");
    assert.deepEqual(window.complaints, []);
  });
});
