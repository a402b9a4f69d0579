import { askAtTerminal, canAsk, type Questions } from "../ask.ts";
import { type Command, type Input, isSet, type Report } from "../command.ts";
import type { Step } from "../init/framework.ts";
import { missingPackages } from "../init/packages.ts";
import { writtenAt } from "../init/place.ts";
import { readProject } from "../init/project.ts";
import { chooseFile, chooseFramework, chooseStore, frameworkNames, storeNames } from "../init/questions.ts";
import { type Plan, render } from "../init/render.ts";
import { contentAt, isThereAlready, placeIn, writeAt } from "../init/write.ts";

export const init: Command = {
  name: "init",
  summary: "Writes the file with the sessions of an application, and says what to add to it",
  options: {
    framework: { value: "<name>", about: "if package.json does not make it clear" },
    store: { value: "<kind>", about: `where sessions are kept: ${storeNames.join(", ")}` },
    typescript: { about: "write TypeScript; usual where there is a tsconfig.json" },
    javascript: { about: "write JavaScript" },
    file: { value: "<path>", about: "where the file goes, such as src/sessions.ts" },
    yes: { about: "ask nothing, and take the defaults" },
    overwrite: { about: "replace a file that is there" },
    "dry-run": { about: "write nothing, and print the file" },
  },
  about: [
    "It asks at most three questions: the framework if that is not clear, the store, and where the file goes. Without a",
    "terminal, and with --yes or --json, it takes the defaults. A file that is there is only replaced if you say so.",
    `Frameworks: ${frameworkNames.join(", ")}.`,
  ],
  examples: [
    "coatcheck init",
    "coatcheck init --yes --store postgres",
    "coatcheck init --framework express --javascript --dry-run",
  ],
  run: async (input) => {
    const ask = isSet(input, "yes") || isSet(input, "json") || !canAsk() ? undefined : askAtTerminal();
    try {
      return await start(input, ask);
    } finally {
      ask?.end();
    }
  },
};

async function start(input: Input, ask: Questions | undefined): Promise<Report> {
  const project = readProject(process.cwd());
  const framework = await chooseFramework(input, project, ask);
  const store = await chooseStore(input, project, ask);
  const target = await chooseFile(input, project, framework, ask);
  const plan: Plan = { framework, store, isTyped: target.isTyped, style: target.style };
  const source = render(plan);
  const isDry = isSet(input, "dry-run");
  const isWritten = !isDry && (await written(input, project.folder, target.file, source, ask));
  const steps = framework.steps(writtenAt(target, framework, project));
  const missing = missingPackages(plan, project);
  const said = isDry ? `${target.file} would be:` : `${isWritten ? "Wrote" : "There is already"} ${target.file}`;
  return {
    data: {
      ...{ framework: framework.name, store: store.name, language: target.isTyped ? "typescript" : "javascript" },
      ...{ file: target.file, written: isWritten, source },
      ...{ install: missing.packages, installForDevelopment: missing.development, steps },
      use: framework.use,
    },
    lines: [
      `${said}${isDry ? "" : `, for ${framework.title}.`}`,
      ...(isDry ? ["", ...indented(source.trimEnd().split("\n"))] : []),
      ...(missing.commands.length === 0 ? [] : ["", "Install:", "", ...indented(missing.commands)]),
      ...(steps.length === 0 ? ["", `${framework.title} loads it by itself.`] : steps.flatMap(stepLines)),
      "",
      "Then a route can count visits:",
      "",
      ...indented([framework.use]),
      "",
      ...lastWords(plan),
    ],
  };
}

/** Writes the file, unless it is there as it should be. @throws Stop if another is, and nobody has said to replace it */
async function written(
  input: Input,
  folder: string,
  file: string,
  source: string,
  ask: Questions | undefined,
): Promise<boolean> {
  const place = placeIn(folder, file);
  const before = contentAt(place, file);
  if (before === source) return false;
  let mayReplace = isSet(input, "overwrite");
  if (before !== undefined && !mayReplace) {
    const answer = await ask?.text(`${file} is there already. Replace it?`, "no");
    if (answer === undefined || !/^y(es)?$/i.test(answer)) throw isThereAlready(file);
    mayReplace = true;
  }
  writeAt(place, file, source, mayReplace);
  return true;
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? "" : `  ${line}`));

function stepLines({ file, about, code }: Step): string[] {
  const where = [file, about].filter(Boolean).join(", ") || "the application";
  return ["", `Add to ${where}:`, "", ...indented(code)];
}

function lastWords({ store }: Plan): string[] {
  if (store.name === "cookie") return ["Put a key into the environment as SESSION_KEYS. npx coatcheck key makes one."];
  const look =
    store.url === undefined
      ? "Set SESSION_STORE to the URL of the server. npx coatcheck doctor looks there too."
      : `Look into the store: npx coatcheck list --store ${store.url}`;
  return [look, "Behind a proxy that ends TLS, add trustProxy: true to the options."];
}
