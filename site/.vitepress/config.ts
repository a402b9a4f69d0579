import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { versions } from "../sections.ts";

const sidebar = JSON.parse(readFileSync(new URL("../.cache/pages/sidebar.json", import.meta.url), "utf8"));
const [current, ...older] = versions;

/** As GitHub spells the anchor of a heading, which is how the pages link to each other. */
const slugify = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

export default defineConfig({
  title: "coatcheck",
  description: "HTTP sessions for TypeScript servers",
  lang: "en",
  base: process.env.DOCS_BASE ?? "/",
  srcDir: "./.cache/pages",
  cacheDir: "./.cache/vitepress",
  outDir: "./dist",
  head: [["link", { rel: "icon", href: `${process.env.DOCS_BASE ?? "/"}icon.svg`, type: "image/svg+xml" }]],
  // Pages name the address that a reader's own application has.
  ignoreDeadLinks: "localhostLinks",
  markdown: { anchor: { slugify }, theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
  // The sizes of its parts are no news: search and the reference are large, and load when they are asked for.
  vite: { build: { chunkSizeWarningLimit: 4096 }, logLevel: "warn" },
  themeConfig: {
    logo: { src: "/icon.svg", alt: "" },
    nav: [
      { text: "Start", link: "/guide" },
      { text: "Options", link: "/options" },
      { text: "Reference", link: "/reference/coatcheck" },
      {
        text: current![0],
        items: [
          ...older.map(([text, link]) => ({ text, link, target: "_self" })),
          { text: "Changes", link: "/changelog" },
        ],
      },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: "local" },
    footer: { message: "MIT licence" },
  },
});
