// Runs the adapter suite on the entry in the folder and file that are given, in whatever runtime this is; prints a line of JSON for each case.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type AdapterUnderTest, adapterConformance } from "coatcheck/testing";

const [folder = ".", file = "entry.ts"] = process.argv.slice(2);
const { entry } = (await import(pathToFileURL(resolve(folder, file)).href)) as { entry: AdapterUnderTest };
// The suite throws a bug on purpose, and frameworks print what they do not know.
const printed: string[] = [];
console.error = (...parts) => void printed.push(parts.map(String).join(" "));
for (const { title, run } of adapterConformance(entry)) {
  const failure = await run().then(
    () => undefined,
    (error: Error) => [error.stack ?? error.message, ...printed].join("\n"),
  );
  printed.length = 0;
  process.stdout.write(`\n${JSON.stringify({ title, failure })}\n`);
}
process.exit();
