/** The session of the request that the server renders for; nothing in the browser. */
export const useSession = () => useRequestEvent()?.context.session;
