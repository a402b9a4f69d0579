/**
 * The status that a request's handler gave, after a failed commit replaced its response. The sessions mounted further
 * out commit with this status, so that the error of another session does not discard their changes.
 *
 * The key is whatever object of the request all of its middleware shares.
 */
export const originalStatus: WeakMap<object, number> = new WeakMap();
