/** Something outside the project that some tests need. `await service(key)` in a test gives its value. */
export interface Service<Value = unknown> {
  /** Finds it, or installs it where that is possible. */
  start(): Promise<Started<Value> | Missing>;
}

export interface Started<Value> {
  readonly value: Value;
  /** For the log: version and where it came from. */
  readonly note: string;
  /** Runs after all tests. */
  readonly stop?: () => Promise<void>;
}

export interface Missing {
  /** Why, and what to do. */
  readonly missing: string;
}
