import { expect, it, vi } from "vitest";

// The same tests once more on Web Crypto, whose every function is asynchronous.
vi.mock("#crypto", () => import("../../src/crypto/web.ts"));

import { sha256 } from "#crypto";
import "../core/life.test.ts";
import "../core/several-managers.test.ts";

it("the second run of the crypto tests uses Web Crypto", () => {
  expect(sha256("")).toBeInstanceOf(Promise);
});
