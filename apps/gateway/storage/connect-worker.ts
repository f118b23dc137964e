import { Worker } from "node:worker_threads";
import type { StorageCallName, StorageCalls, StorageReply, StorageRequest } from "./storage-calls.ts";
import { StorageError } from "./storage.ts";

/** The storage thread as seen from the thread that relays. */
export interface StorageLink {
  call<Name extends StorageCallName>(
    name: Name,
    ...values: Parameters<StorageCalls[Name]>
  ): ReturnType<StorageCalls[Name]>;
  onKeysChanged(listener: () => void): () => void;
  /** Closes the database and ends the thread. */
  close(): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** Beside this module: TypeScript when run from source, JavaScript in a bundle, which needs the worker as a second entry. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith(".ts") ? "./storage-worker.ts" : "./storage-worker.js", import.meta.url);
}

/** Starts the storage thread on a database file. @throws StorageError if the database cannot be opened. */
export async function connectWorker(file: string): Promise<StorageLink> {
  const worker = new Worker(workerUrl(), {
    workerData: { file },
    name: "storage",
    // Flags of the main program (--eval, --inspect) are not meant for this one.
    execArgv: [],
  });
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<() => void>();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  let failure: StorageError | undefined;

  const fail = (error: StorageError): void => {
    failure ??= error;
    opened.reject(failure);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  worker.on("message", (reply: StorageReply) => {
    switch (reply.type) {
      case "opened":
        return opened.resolve();
      case "keys-changed":
        for (const listener of listeners) listener();
        return;
      case "result":
        waiting.get(reply.id)?.resolve(reply.value);
        break;
      case "failure":
        waiting.get(reply.id)?.reject(new StorageError(reply.message, reply.code));
        break;
    }
    waiting.delete(reply.id);
  });
  worker.on("error", (error) =>
    fail(new StorageError(error instanceof Error ? error.message : "the storage thread died")),
  );
  worker.on("exit", () => {
    fail(new StorageError("the storage is closed"));
    ended.resolve();
  });

  const call = (name: StorageCallName, values: readonly unknown[]): Promise<unknown> => {
    if (failure !== undefined) return Promise.reject(failure);
    const request: StorageRequest = { id: ++lastId, call: name, arguments: values };
    return new Promise((resolve, reject) => {
      waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
  };
  await opened.promise.catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StorageError(`the database ${file} cannot be opened: ${reason}`);
  });
  return {
    // The thread answers a call with the value of that call's own type; messages themselves are untyped.
    call: (name, ...values) => call(name, values) as ReturnType<StorageCalls[typeof name]>,
    onKeysChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      if (failure === undefined) await call("close", []);
      await ended.promise;
    },
  };
}
