import { inject } from "vitest";
import type { Missing } from "./setup/service.ts";
import type { ServiceName, ServiceValue } from "./setup/services.ts";

/**
 * Starts a service, such as a database server, unless another test has already done so.
 *
 * @returns its URL or path; `undefined` where it is missing, so that tests can be skipped
 * @throws Error where it is missing and CI=true, so that no test is left out there unseen
 */
export const service = <Name extends ServiceName>(name: Name): Promise<ServiceValue<Name> | undefined> =>
  requestService(inject("services"), name, process.env.CI === "true");

export async function requestService<Name extends ServiceName>(
  url: string,
  name: Name,
  isRequired: boolean,
): Promise<ServiceValue<Name> | undefined> {
  const response = await fetch(`${url}/${name}`);
  const result = (await response.json()) as { value: ServiceValue<Name> } | Missing;
  if ("value" in result) return result.value;
  if (isRequired) throw new Error(`CI=true requires every service, and ${name} is missing: ${result.missing}`);
  return undefined;
}
