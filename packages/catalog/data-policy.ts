/** What a provider says it does with prompts and answers. Absent means unconfirmed, which is treated as the worst. */
export interface DataPolicy {
  /** Prompts may be used to train models. */
  training?: boolean;
  /** Days that prompts are kept; 0 is zero retention. */
  retentionDays?: number;
}

/** Nothing is trained with prompts, as far as the provider has said. */
export function isPrivate({ training }: DataPolicy = {}): boolean {
  return training === false;
}

/** Prompts are not kept, and not trained with. */
export function keepsNothing(policy: DataPolicy = {}): boolean {
  return policy.retentionDays === 0 && isPrivate(policy);
}
