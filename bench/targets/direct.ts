import type { Target } from "./target.ts";

/** No gateway at all: the upstream's own Messages endpoint. What it takes is taken off the others as "added". */
export const direct: Target = {
  name: "direct",
  speaks: "messages",
  isGateway: false,
  start: async (bench) => ({
    name: "direct",
    speaks: "messages",
    url: `${bench.upstream.origin}/v1/messages`,
    headers: {},
    model: (upstreamId) => upstreamId,
    pid: bench.upstream.pid,
    readyAfter: 0,
    stop: async () => {},
  }),
};
