import type { Browser, BrowserContext, Page } from "playwright-core";

export const password = "correct horse battery staple";

/** Somebody who tries the application in a browser of their own, as the page says. */
export class Reader {
  readonly context: BrowserContext;
  readonly #page: Page;
  readonly #site: string;

  private constructor(context: BrowserContext, page: Page, site: string) {
    this.context = context;
    this.#page = page;
    this.#site = site;
  }

  static async come(
    browser: Browser,
    site: string,
    state?: Awaited<ReturnType<BrowserContext["storageState"]>>,
  ): Promise<Reader> {
    const context = await browser.newContext(state ? { storageState: state } : {});
    const reader = new Reader(context, await context.newPage(), site);
    await reader.open("/");
    return reader;
  }

  /** What the page says. */
  async open(path: string): Promise<string> {
    await this.#page.goto(this.#site + path);
    return this.seen();
  }

  seen(): Promise<string> {
    return this.#page.locator("body").innerText();
  }

  async follow(link: string): Promise<string> {
    await Promise.all([this.#page.waitForNavigation(), this.#page.getByRole("link", { name: link }).click()]);
    return this.seen();
  }

  async press(button: string, within = "body"): Promise<string> {
    const one = this.#page.locator(within).getByRole("button", { name: button, exact: true });
    await Promise.all([this.#page.waitForNavigation(), one.click()]);
    return this.seen();
  }

  async fill(fields: Readonly<Record<string, string>>): Promise<void> {
    for (const [label, value] of Object.entries(fields)) await this.#page.getByLabel(label).fill(value);
  }

  async register(name: string): Promise<string> {
    await this.open("/register");
    await this.fill({ Name: name, Password: password });
    return this.press("Register");
  }

  async signIn(name: string, given: string = password, isRemembered = false): Promise<string> {
    await this.open("/sign-in");
    await this.fill({ Name: name, Password: given });
    if (isRemembered) await this.#page.getByLabel("Remember me").check();
    return this.press("Sign in");
  }

  async changePassword(current: string, next: string): Promise<string> {
    await this.open("/password");
    await this.fill({ "Password now": current, "New password": next });
    return this.press("Change it");
  }

  /** What a browser has after it was closed: only the cookies with a date. */
  async reopened(browser: Browser): Promise<Reader> {
    const state = await this.context.storageState();
    await this.context.close();
    const cookies = state.cookies.filter(({ expires }) => expires > 0);
    return Reader.come(browser, this.#site, { ...state, cookies });
  }
}
