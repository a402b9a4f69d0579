// Loads TypeScript for the examples and benchmarks, which use the built package as an application would. Plain
// `--import tsx` would follow the paths in tsconfig.json to the sources.
import { register } from "tsx/esm/api";

register({ tsconfig: false });
