export { deviceLabel } from "./device-label.ts";
export { devicesHandler } from "./devices/handler.ts";
export type { DevicesOptions } from "./devices/options.ts";
export type { DevicesWords } from "./devices/words.ts";
export { adminHandler } from "./operator/handler.ts";
export type { AdminAction, AdminOptions } from "./operator/options.ts";
export { type Latency, type StoreWatch, storeWatch } from "./operator/store-watch.ts";
export { type PageHandler, type PageMiddleware, type PageResponse, pageMiddleware } from "./page/middleware.ts";
export type { PageRequest } from "./page/request.ts";
