/** Why a rule cannot be served here: a condition's reason and message. */
export interface Refusal {
  reason: string;
  message: string;
}
