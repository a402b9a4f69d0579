/** Imports a package that is installed for the benchmark only, so that nothing else needs its types. */
export const load = <Module>(name: string): Promise<Module> => import(name);
