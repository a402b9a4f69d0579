import { nearest } from "../../core/language/known-keys.ts";
import type { Questions } from "../ask.ts";
import { type Input, isSet, textOf } from "../command.ts";
import { misuse } from "../stop.ts";
import type { Framework } from "./framework.ts";
import { frameworks } from "./frameworks.ts";
import { type Target, targetOf, usualFile } from "./place.ts";
import { frameworksIn, type Project } from "./project.ts";
import { type StoreChoice, storeChoices } from "./store-choice.ts";

const namesOf = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

export const frameworkNames: readonly string[] = namesOf(frameworks);
export const storeNames: readonly string[] = namesOf(storeChoices);

function named<T extends { readonly name: string }>(list: readonly T[], option: string, name: string): T {
  const found = list.find((one) => one.name === name);
  if (found) return found;
  const meant = nearest(name, namesOf(list));
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  throw misuse(`--${option} takes ${namesOf(list).join(", ")}.${hint} Nothing was written.`);
}

/** @throws Stop if it is not clear, and nobody can be asked */
export async function chooseFramework(input: Input, project: Project, ask?: Questions): Promise<Framework> {
  const name = textOf(input, "framework");
  if (name !== undefined) return named(frameworks, "framework", name);
  const found = frameworksIn(project);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (ask) {
    const list = only ? found : frameworks;
    const about = only ? "package.json has several frameworks. Which one?" : "Which framework?";
    const at = await ask.choice(
      about,
      list.map(({ title }) => title),
      undefined,
    );
    return list[at] as Framework;
  }
  if (!only && isSet(input, "yes")) return named(frameworks, "framework", "node");
  throw misuse(
    only
      ? `package.json has ${found.map(({ title }) => title).join(" and ")}. Nothing was written. Name one, as in --framework ${only.name}.`
      : `package.json has no framework that this command knows. Nothing was written. Name one by --framework: ${frameworkNames.join(", ")}. "node" is node:http.`,
  );
}

export async function chooseStore(input: Input, { packages }: Project, ask?: Questions): Promise<StoreChoice> {
  const name = textOf(input, "store");
  if (name !== undefined) return named(storeChoices, "store", name);
  const usual = Math.max(
    0,
    storeChoices.findIndex(({ drivers }) => drivers.some((driver) => driver in packages)),
  );
  const at = ask
    ? await ask.choice(
        "Where are sessions kept?",
        storeChoices.map(({ about }) => about),
        usual,
      )
    : usual;
  return storeChoices[at] as StoreChoice;
}

/** The language is in the file's name. */
export async function chooseFile(
  input: Input,
  project: Project,
  framework: Framework,
  ask?: Questions,
): Promise<Target> {
  const [typed, plain] = [isSet(input, "typescript"), isSet(input, "javascript")];
  if (typed && plain) throw misuse("Give --typescript or --javascript, not both. Nothing was written.");
  const usual = usualFile(framework, project, typed || (!plain && project.isTyped));
  const given = textOf(input, "file") ?? (ask ? await ask.text("Where does the file go?", usual) : usual);
  const target = targetOf(given, framework, project);
  if ((typed && !target.isTyped) || (plain && target.isTyped))
    throw misuse(`${target.file} is of the other language. Nothing was written.`);
  return target;
}
