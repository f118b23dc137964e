/** Fields that speak to a gateway (OpenRouter's routing), not to a model's provider. */
export const gatewayFields: ReadonlySet<string> = new Set(
  "provider models route transforms plugins session_id preset debug trace usage".split(" "),
);
