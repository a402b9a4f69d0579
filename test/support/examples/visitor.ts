import type { BrowserContext, Page } from "playwright-core";

/** What every example's page shows. */
export interface Shown {
  /** How often this visitor came. */
  readonly views: number;
  readonly user: string;
  readonly apples: number;
  /** What the last action left for this page, once. */
  readonly messages: readonly string[];
}

/** Somebody with a browser before an example's page. */
export class Visitor {
  readonly page: Page;
  readonly url: string;

  constructor(page: Page, url: string) {
    this.page = page;
    this.url = url;
  }

  static async come(context: BrowserContext, url: string): Promise<Visitor> {
    const visitor = new Visitor(await context.newPage(), url);
    await visitor.look();
    return visitor;
  }

  async look(): Promise<Shown> {
    await this.page.goto(`${this.url}/`);
    return this.seen();
  }

  async seen(): Promise<Shown> {
    const text = async (id: string): Promise<string> => (await this.page.locator(`#${id}`).innerText()).trim();
    return {
      views: Number(await text("views")),
      user: await text("user"),
      apples: Number(await text("apples")),
      messages: await this.page.locator("#messages li").allInnerTexts(),
    };
  }

  async signIn(name: string): Promise<Shown> {
    await this.page.getByLabel("Name").fill(name);
    return this.press("Sign in");
  }

  /** Presses a button and sees the page that follows: another one, or this one when its script has brought it up to date. */
  async press(name: string): Promise<Shown> {
    const { views } = await this.seen();
    await this.page.getByRole("button", { name }).click();
    await this.page.waitForFunction((before) => {
      const shown = document.querySelector("#views");
      return shown !== null && Number(shown.textContent) !== before;
    }, views);
    await this.page.waitForLoadState("networkidle");
    return this.seen();
  }
}
