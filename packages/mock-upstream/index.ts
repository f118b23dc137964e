export { mockAwsCredentials, startMockUpstream } from "./start-mock-upstream.ts";
export type { MockUpstream, MockUpstreamOptions } from "./start-mock-upstream.ts";
export type { RecordedRequest } from "./request-log.ts";
export type { FaultRule } from "./faults/fault-rules.ts";
