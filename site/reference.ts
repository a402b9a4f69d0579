import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Application, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { listEntryPoints } from "../test/support/package/entry-points.ts";
import type { SitePage } from "./llms.ts";
import { pagesFolder, root } from "./pages.ts";

const folder = join(pagesFolder, "reference");

/** Writes a page for each entry point of the package from its doc comments. Needs dist/. */
export async function writeReference(): Promise<SitePage[]> {
  const entries = listEntryPoints().open.map(({ specifier, file }) => {
    return { specifier, source: file.replace(/^dist\//, "src/").replace(/\.js$/, ".ts") };
  });
  const options: TypeDocOptions & PluginOptions = {
    plugin: ["typedoc-plugin-markdown"],
    entryPoints: entries.map(({ source }) => join(root, source)),
    basePath: root,
    tsconfig: join(root, "tsconfig.json"),
    // The frameworks of some adapters are not installed here; the build has checked the types.
    skipErrorChecking: true,
    excludeInternal: true,
    excludePrivate: true,
    disableSources: true,
    readme: "none",
    out: folder,
    logLevel: "Error",
    router: "module",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    classPropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    sanitizeComments: true,
  };
  const app = await Application.bootstrapWithPlugins(options);
  const project = await app.convert();
  if (project === undefined) throw new Error("typedoc could not read the sources");
  const specifiers = new Map(
    entries.map(({ specifier, source }) => [source.replace(/(\/index)?\.ts$/, ""), specifier]),
  );
  // Otherwise the headings and addresses are the paths of the sources.
  for (const module of project.children ?? []) module.name = specifiers.get(module.name) ?? module.name;
  await app.generateOutputs(project);
  return [...specifiers.values()].toSorted().map((specifier) => {
    const address = `reference/${specifier}.md`;
    return { address, title: specifier, text: readFileSync(join(pagesFolder, address), "utf8") };
  });
}
