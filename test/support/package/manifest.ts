import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional: boolean }>>;
}

export const manifest: Manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
