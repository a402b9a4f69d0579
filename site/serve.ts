// npm run docs serves the site, and shows what changes in the Markdown as soon as it is saved.
import { rmSync, watch } from "node:fs";
import { join } from "node:path";
import { createServer } from "vitepress";
import { pagesFolder, readChapters, root, writePages } from "./pages.ts";
import { writeReference } from "./reference.ts";

rmSync(pagesFolder, { recursive: true, force: true });
const reference = { title: "Reference by import", pages: await writeReference() };
const write = (): void => {
  try {
    writePages([...readChapters(), reference]);
  } catch (error) {
    // A link that leads nowhere, while somebody writes.
    console.error((error as Error).message);
  }
};
write();
for (const folder of ["docs", "bench", "src"]) {
  watch(join(root, folder), { recursive: true }, (_, name) => {
    if (name?.endsWith(".md")) write();
  });
}
const server = await createServer(join(root, "site"));
await server.listen();
console.log(`The documentation: ${server.resolvedUrls?.local.join(" ")}`);
