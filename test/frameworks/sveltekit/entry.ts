import { sequence } from "@sveltejs/kit/hooks";
import { getRequest, setResponse } from "@sveltejs/kit/node";
import * as core from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { session } from "coatcheck/sveltekit";
import type { AdapterUnderTest } from "coatcheck/testing";
import { type Listener, request, serve } from "../../adapters/_node.ts";
import { startApp } from "./app.ts";

const server = await startApp(".svelte-kit/suite");

export const entry: AdapterUnderTest = {
  library: { ...core, memoryStore },
  request,
  serve: (mounts, app) => {
    const handle = sequence(...mounts.map((sessions) => session(sessions, { as: sessions.name })));
    const listener: Listener = async (req, res) => {
      const request = await getRequest({ base: `http://${req.headers.host}`, request: req });
      const response = await server.respond(request, {
        platform: { handle, app },
        getClientAddress: () => req.socket.remoteAddress ?? "",
      });
      await setResponse(res, response);
    };
    return serve(listener);
  },
};
