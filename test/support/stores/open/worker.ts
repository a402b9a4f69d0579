import { register } from "node:module";

// Opens stores where some modules cannot be had, as if they were not installed: the first argument names them, as a
// regular expression for their URLs. Prints for each URL the name of the store, or what the error says.
const [absent = "", ...urls] = process.argv.slice(2);
const hook = `
  const absent = new RegExp(${JSON.stringify(absent)});
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    if (!absent.test(found.url)) return found;
    throw Object.assign(new Error("Cannot find package " + specifier), { code: "ERR_MODULE_NOT_FOUND" });
  }`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const { openStore } = await import("coatcheck/stores/open");
const results = [];
for (const url of urls) {
  try {
    results.push((await openStore(url)).name);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    results.push(`${code}: ${message}`);
  }
}
console.log(JSON.stringify(results));
