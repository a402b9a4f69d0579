/** Whether a manager takes new work. */
export interface Door {
  readonly isClosed: boolean;
  close(): void;
}

export function createDoor(): Door {
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    close: () => {
      isClosed = true;
    },
  };
}
