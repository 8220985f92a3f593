import { chromium } from "playwright-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { eventually } from "./eventually.ts";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** What a browser may say when a test cuts its wire. */
const CUT_WIRE = /^WebSocket connection to .* failed|net::ERR_CONNECTION/;

/** Starts the browser of Debian's package; the playwright package brings none. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A line of the chat, as the page has it. */
interface ChatLine {
  readonly dataset: { readonly offset: string };
  querySelector(selector: string): { readonly textContent: string };
}

/** A window on the page with the rooms: what a visitor does there, and what one sees. */
export class RoomsWindow {
  readonly page: Page;
  /** Everything that the browser complained about. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      const wanted = message.type() === "error" || message.type() === "warning";
      if (wanted && !CUT_WIRE.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** Opens the page in a browser profile of its own, and waits until it is connected. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<RoomsWindow> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-US",
      ...options,
    });
    const window = new RoomsWindow(await context.newPage());
    await window.page.goto(url);
    await window.connected();
    return window;
  }

  /** Waits until the gateway has welcomed this window and both rooms let it in. */
  async connected(): Promise<void> {
    await this.page.locator(".pill-good").waitFor();
    await this.page.locator(".presence summary").first().waitFor();
  }

  /** Does not want to wait for the next try, until the gateway is there again. */
  async reconnected(): Promise<void> {
    const retry = this.page.locator(".connection button");
    await eventually(async () => {
      await press(retry);
      return this.page.locator(".pill-good").count();
    }, 1);
  }

  async disconnected(): Promise<void> {
    await this.page.locator(".pill-busy").waitFor();
  }

  async say(text: string): Promise<void> {
    await this.page.fill("textarea", text);
    await this.page.press("textarea", "Enter");
  }

  /** What stands in the chat, from top to bottom; what was not sent too. */
  chat(): Promise<string[]> {
    return this.page.locator(".bubble").allTextContents();
  }

  /** What has its place in the chat, from top to bottom. */
  sequenced(): Promise<{ offset: number; text: string }[]> {
    return this.page.locator(".panel-chat .message[data-offset]").evaluateAll((all) =>
      (all as unknown as ChatLine[]).map((line) => ({
        offset: Number(line.dataset.offset),
        text: line.querySelector(".bubble").textContent,
      })),
    );
  }

  /** How many lines stand as not sent. */
  failed(): Promise<number> {
    return this.page.locator(".message-failed").count();
  }

  /** Whether it is connected, and in the chat. */
  async isLive(): Promise<boolean> {
    const [good, stale] = [".pill-good", ".panel-chat .presence-stale"];
    return (await this.page.locator(good).count()) === 1 && (await this.page.locator(stale).count()) === 0;
  }

  /** The lines of the live room, oldest first. */
  async feed(): Promise<string[]> {
    return (await this.page.locator(".feed-text").allTextContents()).toReversed();
  }

  /** Where the chat says that something is missing. */
  gaps(): Promise<string[]> {
    return this.page.locator(".panel-chat .gap").allTextContents();
  }

  async score(): Promise<string> {
    return (await this.page.locator(".score").allTextContents()).join("");
  }

  /** Sends again what failed; answers how much still stands as not sent. */
  async retryAll(): Promise<number> {
    const failed = this.page.locator(".message-failed button");
    await press(failed);
    return failed.count();
  }

  /** How wide the content is, and how wide the window. */
  widths(): Promise<{ scroll: number; client: number }> {
    return this.page.locator("html").evaluate((root) => {
      const { scrollWidth, clientWidth } = root as unknown as { scrollWidth: number; clientWidth: number };
      return { scroll: scrollWidth, client: clientWidth };
    });
  }

  /** Tries what the policy of the page forbids; answers what the browser refused, and why. */
  violations(): Promise<string[]> {
    return this.page.evaluate(`new Promise((resolve) => {
      const refused = [];
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
        refused.push(effectiveDirective + (blockedURI === "inline" ? " inline" : ""));
        if (refused.length === 3) resolve(refused);
      });
      const script = document.createElement("script");
      script.textContent = "document.title = 'taken over'";
      document.body.append(script);
      fetch("http://127.0.0.1:1/").catch(() => {});
      document.body.setAttribute("style", "color: red");
    })`);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Presses all of some buttons that are there now: one that goes away meanwhile is no mistake. */
function press(buttons: Locator): Promise<void> {
  return buttons.evaluateAll((all) => {
    for (const button of all as unknown as { click(): void }[]) button.click();
  });
}
