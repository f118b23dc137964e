import type { Endpoint, EndpointStats } from "@onerouter/catalog";

/** Tells what is known of an endpoint's health at this moment. */
export type ReadEndpointStats = (endpoint: Endpoint) => EndpointStats;

/** Nobody measures. */
export const noStats: ReadEndpointStats = () => ({ state: "closed" });
