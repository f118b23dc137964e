import type { ExpressLane, StreamScanner } from "../protocol-contract.ts";

const scanner: StreamScanner = {
  write: () => undefined,
  end: () => Buffer.alloc(0),
  contentStarted: false,
  contentLength: 0,
};

export const express: ExpressLane = {
  rewriteRequest: () => undefined,
  rewriteResponse() {},
  createScanner: () => scanner,
};
