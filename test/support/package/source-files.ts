import { readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns the TypeScript files below a folder of the project, as paths with slashes. Follows no link and enters no folder
 * of packages, of built files or of a tool: the packages of tests link to the project itself, and so without end.
 */
export function sourceFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || ["node_modules", "dist"].includes(entry.name)) return [];
    if (entry.isDirectory()) return sourceFiles(root, path);
    return entry.isFile() && entry.name.endsWith(".ts") ? [path] : [];
  });
}
