import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, it } from "node:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { WebSocket } from "ws";
import { treeLink } from "../../deploy/tree-link.ts";
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

/** A window on the page, and what it has asked for. */
interface TreeWindow {
  readonly page: Page;
  readonly asked: string[];
  readonly complaints: string[];
}

async function openWindow(url: string, options: BrowserContextOptions = {}): Promise<TreeWindow> {
  const context = await browser.newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  // Time goes on by itself, and sooner where a test has nothing to wait for.
  await page.clock.install();
  await page.goto(url);
  return { page, asked, complaints };
}

const namesOf = ({ page }: TreeWindow) => page.locator(".line .name").allInnerTexts();
const looksOf = ({ asked }: TreeWindow) => asked.filter((url) => url.includes("/v1/tree")).length;
const later = ({ page }: TreeWindow) => page.clock.fastForward(2_000);

describe("the page with the tree, opened without a token", () => {
  it("asks for nothing until it has one, and says when it is the wrong one", async () => {
    const window = await openWindow(treeLink(node.ops));
    const { page } = window;
    const field = page.getByLabel("Token");
    await field.fill("wrong");
    assert.equal(looksOf(window), 0);
    await page.getByRole("button", { name: "Show the tree" }).click();
    await page.getByText("This is not the token of this node.").waitFor();
    await field.fill(node.token);
    await page.getByRole("button", { name: "Show the tree" }).click();
    await page.locator(".line-node").waitFor();
    await page.getByLabel("Forget the token").click();
    await field.waitFor();
    assert.equal(await page.locator(".line").count(), 0);
  });
});

describe("the page with the tree, opened by a link", () => {
  let window: TreeWindow;
  let page: Page;
  before(async () => {
    window = await openWindow(treeLink(node.ops, node.token));
    ({ page } = window);
    await page.locator(".line-node").waitFor();
  });

  it("takes the token from the link, and leaves it nowhere but in this window", async () => {
    assert.equal(page.url(), treeLink(node.ops));
    await page.reload();
    await page.locator(".line-node").waitFor();
    assert.ok(!window.asked.some((url) => url.includes(node.token)));
    assert.ok(!(await page.evaluate<string>("JSON.stringify(localStorage)")).includes(node.token));
    assert.deepEqual(window.complaints, [], "the policy of the page has nothing against it");
  });

  it("follows what happens, keeps what is unfolded, and shows one actor in full", async () => {
    const socket = new WebSocket(`${(node.listeners["web"] ?? "").replace("http", "ws")}/chatroom`);
    await once(socket, "open");
    await page.getByLabel("Unfold gateway").click();
    await page.getByLabel("Unfold web").click();
    const connection = page.locator(".line", { has: page.getByText("connection", { exact: true }) });
    await connection.click();
    const details = page.locator(".details");
    await details.getByText("/gateway/web/").waitFor();
    await details.getByText("127.0.0.1").waitFor();
    socket.close();
    await once(socket, "close");
    await eventually(async () => {
      await later(window);
      return connection.count();
    }, 0);
    await details.getByText("No longer shown in the tree").waitFor();
    assert.ok((await namesOf(window)).includes("length"), "the gateway is still unfolded");
  });

  it("asks for nothing while nobody can see it", async () => {
    const turn = (state: string) =>
      page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"))`);
    await turn("hidden");
    const looks = looksOf(window);
    await page.clock.fastForward(60_000);
    assert.equal(looksOf(window), looks);
    await turn("visible");
    await eventually(() => looksOf(window) > looks, true);
  });

  it("finds actors by a word or by conditions, and says what makes no sense", async () => {
    const filter = page.getByLabel("Filter");
    await filter.fill("listener");
    await eventually(async () => (await namesOf(window)).slice(1), ["gateway", "web", "length", "line"]);
    await filter.fill("name=line");
    await eventually(async () => (await namesOf(window)).slice(1), ["gateway", "line"]);
    await filter.fill("colour=red");
    await page.getByText('"colour" is no field').waitFor();
    await filter.fill("");
    await eventually(async () => (await namesOf(window)).includes("length"), true);
  });
});

describe("the page with the tree of a cluster", () => {
  it("shows all nodes as one tree, a silent one as silent, and says where actors are missing", async () => {
    const options = { viewport: { width: 360, height: 720 }, locale: "zh-CN" };
    const window = await openWindow(treeLink(node.ops), options);
    const { page } = window;
    const own = (await node.get("/v1/tree?depth=1")).body as object;
    const silence = { state: "silent", childCount: 0, children: [], details: { why: "no answer in time" } };
    const children = [
      { ...own, name: "ash", truncated: true },
      { ...own, name: "elm", ...silence },
    ];
    const json = { ...own, type: "cluster", name: "cluster", truncated: true, children };
    await page.route("**/v1/tree?*", (route) => route.fulfill({ json }));
    await page.goto(treeLink(node.ops, node.token));
    const nodes = page.locator(".line-node");
    await nodes.first().waitFor();
    assert.deepEqual(await nodes.locator(".name").allInnerTexts(), ["ash", "elm"]);
    assert.match(await nodes.nth(0).innerText(), /不完整/);
    assert.match(await nodes.nth(1).innerText(), /无响应[^]*no answer in time/);
    assert.match(await page.locator(".filter-bar").innerText(), /2 个节点 · 1 个无响应[^]*有所缺失/);
    const widths = await page.evaluate<number[]>("[document.documentElement.scrollWidth, innerWidth]");
    assert.equal(widths[0], widths[1], "nothing has to be scrolled sideways");
    await page.unroute("**/v1/tree?*");
    await page.route("**/v1/tree?*", (route) => route.abort());
    await later(window);
    await page.getByText("没有响应，正在重试").first().waitFor();
    assert.deepEqual(await nodes.locator(".name").allInnerTexts(), ["ash", "elm"], "as it was seen last");
  });
});
