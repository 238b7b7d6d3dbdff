/** Why a rule cannot be served here. */
export interface Refusal {
  reason: string;
  message: string;
}
