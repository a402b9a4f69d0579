import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, launchChromium } from "../support/browser/chromium.ts";
import { type App, placeOf, start, startIn } from "../support/examples/app.ts";
import { installPacked } from "../support/package/application.ts";
import { manifest, root } from "../support/package/manifest.ts";
import { promises } from "../support/tutorial/promises.ts";
import { password, Reader } from "../support/tutorial/reader.ts";
import { readSteps, type Step } from "../support/tutorial/steps.ts";
import { compile, installedBy, printedBy, startedBy, type } from "../support/tutorial/walk.ts";

const steps = readSteps(readFileSync(join(root, "docs/tutorial.md"), "utf8"));
const commands = steps.flatMap(({ actions }) => actions.filter((action) => action.kind === "command"));
const hasCurl = process.env.PATH?.split(":").some((folder) => readable(folder).includes("curl"));

function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const temporary = (): string => mkdtempSync(join(tmpdir(), "coatcheck-tutorial-"));
const textOf = (folder: string, path: string): string => readFileSync(join(folder, path), "utf8");

test("each step of the tutorial has a check here", () => {
  expect(steps.map(({ title }) => title)).toEqual(Object.keys(promises));
});

test("the tutorial installs what its example pins", () => {
  const { dependencies, devDependencies } = JSON.parse(textOf(placeOf("tutorial"), "package.json"));
  const pinned = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
  expect(commands.flatMap(installedBy).toSorted()).toEqual(pinned.toSorted());
});

describe("whoever types the tutorial along", () => {
  const folder = temporary();
  let browser: Browser | undefined;

  beforeAll(async () => {
    await installPacked(folder);
    if (chromiumPath !== undefined) browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts the application and does what the step's check says, then its commands in their order. */
  async function tryOut(step: Step): Promise<void> {
    let app = await startIn(folder);
    const restart = async (env?: Record<string, string>): Promise<App> => {
      await app.stop();
      app = await startIn(folder, env);
      return app;
    };
    try {
      if (browser) await promises[step.title]?.({ app, browser, folder, restart });
      for (const action of step.actions) {
        if (action.kind !== "command") continue;
        const env = startedBy(action);
        if (env) await restart(env);
        if (action.prints.length === 0 || (action.line.startsWith("curl") && !hasCurl)) continue;
        const printed = await printedBy(action, folder, app.url);
        for (const line of action.prints) expect(printed).toContain(line);
      }
    } finally {
      await app.stop();
    }
  }

  test.each(steps)("has after step $title an application that does what the page promises", async (step) => {
    type(step, folder);
    const [problems] = await Promise.all([compile(folder), tryOut(step)]);
    expect(problems).toBe("");
  });

  test("has in the end the files of examples/tutorial", () => {
    const place = placeOf("tutorial");
    const own = ["node_modules", "data", "package-lock.json", "README.md", `${manifest.name}-${manifest.version}.tgz`];
    const filesOf = (of: string): string[] =>
      readdirSync(of)
        .filter((name) => !own.includes(name))
        .flatMap((name) =>
          statSync(join(of, name)).isDirectory() ? readdirSync(join(of, name)).map((path) => join(name, path)) : name,
        );
    expect(filesOf(folder)).toEqual(filesOf(place));
    const { name, dependencies, devDependencies, ...rest } = JSON.parse(textOf(place, "package.json"));
    expect(JSON.parse(textOf(folder, "package.json"))).toEqual(rest);
    for (const path of filesOf(folder)) {
      if (path !== "package.json") expect(textOf(folder, path), path).toBe(textOf(place, path));
    }
  });
});

describe.skipIf(chromiumPath === undefined)("examples/tutorial", () => {
  const data = temporary();
  let browser: Browser;
  let app: App;

  beforeAll(async () => {
    [browser, app] = await Promise.all([launchChromium(), start("tutorial", { DATA: data })]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), app?.stop()]);
    rmSync(data, { recursive: true, force: true });
  });

  test("signs in, remembers, lists and ends sessions, and ends them with a new password", async () => {
    const laptop = await Reader.come(browser, app.url);
    await laptop.register("ada");
    expect(await laptop.signIn("ada", password, true)).toContain("Welcome, ada.");
    const reopened = await laptop.reopened(browser);
    expect(await reopened.seen()).toContain("Hello, ada");

    const phone = await Reader.come(browser, app.url);
    await phone.signIn("ada");
    await reopened.open("/devices");
    expect(await reopened.press("Sign out all others")).toContain("Signed out: 1.");
    expect(await phone.open("/")).toContain("Welcome");

    await phone.signIn("ada");
    const next = "another horse battery staple";
    expect(await reopened.changePassword(password, next)).toContain("signed out: 1.");
    expect(await reopened.open("/")).toContain("Hello, ada");
    expect(await phone.open("/")).toContain("Welcome");
    expect(await phone.signIn("ada")).toContain("The name or the password is wrong.");
    expect(await phone.signIn("ada", next)).toContain("Hello, ada");
  });

  test("B9: a copied cookie opens nothing after the sign-out", async () => {
    const bob = await Reader.come(browser, app.url);
    await bob.register("bob");
    await bob.signIn("bob");
    const copied = await bob.context.storageState();
    await bob.press("Sign out");
    expect(await (await Reader.come(browser, app.url, copied)).seen()).toContain("Welcome");
  });
});
