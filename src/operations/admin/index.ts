export { deviceLabel } from "./device-label.ts";
export { devicesHandler } from "./devices/handler.ts";
export type { DevicesOptions } from "./devices/options.ts";
export type { DevicesWords } from "./devices/words.ts";
export { type PageHandler, type PageMiddleware, type PageResponse, pageMiddleware } from "./page/middleware.ts";
export type { PageRequest } from "./page/request.ts";
