import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { trafficLink } from "../../deploy/tree-link.ts";
import { openBrowser } from "../support/browser-window.ts";
import { eventually } from "../support/eventually.ts";
import { startNode, workplace } from "../support/node-process.ts";
import type { NodeProcess, Workplace } from "../support/node-process.ts";

let place: Workplace;
let node: NodeProcess;
let browser: Browser;

before(async () => {
  place = workplace();
  [node, browser] = await Promise.all([startNode(place.folder), openBrowser()]);
});

after(async () => {
  await browser.close();
  await node.stop();
  place.remove();
});

/** A window on the page, and what it has asked for and complained about. */
interface TrafficWindow {
  readonly page: Page;
  readonly asked: string[];
  readonly complaints: string[];
}

async function openWindow(url: string, options: BrowserContextOptions = {}): Promise<TrafficWindow> {
  const context = await browser.newContext({ locale: "en-US", timezoneId: "America/New_York", ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  await page.goto(url);
  return { page, asked, complaints };
}

const HOSTILE = "/<img src=x onerror=document.title='taken'>";
const widthsOf = (page: Page) =>
  page.evaluate<number[]>("[document.documentElement.scrollWidth, innerWidth]");
const cardOf = (page: Page, title: string) =>
  page.locator(".card", { has: page.getByRole("heading", { name: title }) });

describe("the page with the traffic, opened without a token", () => {
  it("asks for nothing until it has one, and says when it is the wrong one", async () => {
    const { page, asked } = await openWindow(trafficLink(node.ops));
    await page.getByLabel("Token").fill("wrong");
    assert.ok(!asked.some((url) => url.includes("/v1/")));
    await page.getByRole("button", { name: "Show the traffic" }).click();
    await page.getByText("This is not the token of this node.").waitFor();
    await page.getByLabel("Token").fill(node.token);
    await page.getByRole("button", { name: "Show the traffic" }).click();
    await page.locator(".tiles").waitFor();
    await page.getByRole("link", { name: "Tree" }).click();
    await page.locator(".line-node").waitFor();
  });
});

describe("the page with the traffic of a node that somebody uses", () => {
  it("says that nothing is there yet, then shows what the gateway answers as it happens", async () => {
    const window = await openWindow(trafficLink(node.ops, node.token));
    const { page } = window;
    await page.getByText("Nothing was counted in this range.").first().waitFor();
    const web = node.listeners["web"] ?? "";
    const paths = ["/", "/", "/", "/no-such-page", encodeURI(HOSTILE), `/${"long".repeat(400)}`];
    await Promise.all(paths.map(async (path) => (await fetch(web + path)).arrayBuffer()));

    const partitions = cardOf(page, "Partitions").locator("tbody tr");
    await eventually(async () => (await partitions.allInnerTexts())[0]?.includes("gateway/banyan"), true);
    await eventually(async () => (await partitions.locator("td").nth(3).allInnerTexts())[0], "6");
    assert.equal(await partitions.locator(".sum.good").count(), 1, "what was read is accounted for");
    const status = cardOf(page, "Requests a second, by status");
    await eventually(async () => (await status.locator(".bar.series-2xx").count()) > 0, true);
    assert.ok((await status.locator(".bar.series-4xx").count()) > 0);
    const urls = cardOf(page, "Paths asked for most");
    assert.match(await urls.locator("tbody tr").first().innerText(), /^\/\s+3\s+50%/);
    assert.ok((await urls.innerText()).includes("img"), "a path is text");
    assert.equal(await urls.locator("img").count(), 0);
    assert.match(await page.locator(".tile").first().innerText(), /6 since .*so far|0\.2/);
    assert.deepEqual(window.complaints, [], "the policy of the page has nothing against it");
  });

  it("shows the numbers of a chart as a table, and goes through it with the keyboard", async () => {
    const { page } = await openWindow(trafficLink(node.ops, node.token));
    const status = cardOf(page, "Requests a second, by status");
    await status.getByText("As a table").click();
    await status.locator("tbody tr").first().waitFor();
    assert.ok((await status.locator("tbody tr").count()) > 100);
    const unpointed = await status.locator(".card-head p").innerText();
    await status.getByRole("img").press("ArrowRight");
    await eventually(async () => (await status.locator(".card-head p").innerText()) !== unpointed, true);
    assert.equal(await status.locator(".pointed").count(), 1);
  });

  it("asks for longer ranges by coarser steps, days by those of the reader", async () => {
    const { page, asked } = await openWindow(trafficLink(node.ops, node.token));
    await page.getByRole("button", { name: "7 days" }).click();
    await page.getByRole("button", { name: "1 day" }).click();
    const wanted = (url: string) => url.includes("step=1d") && url.includes("tz=America%2FNew_York");
    await eventually(() => asked.some(wanted), true);
    const status = cardOf(page, "Requests a second, by status");
    await eventually(async () => (await status.locator(".bar").count()) > 0, true);
  });

  it("follows nothing while nobody can see it", async () => {
    const { page, asked } = await openWindow(trafficLink(node.ops, node.token));
    await page.locator(".tiles").waitFor();
    const turn = (state: string) =>
      page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"))`);
    await turn("hidden");
    const streams = () => asked.filter((url) => url.includes("/stats/stream")).length;
    const opened = streams();
    await turn("visible");
    await eventually(() => streams() > opened, true);
    await page.locator(".pill-good").waitFor();
  });
});

describe("the page with the traffic on a narrow screen, of partitions in trouble", () => {
  it("says what is wrong, and nothing has to be scrolled sideways", async () => {
    const { page } = await openWindow(trafficLink(node.ops), {
      viewport: { width: 390, height: 800 },
      locale: "zh-CN",
    });
    const parts = {
      batches: 3,
      counted: 5,
      duplicate: 0,
      quarantined: 1,
      tooLate: 0,
      unparsable: 0,
      lost: 2,
    };
    const partitions = [
      { partition: "nginx/0", state: "stalled", read: 6, ...parts },
      { partition: "nginx/1", state: "lagging", read: 7, lagMs: 90_000, ...parts },
    ];
    await page.route("**/v1/stats/partitions", (route) => route.fulfill({ json: { partitions } }));
    await page.goto(trafficLink(node.ops, node.token));
    const rows = cardOf(page, "分区").locator("tbody tr");
    await rows.first().waitFor();
    assert.match(await rows.nth(0).innerText(), /停滞/);
    assert.equal(await rows.nth(0).locator(".sum.good").count(), 1);
    assert.match(await rows.nth(1).innerText(), /落后[^]*已读 7，但各部分之和为 6/);
    const [content, view] = await widthsOf(page);
    assert.equal(content, view);
    await page.unroute("**/v1/stats/partitions");
    await page.route("**/v1/stats/partitions", (route) => route.abort());
    await page.getByText("没有响应，正在重试").first().waitFor();
    assert.equal(await rows.count(), 2, "as it was seen last");
  });
});
