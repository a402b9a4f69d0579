import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** What OWASP recommends: each try takes 16 MB of memory and about a quarter of a second. */
const effort = { cost: 2 ** 14, blockSize: 8, parallelization: 5 };

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, effort, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16); // equal passwords get different hashes
  const hash = await derive(password, salt);
  return `${salt.toString("base64url")}.${hash.toString("base64url")}`;
}

/** Whether a password fits a hash. Without a hash the answer is no, and it takes as long. */
export async function isPassword(password: string, stored: string = nobody): Promise<boolean> {
  const [salt = "", hash = ""] = stored.split(".");
  const derived = await derive(password, Buffer.from(salt, "base64url"));
  return timingSafeEqual(derived, Buffer.from(hash, "base64url"));
}

const nobody = await hashPassword(randomBytes(32).toString("base64url"));
