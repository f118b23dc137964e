import { parentPort } from "node:worker_threads";
import { startMockUpstream } from "@onerouter/mock-upstream";

/*
 * The thread of the mock upstream in the keyless default. It works at import time because it is the thread's main program.
 * Thoughts are not compared with what this mock has said before: a session outlives a restart of `serve`.
 */
const mock = await startMockUpstream({ verifyReasoning: false });
parentPort?.postMessage({ url: mock.url });
