import { expect, test, vi } from "vitest";

// The same tests once more on Web Crypto, whose every function is asynchronous.
vi.mock("#crypto", () => import("../../src/crypto/web.ts"));

import { sha256 } from "#crypto";
import "./encryption.test.ts";

test("the second run of the encryption tests uses Web Crypto", () => {
  expect(sha256("")).toBeInstanceOf(Promise);
});
