export * from "./build-catalogue.ts";
export * from "./endpoint.ts";
export * from "./nearest-name.ts";
export * from "./price-usage.ts";
export * from "./pricing.ts";
