// npm run docs:build writes the site to site/dist. `-- --base /0.1/` makes one that is served below /0.1/.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "vitepress";
import { writeLlms } from "./llms.ts";
import { pagesFolder, readChapters, root, summary, writePages } from "./pages.ts";
import { writeReference } from "./reference.ts";

const { values } = parseArgs({ options: { base: { type: "string", default: "/" } } });
process.env.DOCS_BASE = values.base;
const site = join(root, "site");
rmSync(pagesFolder, { recursive: true, force: true });
const chapters = [...readChapters(), { title: "Reference by import", pages: await writeReference() }];
writePages(chapters);
await build(site);
writeLlms(join(site, "dist"), summary, chapters);
