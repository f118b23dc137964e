/** How a model is built, where its maker has published it. */
export interface ModelArchitecture {
  kind: "mixture-of-experts" | "dense";
  totalParameters: number;
  activeParameters: number;
  layers?: number;
  denseLayers?: number;
  experts?: number;
  expertsPerToken?: number;
  attention?: string;
  activation?: string;
  contextLength?: number;
  /** Weights as they are published. */
  quantization?: string;
  source: string;
}

/** Published architectures by model id. */
export const modelArchitectures: ReadonlyMap<string, ModelArchitecture> = new Map([
  [
    "moonshotai/kimi-k2-thinking",
    {
      kind: "mixture-of-experts",
      totalParameters: 1e12,
      activeParameters: 32e9,
      layers: 61,
      denseLayers: 1,
      experts: 384,
      expertsPerToken: 8,
      attention: "MLA",
      activation: "SwiGLU",
      contextLength: 262_144,
      quantization: "int4",
      source: "https://huggingface.co/moonshotai/Kimi-K2-Thinking",
    },
  ],
]);
