import type { CoreRow } from "../measure/core.ts";
import type { HeapResult } from "../measure/heap.ts";
import type { HttpCell } from "../measure/http.ts";
import type { ImportTime } from "../measure/import-time.ts";
import type { SealCost } from "../measure/seal.ts";
import type { BundleSize } from "../measure/size.ts";
import type { Surroundings } from "../measure/versions.ts";
import type { Settings } from "../settings.ts";

/** All that one run has measured; a part that did not run is empty. */
export interface Results {
  readonly settings: Settings;
  readonly surroundings: Surroundings;
  readonly http: readonly HttpCell[];
  readonly core: readonly CoreRow[];
  readonly seal: readonly SealCost[];
  readonly heap: readonly HeapResult[];
  readonly imports: readonly ImportTime[];
  readonly sizes: readonly BundleSize[];
}
